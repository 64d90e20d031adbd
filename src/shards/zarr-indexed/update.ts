/** Changing some chunks of a shard, without losing what other writers change meanwhile. */
import type { Abortable } from "../../base/abort.js";
import { ConflictError, StorageError } from "../../base/errors.js";
import { product } from "../../base/strided.js";
import type { Store, WriteOptions } from "../../stores/store.js";
import { updateExclusively } from "../update-exclusively.js";
import { type ArraySharding, chunksOfShard } from "./place.js";
import { indexLength, makeShard, parseIndex } from "./shard-index.js";

/** What becomes of chunks by their number in the shard: new bytes, or `undefined`: there is none any more. */
export type ChunkChanges = ReadonlyMap<number, Uint8Array | undefined>;

/**
 * Writes a shard with some chunks changed; one that is changed as a whole is not read before. The file is replaced as a
 * whole, and removed if nothing is left in it. Holds a shard in memory.
 * @throws ConflictError, WriteLockAcquisitionError, StorageError, DecodingError for a damaged shard.
 */
export async function updateShardedArray(
  store: Store,
  sharding: ArraySharding,
  shard: string,
  changes: ChunkChanges,
  options: Abortable & Pick<WriteOptions, "cacheControl" | "contentType"> = {},
): Promise<void> {
  if (store.write === undefined)
    throw new StorageError("This storage is read-only", { where: store.url(shard) });
  const whole = changes.size >= chunksOfShard(sharding, shard);
  await updateExclusively(
    store,
    shard,
    () => attempt(store, sharding, shard, changes, whole, options),
    options,
  );
}

async function attempt(
  store: Store,
  sharding: ArraySharding,
  shard: string,
  changes: ChunkChanges,
  whole: boolean,
  options: Abortable & Pick<WriteOptions, "cacheControl" | "contentType">,
): Promise<void> {
  const { signal } = options;
  const stored = whole ? undefined : await store.read(shard, { signal });
  const chunks: (Uint8Array | undefined)[] = new Array(product(sharding.perShard)).fill(undefined);
  if (stored !== undefined) {
    const { bytes } = stored;
    const length = indexLength(sharding);
    const from = sharding.location === "start" ? 0 : Math.max(0, bytes.length - length);
    const index = parseIndex(sharding, bytes.subarray(from, from + length), bytes.length, store.url(shard));
    for (let i = 0; i < chunks.length; i++) {
      const span = index.span(i);
      if (span !== undefined) chunks[i] = bytes.subarray(span.offset, span.offset + span.length);
    }
  }
  for (const [i, bytes] of changes) chunks[i] = bytes;
  const made = makeShard(sharding, chunks);
  const ifVersion = whole ? undefined : (stored?.version ?? null);
  if (made !== undefined) await store.write?.(shard, made, { ...options, ...(whole ? {} : { ifVersion }) });
  else if (whole || stored !== undefined) await removeUnchanged(store, shard, ifVersion, signal);
}

/** Storage has no conditional removal: the version is compared just before. */
async function removeUnchanged(
  store: Store,
  shard: string,
  version: string | null | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (version !== undefined && (await store.stat(shard, { signal }))?.version !== version)
    throw new ConflictError("A shard was replaced while it was changed", { where: store.url(shard) });
  await store.remove?.(shard, { signal });
}
