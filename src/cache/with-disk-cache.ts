/**
 * A store whose objects are kept on the local disk as they are read and written. Reads prefer the cache; writes and
 * removals go to both. What the cache cannot keep (a full disk) is simply not kept; the answers are those of the source.
 */
import { throwIfAborted } from "../base/abort.js";
import type { ReadOptions, Store, Stored, WriteOptions } from "../stores/store.js";
import { type ByteCache, type Entry, isShard } from "./byte-cache.js";
import { isSyncTarget, placed, transcode, transcodeSync, withoutVersion } from "./transcode.js";

/**
 * Wraps a store. Costs of a hit: the file's; of a miss: one request and, with `compress`, one transcoding. `stat` and
 * `list` ask the source, and so do reads of ranges.
 */
export function withDiskCache(source: Store, cache: ByteCache): Store {
  const { write, writeFrom, remove, removeAll } = source;
  // A compression that only runs asynchronously keeps everything on the asynchronous way.
  const isSync = isSyncTarget(cache.spec.compress);
  const { readSync, writeSync, spec }: Partial<Store> = isSync ? source : {};
  const { readSync: _, writeSync: __, spec: ___, ...others } = source;
  const cached: Store = {
    ...others,
    async read(key, how = {}) {
      throwIfAborted(how.signal);
      if (how.range !== undefined || !cache.holds(key)) return await readPart(source, cache, key, how);
      const hit = await cache.read(key, how);
      if (hit !== undefined) return withoutVersion(hit);
      const ticket = cache.ticket(key);
      const { into, ...rest } = how;
      const stored = await source.read(key, rest);
      if (stored === undefined) return undefined;
      const entry = await transcode(cache.spec.compress, stored, source.url(key));
      if (entry !== undefined) cache.fill(key, entry, ticket);
      return into === undefined ? stored : placed(stored, into, source.url(key));
    },
    copies: cache,
    distrust: (key) => (cache.holds(key) && cache.drop(key)) || source.distrust?.(key) === true,
    spec: spec && { kind: "cached", source: spec, cache: cache.spec },
    ...(readSync && {
      readSync: (key, how = {}) => {
        if (!cache.holds(key)) return readSync(key, how);
        const hit = cache.readSync(key, how);
        if (hit !== undefined) return withoutVersion(hit);
        if (typeof how.range === "object") return readSync(key, how);
        const ticket = cache.ticket(key);
        const stored = readSync(key);
        if (stored === undefined) return undefined;
        const entry = transcodeSync(cache.spec.compress, stored, source.url(key));
        if (entry !== undefined) cache.fill(key, entry, ticket);
        return ranged(stored, how, source.url(key));
      },
    }),
    ...(write && {
      write: (key, bytes, how) =>
        changing(
          cache,
          key,
          () => write(key, bytes, how),
          async () => {
            keep(cache, key, await transcode(cache.spec.compress, entryOf(bytes, how), source.url(key)));
          },
        ),
    }),
    ...(writeFrom && {
      writeFrom: (key, pieces, how) => changing(cache, key, () => writeFrom(key, pieces, how)),
    }),
    ...(writeSync && {
      writeSync: (key, bytes, how) => {
        drop(cache, key);
        try {
          writeSync(key, bytes, how);
        } catch (error) {
          drop(cache, key);
          throw error;
        }
        if (cache.holds(key))
          keep(cache, key, transcodeSync(cache.spec.compress, entryOf(bytes, how), source.url(key)));
        else drop(cache, key);
      },
    }),
    ...(remove && { remove: (key, how) => changing(cache, key, () => remove(key, how)) }),
    ...(removeAll && {
      removeAll: async (keys, how) => {
        for (const key of keys) drop(cache, key);
        try {
          await removeAll(keys, how);
        } finally {
          for (const key of keys) drop(cache, key);
        }
      },
    }),
  };
  return cached;
}

/** Changes an object: its entry goes before and after, or is replaced by `then`. */
async function changing(
  cache: ByteCache,
  key: string,
  change: () => Promise<void>,
  then?: () => Promise<void>,
): Promise<void> {
  drop(cache, key);
  try {
    await change();
  } catch (error) {
    drop(cache, key);
    throw error;
  }
  if (then !== undefined && cache.holds(key)) await then();
  else drop(cache, key);
}

/** Drops what was kept of an object: its entry; of a shard all that was kept of its folder. */
function drop(cache: ByteCache, key: string): void {
  if (isShard(key)) cache.invalidateShard(key);
  else if (cache.holds(key)) cache.invalidate(key);
}

function keep(cache: ByteCache, key: string, entry: Entry | undefined): void {
  if (entry === undefined) cache.invalidate(key);
  else cache.replace(key, entry);
}

function entryOf(bytes: Uint8Array, how: WriteOptions | undefined): Entry {
  return { bytes, compression: how?.compression ?? "none" };
}

/** A range is kept where the caller names it, for CloudVolume: our own readers of shards want to know its version, too. */
async function readPart(
  source: Store,
  cache: ByteCache,
  key: string,
  how: ReadOptions,
): Promise<Stored | undefined> {
  const { keepAs, into, ...rest } = how;
  if (keepAs === undefined || !cache.holds(keepAs)) return await source.read(key, how);
  const ticket = cache.ticket(keepAs);
  const stored = await source.read(key, rest);
  if (stored === undefined) return undefined;
  const entry: Entry = { bytes: stored.bytes, compression: "none" };
  if (fits(stored.bytes, how.range)) cache.fill(keepAs, entry, ticket);
  return into === undefined ? stored : placed(stored, into, source.url(key));
}

function fits(bytes: Uint8Array, range: ReadOptions["range"]): boolean {
  return range !== undefined && "length" in range && bytes.length === range.length;
}

type SyncHow = NonNullable<Parameters<NonNullable<Store["readSync"]>>[1]>;

/** What a synchronous read of the whole gives to one who asked for a range that depends on the object. */
function ranged(stored: Stored, { range, into }: SyncHow, where: string): Stored {
  const stat = { size: stored.bytes.length, compression: stored.compression, version: stored.version };
  const asked = typeof range === "function" ? range(stat) : undefined;
  const part =
    asked === undefined
      ? stored.bytes
      : "offset" in asked
        ? stored.bytes.subarray(asked.offset, asked.offset + asked.length)
        : stored.bytes.subarray(Math.max(0, stored.bytes.length - asked.suffixLength));
  const whole = { ...stored, bytes: part, totalSize: stored.bytes.length };
  return into === undefined ? whole : placed(whole, into, where);
}
