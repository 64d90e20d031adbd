/** The chunks of a sharded scale as a store: names of chunks instead of labels. A single chunk is changed by writing its shard anew. */
import { ArgumentError } from "../base/errors.js";
import type { Compression } from "../compression/compression.js";
import { compress, decompress } from "../compression/index.js";
import { boxOfKey, chunkName } from "../grid/chunk-name.js";
import { cellAt, cellBox } from "../grid/grid.js";
import { cellOfMorton, compressedMorton, gridSize } from "../grid/morton.js";
import {
  placeOfLabel,
  type ShardChanges,
  type ShardingSpec,
  type StoredDatum,
  shardedStore,
  updateShard,
} from "../shards/neuroglancer-uint64/index.js";
import { clipRange } from "../stores/ranges.js";
import type { Store, Stored, WriteOptions } from "../stores/store.js";
import { encodedLimit, type ScaleLayout } from "./layout.js";

/** The label of a chunk by its name; undefined if it is no name of a chunk of this grid. */
export function labelOfChunk({ grid }: Pick<ScaleLayout, "grid">, key: string): bigint | undefined {
  const box = boxOfKey(key);
  if (box === undefined) return undefined;
  const cell = cellAt(grid, box);
  const size = gridSize(grid);
  return cell.every((n, axis) => n >= 0 && n < size[axis]!) ? compressedMorton(cell, size) : undefined;
}

/** The name of the chunk of a label; undefined for a label that is no chunk's. */
export function chunkOfLabel(
  { key, grid }: Pick<ScaleLayout, "grid" | "key">,
  label: bigint,
): string | undefined {
  const cell = cellOfMorton(label, gridSize(grid));
  return cell && chunkName(key, cellBox(grid, ...cell));
}

export function shardedChunks(store: Store, layout: ScaleLayout, sharding: ShardingSpec): Store {
  const shards = shardedStore(store, layout.key, sharding);
  const labelOf = (key: string): bigint | undefined => labelOfChunk(layout, key);
  const url = (key: string): string => `${store.url(key)} in ${store.url(layout.key)}/*.shard`;
  const { readStoredSync } = shards;
  const wanted: Compression = sharding.dataEncoding === "gzip" ? "gzip" : "none";
  const change = (changes: ShardChanges, { signal, cacheControl }: WriteOptions): Promise<void> => {
    const [label = 0n] = changes.keys();
    const { file } = placeOfLabel(sharding, label);
    return updateShard(store, `${layout.key}/`, sharding, file, changes, { signal, cacheControl });
  };
  const recompressed = async (bytes: Uint8Array, from: Compression, where: string): Promise<Uint8Array> => {
    const limit = encodedLimit(layout, layout.grid.chunk);
    return await compress(wanted, await decompress(from, bytes, { limit, where }));
  };
  return {
    protocol: store.protocol,
    spec: store.spec,
    url,
    async read(key, { range, into, signal } = {}) {
      const label = labelOf(key);
      const datum = label === undefined ? undefined : await shards.readStored(label, { signal });
      if (datum === undefined) return undefined;
      const { offset, length } = clipRange(range, datum.bytes.length, url(key));
      const bytes = datum.bytes.subarray(offset, offset + length);
      const place = into?.(length).subarray(0, length);
      place?.set(bytes);
      return storedOf(datum, place ?? bytes);
    },
    ...(readStoredSync && {
      readSync: (key, how) => {
        const label = labelOf(key);
        const datum = label === undefined ? undefined : readStoredSync(label, how);
        return datum && storedOf(datum, datum.bytes);
      },
    }),
    async stat(key, { signal } = {}) {
      const label = labelOf(key);
      if (label === undefined) return undefined;
      for (;;) {
        const found = await shards.locate(label, { signal });
        if (found === undefined) return undefined;
        // An index that is held may be older than the file. One byte tells, and makes it be forgotten.
        const { offset, length } = found;
        const byte = await shards.readRange(found, offset, Math.min(1, length), { signal });
        if (byte === undefined) continue;
        const compression = sharding.dataEncoding === "gzip" ? "gzip" : "none";
        return { size: length, compression, version: found.version ?? undefined };
      }
    },
    ...(store.write && {
      write: async (key, bytes, how = {}) => {
        const label = labelOf(key);
        if (label === undefined) throw new ArgumentError("Not the name of a chunk", { where: url(key) });
        const { compression = "none" } = how;
        const kept = compression === wanted ? bytes : await recompressed(bytes, compression, url(key));
        await change(new Map([[label, { label, length: kept.length, bytes: kept }]]), how);
      },
    }),
    ...(store.remove && {
      remove: async (key, how = {}) => {
        const label = labelOf(key);
        if (label !== undefined) await change(new Map([[label, undefined]]), how);
      },
    }),
    async *list(prefix, { signal } = {}) {
      for await (const label of shards.list({ signal })) {
        const name = chunkOfLabel(layout, label);
        if (name?.startsWith(prefix)) yield name;
      }
    },
  };
}

function storedOf({ compression, location }: StoredDatum, bytes: Uint8Array): Stored {
  return { bytes, compression, totalSize: location.length, version: location.version ?? undefined };
}
