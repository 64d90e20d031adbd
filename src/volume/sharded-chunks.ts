/** The chunks of a sharded scale as a store: names of chunks instead of labels. */
import type { Box6 } from "../base/bbox.js";
import { cellAt, cellBox, chunkName } from "../grid/grid.js";
import { cellOfMorton, compressedMorton, gridSize } from "../grid/morton.js";
import type { ShardingSpec } from "../shards/neuroglancer-uint64/index.js";
import { type StoredDatum, shardedStore } from "../shards/neuroglancer-uint64/index.js";
import { clipRange } from "../stores/ranges.js";
import type { Store, Stored } from "../stores/store.js";
import type { ScaleLayout } from "./layout.js";

const NAME = /(?:^|\/)(-?\d+)-(-?\d+)_(-?\d+)-(-?\d+)_(-?\d+)-(-?\d+)$/;

/** The label of a chunk by its name; undefined if it is no name of a chunk of this grid. */
export function labelOfChunk({ grid }: Pick<ScaleLayout, "grid">, key: string): bigint | undefined {
  const match = NAME.exec(key);
  if (match === null) return undefined;
  const [, x0, x1, y0, y1, z0, z1] = match;
  const box: Box6 = [Number(x0), Number(y0), Number(z0), Number(x1), Number(y1), Number(z1)];
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
      const found = label === undefined ? undefined : await shards.locate(label, { signal });
      if (found === undefined) return undefined;
      const compression = sharding.dataEncoding === "gzip" ? "gzip" : "none";
      return { size: found.length, compression, version: found.version ?? undefined };
    },
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
