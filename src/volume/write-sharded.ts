/** Writing and deleting chunks of a sharded scale: shard by shard, each file replaced once. */
import { throwIfAborted } from "../base/abort.js";
import type { Box6 } from "../base/bbox.js";
import type { StridedArray } from "../base/strided.js";
import { type ChunkRead, planRead, type ReadPlan } from "../grid/plan.js";
import { ShardHeap, type ShardingSpec, updateShard } from "../shards/neuroglancer-uint64/index.js";
import type { ChunkContext } from "./chunk-store.js";
import type { StoragePolicy } from "./encode.js";
import { encodeChunks } from "./encode-chunks.js";
import type { ScaleLayout } from "./layout.js";
import type { ProgressListener } from "./progress.js";
import { isWholeBox, isWholeShard, type ShardGroup, shardGroups } from "./shard-groups.js";
import { supervise } from "./supervise.js";
import { partOf, type WriteRequest } from "./write-request.js";

/** Shards that are encoded or written at a time: while one is stored, another is encoded. */
const SHARDS = 2;
/** Bytes of encoded chunks of a shard that are held; the rest waits in a temporary file. */
const HELD_BYTES = 64 << 20;

export type ChunkVoxels = (chunk: ChunkRead) => StridedArray | Promise<StridedArray>;

/**
 * Writes the chunks of an aligned box. Shards that lie in it as a whole are written without being read; others are read,
 * changed and written again, and lose nothing that other writers of this library change meanwhile.
 */
export async function writeSharded(
  context: ChunkContext,
  request: WriteRequest,
  sharding: ShardingSpec,
  voxels: ChunkVoxels = (chunk) => partOf(request, chunk.box),
): Promise<void> {
  const { layout, box, signal } = request;
  const plan = planRead(layout.grid, box);
  let stored = 0;
  const onChunk = (): void => request.onProgress?.({ done: ++stored, total: plan.length });
  await eachShard(layout, sharding, plan, box, signal, (group, replace) =>
    writeShardGroup(context, { ...request, onChunk }, sharding, plan, group, replace, voxels),
  );
}

export interface ShardGroupRequest extends Pick<WriteRequest, "layout" | "policy" | "parallel" | "signal"> {
  readonly onChunk?: (() => void) | undefined;
  /** Bytes of voxels that are held while they are encoded. */
  readonly batchBytes?: number | undefined;
}

/** Encodes and writes the chunks of one shard. `replace`: it holds no others. */
export async function writeShardGroup(
  context: ChunkContext,
  { layout, policy: own, parallel, signal, onChunk, batchBytes }: ShardGroupRequest,
  sharding: ShardingSpec,
  plan: ReadPlan,
  { file, members }: ShardGroup,
  replace: boolean,
  voxels: ChunkVoxels,
): Promise<void> {
  const policy = shardPolicy(own, sharding);
  const heap = new ShardHeap(HELD_BYTES, context.runtime.spool);
  try {
    const labels = new Map(members.map(({ index, label }) => [index, label]));
    const chunks = members.map(({ index }) => plan.at(index));
    const done = async (chunk: ChunkRead, bytes: Uint8Array | undefined): Promise<void> => {
      const label = labels.get(chunk.index)!;
      await heap.add(file, label, bytes && { label, length: bytes.length, bytes });
      onChunk?.();
    };
    const encoding = { layout, policy, parallel, voxels, done, batchBytes, signal };
    await encodeChunks(context.runtime, encoding, chunks);
    const { cacheControl } = policy;
    const how = { signal, replace, cacheControl };
    await updateShard(context.store, `${layout.key}/`, sharding, file, heap.take(file), how);
  } finally {
    await heap.close();
  }
}

/** Deletes the chunks of an aligned box; files of shards that hold nothing else go. */
export async function deleteSharded(
  { store }: Pick<ChunkContext, "store">,
  layout: ScaleLayout,
  sharding: ShardingSpec,
  box: Box6,
  signal: AbortSignal | undefined,
  onProgress: ProgressListener | undefined,
): Promise<void> {
  const plan = planRead(layout.grid, box);
  let gone = 0;
  await eachShard(layout, sharding, plan, box, signal, async ({ file, members }, replace) => {
    const changes = new Map(members.map(({ label }) => [label, undefined]));
    await updateShard(store, `${layout.key}/`, sharding, file, changes, { signal, replace });
    gone += members.length;
    onProgress?.({ done: gone, total: plan.length });
  });
}

async function eachShard(
  { grid }: ScaleLayout,
  sharding: ShardingSpec,
  plan: ReadPlan,
  box: Box6,
  signal: AbortSignal | undefined,
  act: (group: ShardGroup, replace: boolean) => Promise<void>,
): Promise<void> {
  const groups = shardGroups(grid, sharding, plan);
  const all = isWholeBox(grid, box);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let group = groups[next++]; group !== undefined; group = groups[next++]) {
      throwIfAborted(signal);
      await act(group, isWholeShard(grid, sharding, group, all));
    }
  };
  const stop = (): void => {
    next = groups.length;
  };
  await supervise(Array.from({ length: Math.min(SHARDS, groups.length) }, lane), stop, signal).result;
}

/** A shard's data are compressed as its specification says, whatever the volume does elsewhere; its file never is. */
export function shardPolicy(policy: StoragePolicy, { dataEncoding }: ShardingSpec): StoragePolicy {
  if (dataEncoding === "raw") return { ...policy, compression: "none", compressLevel: undefined };
  const isLevel = policy.compression === "gzip";
  return { ...policy, compression: "gzip", compressLevel: isLevel ? policy.compressLevel : undefined };
}
