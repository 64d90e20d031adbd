/** The chunks of a sharded Zarr array as a store by their own names, over a store of shards. */
import { throwIfAborted } from "../../base/abort.js";
import { ByteLru } from "../../base/byte-lru.js";
import { ArgumentError, ConflictError } from "../../base/errors.js";
import { clipRange } from "../../stores/ranges.js";
import type { Store, Stored, SyncReadOptions, WriteOptions } from "../../stores/store.js";
import { RangeGatherer } from "../neuroglancer-uint64/gather-ranges.js";
import { SharedWork } from "../neuroglancer-uint64/shared-work.js";
import { type ArraySharding, chunkAtPlace, placeOfChunk } from "./place.js";
import { indexRange, parseIndex, type ShardIndex, type Span } from "./shard-index.js";
import { updateShardedArray } from "./update.js";

export { type ArraySharding, placeOfChunk } from "./place.js";
export { type ChunkChanges, updateShardedArray } from "./update.js";

/** Bytes of memory for indices, between two chunks that are rather read than asked for around, of one request. */
const INDEX_BYTES = 64 << 20;
const GATHER = { gap: 64 << 10, most: 16 << 20 };
/** Times that a shard may change while it is read. */
const MOST_CHANGES = 8;

interface Known {
  /** Undefined: there is no such file. */
  readonly index: ShardIndex | undefined;
  readonly version: string | undefined;
}

/**
 * Reading a chunk costs two requests one after the other, its shard's index and its bytes, and one when the index is
 * known; chunks of a shard that are asked for together share requests. Never mixes two versions of a shard.
 * @throws DecodingError for a damaged index, ConflictError for a shard that changes all the time.
 */
export function shardedArray(store: Store, sharding: ArraySharding): Store {
  const indices = new ByteLru<Known>(INDEX_BYTES);
  const shared = new SharedWork<Known>();
  const gatherer = new RangeGatherer(store, GATHER);
  const url = (key: string): string => {
    const place = placeOfChunk(sharding, key);
    return place === undefined ? store.url(key) : `${store.url(place.shard)} chunk ${place.index}`;
  };

  const keep = (shard: string, stored: Stored | undefined): Known => {
    const index = stored && parseIndex(sharding, stored.bytes, stored.totalSize, store.url(shard));
    const known = { index, version: stored && versionOf(stored) };
    if (index === undefined) indices.delete(shard);
    else indices.set(shard, known, 200 + index.memory);
    return known;
  };
  const indexOf = async (shard: string, signal: AbortSignal | undefined): Promise<Known> => {
    throwIfAborted(signal);
    const fetch = async (own: AbortSignal): Promise<Known> =>
      keep(shard, await store.read(shard, { range: indexRange(sharding), signal: own }));
    return indices.get(shard) ?? (await shared.run(shard, fetch, signal));
  };
  /** Whether what was found missing may be missing only in an old index. */
  const isOld = async (shard: string, known: Known, signal: AbortSignal | undefined): Promise<boolean> => {
    if (known.version === undefined) return false;
    const now = await store.stat(shard, { signal });
    const same = (now && versionOf({ ...now, totalSize: now.size })) === known.version;
    if (!same) indices.delete(shard);
    return !same;
  };

  async function read(key: string, signal: AbortSignal | undefined): Promise<[Stored, Span] | undefined> {
    const place = placeOfChunk(sharding, key);
    if (place === undefined) return undefined;
    const { shard, index } = place;
    for (let changes = 0; changes < MOST_CHANGES; changes++) {
      const cached = indices.get(shard) !== undefined;
      const known = await indexOf(shard, signal);
      const span = known.index?.span(index);
      if (span === undefined) {
        if (cached && (await isOld(shard, known, signal))) continue;
        return undefined;
      }
      const stored = await gatherer.read(shard, span, signal);
      if (stored !== undefined && versionOf(stored) === known.version && stored.bytes.length === span.length)
        return [stored, span];
      indices.delete(shard);
    }
    throw changing(url(key));
  }

  function readSync(
    key: string,
    how: SyncReadOptions | undefined,
    raw: NonNullable<Store["readSync"]>,
  ): Stored | undefined {
    const place = placeOfChunk(sharding, key);
    if (place === undefined) return undefined;
    const { shard, index } = place;
    for (let changes = 0; changes < MOST_CHANGES; changes++) {
      const cached = indices.get(shard);
      const known = cached ?? keep(shard, raw(shard, { range: indexRange(sharding) }));
      const span = known.index?.span(index);
      if (span === undefined) {
        if (cached === undefined) return undefined;
        const now = raw(shard, { range: { offset: 0, length: 0 } });
        if ((now && versionOf(now)) === cached.version) return undefined;
        indices.delete(shard);
        continue;
      }
      const asked =
        typeof how?.range === "function" ? how.range({ size: span.length, compression: "none" }) : how?.range;
      const part = clipRange(asked, span.length, url(key));
      const stored = raw(shard, {
        range: { offset: span.offset + part.offset, length: part.length },
        into: how?.into,
      });
      if (stored !== undefined && versionOf(stored) === known.version && stored.bytes.length === part.length)
        return { ...stored, totalSize: span.length };
      indices.delete(shard);
    }
    throw changing(url(key));
  }

  const change = async (
    key: string,
    bytes: Uint8Array | undefined,
    { signal, cacheControl }: WriteOptions = {},
  ): Promise<void> => {
    const place = placeOfChunk(sharding, key);
    if (place === undefined) throw new ArgumentError("Not the name of a chunk", { where: store.url(key) });
    const { shard, index } = place;
    await updateShardedArray(store, sharding, shard, new Map([[index, bytes]]), { signal, cacheControl });
  };
  const { readSync: raw, list } = store;
  return {
    protocol: store.protocol,
    spec: store.spec,
    url,
    async read(key, { range, into, signal } = {}) {
      const found = await read(key, signal);
      if (found === undefined) return undefined;
      const [stored, span] = found;
      const { offset, length } = clipRange(range, span.length, url(key));
      const bytes = stored.bytes.subarray(offset, offset + length);
      const place = into?.(length).subarray(0, length);
      place?.set(bytes);
      return { ...stored, bytes: place ?? bytes, totalSize: span.length };
    },
    ...(raw && { readSync: (key, how) => readSync(key, how, raw) }),
    async stat(key, { signal } = {}) {
      const place = placeOfChunk(sharding, key);
      if (place === undefined) return undefined;
      for (let changes = 0; changes < MOST_CHANGES; changes++) {
        const known = await indexOf(place.shard, signal);
        if (await isOld(place.shard, known, signal)) continue;
        const span = known.index?.span(place.index);
        return span && { size: span.length, compression: "none", version: known.version };
      }
      throw changing(url(key));
    },
    ...(store.write && { write: (key, bytes, how) => change(key, bytes, how) }),
    ...(store.remove && {
      remove: async (key, how) => {
        if (placeOfChunk(sharding, key) !== undefined) await change(key, undefined, how);
      },
    }),
    ...(list && {
      async *list(prefix, how) {
        for await (const shard of list(sharding.start, how)) {
          const { index } = await indexOf(shard, how?.signal);
          const count = sharding.perShard.reduce((n, side) => n * side, 1);
          for (let i = 0; index !== undefined && i < count; i++) {
            const key = index.span(i) === undefined ? undefined : chunkAtPlace(sharding, shard, i);
            if (key?.startsWith(prefix)) yield key;
          }
        }
      },
    }),
  };
}

function versionOf({ version, totalSize }: Pick<Stored, "version" | "totalSize">): string {
  return version ?? `${totalSize ?? ""} bytes`;
}

function changing(where: string): ConflictError {
  return new ConflictError("A shard was replaced again and again while it was read", {
    where,
    fix: "Read it again when its writers are done.",
  });
}
