/** Writing chunks of a sharded Zarr level: shard by shard, each file replaced once. */
import { throwIfAborted } from "../base/abort.js";
import { splitParts } from "../codecs/chunk-parts.js";
import { type ChunkRead, planRead } from "../grid/plan.js";
import { type ArraySharding, placeOfChunk, updateShardedArray } from "../shards/zarr-indexed/index.js";
import { type ArrayChunks, objectsOfChunk } from "./array-chunks.js";
import type { ChunkContext } from "./chunk-store.js";
import { encodeChunks } from "./encode-chunks.js";
import { supervise } from "./supervise.js";
import { partOf, type WriteRequest } from "./write-request.js";

/** Shards that are encoded or written at a time. */
const SHARDS = 2;

/** Writes the chunks of an aligned box. Shards that lie in it as a whole are written without being read. */
export async function writeShardedArray(
  context: ChunkContext,
  request: WriteRequest,
  array: ArrayChunks,
  sharding: ArraySharding,
): Promise<void> {
  const { layout, box, parallel, signal } = request;
  const policy = { ...request.policy, compression: "none" as const };
  const plan = planRead(layout.grid, box);
  const objects = (chunk: ChunkRead): string[] =>
    objectsOfChunk(layout.grid, array, `${layout.key}/${chunk.key}`) ?? [];
  const groups = [
    ...groupBy(plan, (chunk) => placeOfChunk(sharding, objects(chunk)[0] ?? "")?.shard).values(),
  ];
  let next = 0;
  let stored = 0;
  const one = async (chunks: readonly ChunkRead[]): Promise<void> => {
    const shards = new Map<string, Map<number, Uint8Array | undefined>>();
    const done = (chunk: ChunkRead, bytes: Uint8Array | undefined): void => {
      const pieces = bytes && (array.parts === 1 ? [bytes] : splitParts(bytes, array.parts));
      for (const [i, key] of objects(chunk).entries()) {
        const place = placeOfChunk(sharding, key)!;
        const changes = shards.get(place.shard) ?? new Map<number, Uint8Array | undefined>();
        shards.set(place.shard, changes.set(place.index, pieces?.[i]));
      }
      request.onProgress?.({ done: ++stored, total: plan.length });
    };
    const voxels = (chunk: ChunkRead): ReturnType<typeof partOf> => partOf(request, chunk.box);
    await encodeChunks(context.runtime, { layout, policy, parallel, voxels, done, signal }, chunks);
    const { cacheControl, contentType } = policy;
    for (const [shard, changes] of shards)
      await updateShardedArray(context.store, sharding, shard, changes, {
        signal,
        cacheControl,
        contentType,
      });
  };
  const lane = async (): Promise<void> => {
    for (let group = groups[next++]; group !== undefined; group = groups[next++]) {
      throwIfAborted(signal);
      await one(group);
    }
  };
  const stop = (): void => {
    next = groups.length;
  };
  await supervise(Array.from({ length: Math.min(SHARDS, groups.length) }, lane), stop, signal).result;
}

function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
