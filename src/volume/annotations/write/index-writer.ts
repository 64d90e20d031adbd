/** Writes one index: a file for each datum, or shards. */
import { type Abortable, AbortGroup, throwIfAborted } from "../../../base/abort.js";
import type { OpenSpool } from "../../../base/spool.js";
import { compress } from "../../../compression/index.js";
import { NO_CACHE } from "../../../formats/cdn-cache.js";
import type { AnnotationIndex } from "../../../formats/precomputed/annotations/info.js";
import { placeOfLabel, type ShardingSpec, writeShards } from "../../../shards/neuroglancer-uint64/index.js";
import type { Store } from "../../../stores/store.js";
import type { IndexItem } from "../files.js";

export interface IndexDatum extends IndexItem {
  readonly bytes: Uint8Array;
}

export interface IndexTarget extends Abortable {
  readonly store: Store;
  /** Of the info, "" or with a slash at its end. */
  readonly folder: string;
  readonly spool: OpenSpool | undefined;
  /** Bytes of a shard that are held. */
  readonly memory: number;
  /** Single files are packed. */
  readonly gzip: boolean;
}

/** Files that are written at the same time, and made to last together. */
const FILES = 64;

/** Writes data that come shard by shard. @throws StorageError. */
export async function writeIndex(
  target: IndexTarget,
  { key, sharding }: AnnotationIndex,
  data: AsyncIterable<IndexDatum>,
): Promise<void> {
  const folder = `${target.folder}${key}/`;
  if (sharding === undefined) await writeFiles(target, folder, data);
  else await writeShardByShard(target, folder, sharding, data);
}

async function writeFiles(
  target: IndexTarget,
  folder: string,
  data: AsyncIterable<IndexDatum>,
): Promise<void> {
  let batch: IndexDatum[] = [];
  for await (const datum of data) {
    batch.push(datum);
    if (batch.length < FILES) continue;
    await writeBatch(target, folder, batch);
    batch = [];
  }
  await writeBatch(target, folder, batch);
}

async function writeBatch(
  { store, gzip, signal }: IndexTarget,
  folder: string,
  batch: readonly IndexDatum[],
): Promise<void> {
  throwIfAborted(signal);
  const compression = gzip ? "gzip" : "none";
  const group = new AbortGroup(signal);
  const write = async ({ name, bytes }: IndexDatum, own: AbortSignal): Promise<void> => {
    const packed = await compress(compression, bytes, { signal: own });
    const contentType = "application/octet-stream";
    const how = { compression, contentType, cacheControl: NO_CACHE, lasting: false, signal: own } as const;
    await store.write?.(folder + name, packed, how);
  };
  const settled = await Promise.allSettled(batch.map((datum) => group.run((own) => write(datum, own))));
  group.close();
  // Nothing is under way any more when a failure is told, so that what was written can be removed.
  for (const result of settled) if (result.status === "rejected") throw result.reason;
  await store.sync?.(batch.map(({ name }) => folder + name));
}

/** Each shard file is put together by itself: what is known of its labels is all that is held. */
async function writeShardByShard(
  { store, spool, memory, signal }: IndexTarget,
  folder: string,
  spec: ShardingSpec,
  data: AsyncIterable<IndexDatum>,
): Promise<void> {
  const source = data[Symbol.asyncIterator]();
  const fileOf = ({ label }: IndexDatum): string => placeOfLabel(spec, label).file;
  try {
    let next = await source.next();
    const ofShard = async function* (file: string): AsyncGenerator<IndexDatum> {
      while (next.done !== true && fileOf(next.value) === file) {
        yield next.value;
        next = await source.next();
      }
    };
    while (next.done !== true) {
      const shard = ofShard(fileOf(next.value));
      await writeShards(store, folder, spec, shard, { spool, memory, cacheControl: NO_CACHE, signal });
    }
  } finally {
    await source.return?.();
  }
}
