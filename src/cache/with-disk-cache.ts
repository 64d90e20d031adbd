/**
 * A store whose objects are kept on the local disk as they are read and written. Reads prefer the cache; writes and
 * removals go to both. What the cache cannot keep (a full disk) is simply not kept; the answers are those of the source.
 */
import { throwIfAborted } from "../base/abort.js";
import { CloudVolumeError } from "../base/errors.js";
import type { Compression } from "../compression/compression.js";
import {
  compress,
  compressSync,
  decompress,
  decompressSync,
  isSyncCompression,
  isSyncDecompression,
} from "../compression/index.js";
import { placeFor } from "../stores/ranges.js";
import type { Store, Stored, WriteOptions } from "../stores/store.js";
import type { ByteCache, Entry } from "./byte-cache.js";

/** Content above this is kept as it is stored: what is compressed a thousandfold is not unpacked for a cache. */
const MOST_CONTENT = 512 << 20;

/**
 * Wraps a store. Costs of a hit: the file's; of a miss: one request and, with `compress`, one transcoding. `stat` and
 * `list` ask the source, and so do reads of ranges that find no entry.
 */
export function withDiskCache(source: Store, cache: ByteCache): Store {
  const { readSync, write, writeSync, remove, spec } = source;
  const cached: Store = {
    ...source,
    async read(key, how = {}) {
      throwIfAborted(how.signal);
      if (how.range !== undefined || !cache.holds(key)) return await source.read(key, how);
      const hit = await cache.read(key, how);
      if (hit !== undefined) return hit;
      const ticket = cache.ticket(key);
      const { into, ...rest } = how;
      const stored = await source.read(key, rest);
      if (stored === undefined) return undefined;
      const entry = await transcode(cache.spec.compress, stored, source.url(key));
      if (entry !== undefined) cache.fill(key, entry, ticket);
      return into === undefined ? stored : placed(stored, into, source.url(key));
    },
    distrust: (key) => (cache.holds(key) && cache.drop(key)) || source.distrust?.(key) === true,
    spec: spec && { kind: "cached", source: spec, cache: cache.spec },
    ...(readSync && {
      readSync: (key, how = {}) => {
        if (!cache.holds(key)) return readSync(key, how);
        const hit = cache.readSync(key, how);
        if (hit !== undefined) return hit;
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
      write: async (key, bytes, how) => {
        if (!cache.holds(key)) return await write(key, bytes, how);
        cache.invalidate(key);
        try {
          await write(key, bytes, how);
        } catch (error) {
          cache.invalidate(key);
          throw error;
        }
        keep(cache, key, await transcode(cache.spec.compress, entryOf(bytes, how), source.url(key)));
      },
    }),
    ...(writeSync && {
      writeSync: (key, bytes, how) => {
        if (!cache.holds(key)) return writeSync(key, bytes, how);
        cache.invalidate(key);
        try {
          writeSync(key, bytes, how);
        } catch (error) {
          cache.invalidate(key);
          throw error;
        }
        keep(cache, key, transcodeSync(cache.spec.compress, entryOf(bytes, how), source.url(key)));
      },
    }),
    ...(remove && {
      remove: async (key, how) => {
        if (!cache.holds(key)) return await remove(key, how);
        cache.invalidate(key);
        try {
          await remove(key, how);
        } finally {
          cache.invalidate(key);
        }
      },
    }),
  };
  return cached;
}

function keep(cache: ByteCache, key: string, entry: Entry | undefined): void {
  if (entry === undefined) cache.invalidate(key);
  else cache.replace(key, entry);
}

function entryOf(bytes: Uint8Array, how: WriteOptions | undefined): Entry {
  return { bytes, compression: how?.compression ?? "none" };
}

/** Asked for a place of the caller's: the bytes lie there, too. */
function placed(stored: Stored, into: (length: number) => Uint8Array, where: string): Stored {
  const bytes = placeFor(stored.bytes.length, into, where);
  bytes.set(stored.bytes);
  return { ...stored, bytes };
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

/** The object in the compression of the cache; as it is where that cannot be, and undefined if it is damaged. */
async function transcode(
  wanted: Compression | undefined,
  entry: Entry,
  where: string,
): Promise<Entry | undefined> {
  const { bytes, compression } = entry;
  if (bytes.length === 0) return undefined;
  if (wanted === undefined || wanted === compression) return entry;
  try {
    const content = await decompress(compression, bytes, { limit: MOST_CONTENT, where });
    return { bytes: await compress(wanted, content), compression: wanted };
  } catch (error) {
    if (error instanceof CloudVolumeError) return undefined;
    throw error;
  }
}

function transcodeSync(wanted: Compression | undefined, entry: Entry, where: string): Entry | undefined {
  const { bytes, compression } = entry;
  if (bytes.length === 0) return undefined;
  if (wanted === undefined || wanted === compression) return entry;
  if (!isSyncDecompression(compression) || !isSyncCompression(wanted)) return undefined;
  try {
    const content = decompressSync(compression, bytes, { limit: MOST_CONTENT, where });
    return { bytes: compressSync(wanted, content), compression: wanted };
  } catch (error) {
    if (error instanceof CloudVolumeError) return undefined;
    throw error;
  }
}
