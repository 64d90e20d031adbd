/**
 * A store whose objects are kept on the local disk as they are read and written. Reads prefer the cache; writes and
 * removals go to both. What the cache cannot keep (a full disk) is simply not kept; the answers are those of the source.
 */
import { throwIfAborted } from "../base/abort.js";
import type { ReadOptions, Store, Stored, WriteOptions } from "../stores/store.js";
import { type ByteCache, type Change, type Entry, isShard } from "./byte-cache.js";
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
        changing(cache, key, async () => {
          await write(key, bytes, how);
          if (!cache.holds(key)) return undefined;
          return await transcode(cache.spec.compress, entryOf(bytes, how), source.url(key));
        }),
    }),
    ...(writeFrom && {
      writeFrom: (key, pieces, how) => changing(cache, key, () => nothingOf(writeFrom(key, pieces, how))),
    }),
    ...(writeSync && {
      writeSync: (key, bytes, how) => {
        const change = begin(cache, key);
        let entry: Entry | undefined;
        try {
          writeSync(key, bytes, how);
          if (cache.holds(key))
            entry = transcodeSync(cache.spec.compress, entryOf(bytes, how), source.url(key));
        } finally {
          change?.done(entry);
        }
      },
    }),
    ...(remove && { remove: (key, how) => changing(cache, key, () => nothingOf(remove(key, how))) }),
    ...(removeAll && {
      removeAll: async (keys, how) => {
        const changes = keys.map((key) => begin(cache, key));
        try {
          await removeAll(keys, how);
        } finally {
          for (const change of changes) change?.done();
        }
      },
    }),
  };
  return cached;
}

/** Changes an object; its entry goes before, and what `change` gives is the new one. */
async function changing(
  cache: ByteCache,
  key: string,
  change: () => Promise<Entry | undefined>,
): Promise<void> {
  const begun = begin(cache, key);
  let entry: Entry | undefined;
  try {
    entry = await change();
  } finally {
    begun?.done(entry);
  }
}

async function nothingOf(change: Promise<void>): Promise<undefined> {
  await change;
  return undefined;
}

function begin(cache: ByteCache, key: string): Change | undefined {
  return isShard(key) || cache.holds(key) ? cache.begin(key) : undefined;
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
