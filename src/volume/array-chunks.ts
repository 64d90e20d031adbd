/** The chunks of a Zarr or N5 level as a store: names of chunks instead of places in an array. */
import { joinParts, splitParts } from "../codecs/chunk-parts.js";
import { boxOfKey, chunkName } from "../grid/chunk-name.js";
import { cellAt, cellBox, cellsOf, type Grid } from "../grid/grid.js";
import { type ArraySharding, shardedArray } from "../shards/zarr-indexed/index.js";
import type { Store, Stored } from "../stores/store.js";

/** Where the objects of a level are, as plain values. */
export interface ArrayChunks {
  /** Their folder in the layer. The layout's key names the chunks, and differs from it for later points in time. */
  readonly folder: string;
  /** The names of objects: a prefix, then a number for each stored axis. */
  readonly prefix: string;
  readonly separator: string;
  /** Which number: 0 to 2 that of the chunk along x, y, z, 3 that of its channels, or a literal (a point in time). */
  readonly axes: readonly (0 | 1 | 2 | 3 | string)[];
  /** Objects that a chunk consists of: more than one where an object holds only some of the channels. */
  readonly parts: number;
  /** Zarr 3: objects that lie in shards. */
  readonly shards?: Omit<ArraySharding, "start" | "separator"> | undefined;
}

/** The keys of the objects of a chunk by its name; undefined if it is no name of a chunk of this grid. */
export function objectsOfChunk(grid: Grid, array: ArrayChunks, key: string): string[] | undefined {
  const box = boxOfKey(key);
  if (box === undefined) return undefined;
  const cell = cellAt(grid, box);
  if (!cellBox(grid, ...cell).every((v, i) => v === box[i])) return undefined;
  return Array.from({ length: array.parts }, (_, part) => objectKey(array, [...cell, part]));
}

function objectKey({ folder, prefix, separator, axes }: ArrayChunks, place: readonly number[]): string {
  const name = prefix + axes.map((axis) => (typeof axis === "string" ? axis : place[axis])).join(separator);
  return folder === "" ? name : `${folder}/${name}`;
}

/** The name of the chunk that an object belongs to; undefined for objects of other points in time, and for strangers. */
export function chunkOfObject(
  name: string,
  grid: Grid,
  { folder, prefix, separator, axes }: ArrayChunks,
  key: string,
): string | undefined {
  const start = (folder === "" ? "" : `${folder}/`) + prefix;
  if (!key.startsWith(start)) return undefined;
  const numbers = key.slice(start.length).split(separator);
  if (numbers.length !== axes.length || !numbers.every((n) => /^\d+$/.test(n))) return undefined;
  const cell: [number, number, number] = [0, 0, 0];
  for (const [i, axis] of axes.entries()) {
    if (typeof axis === "string" && axis !== numbers[i]) return undefined;
    if (axis === 0 || axis === 1 || axis === 2) cell[axis] = Number(numbers[i]);
  }
  const { offset, size } = grid;
  const { count } = cellsOf(grid, [
    ...offset,
    ...(offset.map((o, i) => o + size[i]!) as [number, number, number]),
  ]);
  return cell.every((c, i) => c < count[i]!) ? chunkName(name, cellBox(grid, ...cell)) : undefined;
}

export function arrayChunks(base: Store, name: string, grid: Grid, array: ArrayChunks): Store {
  const { folder, prefix } = array;
  const start = (folder === "" ? "" : `${folder}/`) + prefix;
  const sharding = shardingOf(array);
  const store = sharding === undefined ? base : shardedArray(base, sharding);
  const objects = (key: string): string[] | undefined => objectsOfChunk(grid, array, key);
  const { read, readSync, stat, write, writeSync, remove, list } = store;
  const single = array.parts === 1;
  const first = (key: string): string | undefined => objects(key)?.[0];
  const all = async <T>(key: string, act: (object: string) => Promise<T>): Promise<T[]> =>
    await Promise.all((objects(key) ?? []).map(act));
  return {
    protocol: store.protocol,
    spec: store.spec,
    url: (key) => store.url(first(key) ?? key),
    async read(key, how) {
      const object = first(key);
      if (object === undefined) return undefined;
      if (single) return await read(object, how);
      return joined(await all(key, (one) => read(one, { signal: how?.signal })), how?.into);
    },
    ...(readSync && {
      readSync: (key, how) => {
        const object = first(key);
        if (object === undefined) return undefined;
        return single
          ? readSync(object, how)
          : joined(objects(key)?.map((one) => readSync(one)) ?? [], how?.into);
      },
    }),
    async stat(key, how) {
      const found = await all(key, (one) => stat(one, how));
      if (single) return found[0];
      const there = found.filter((one) => one !== undefined);
      if (there.length === 0) return undefined;
      return { size: undefined, compression: "none", version: there.map((one) => one.version ?? "").join() };
    },
    ...(write && {
      write: async (key, bytes, how) => {
        const keys = wanted(objects(key), key);
        const pieces = single ? [bytes] : splitParts(bytes, array.parts);
        await Promise.all(keys.map((one, i) => write(one, pieces[i] as Uint8Array, how)));
      },
    }),
    ...(writeSync && {
      writeSync: (key, bytes, how) => {
        const keys = wanted(objects(key), key);
        const pieces = single ? [bytes] : splitParts(bytes, array.parts);
        for (const [i, one] of keys.entries()) writeSync(one, pieces[i] as Uint8Array, how);
      },
    }),
    ...(remove && { remove: async (key, how) => void (await all(key, (one) => remove(one, how))) }),
    ...(list && {
      async *list(prefix, how) {
        const named = new Set<string>();
        for await (const object of list(start, how)) {
          const chunk = chunkOfObject(name, grid, array, object);
          if (chunk === undefined || !chunk.startsWith(prefix) || (!single && named.has(chunk))) continue;
          if (!single) named.add(chunk);
          yield chunk;
        }
      },
    }),
  };
}

/** How the objects of a level lie in shards; undefined: each is a file of its own. */
export function shardingOf({ folder, prefix, separator, shards }: ArrayChunks): ArraySharding | undefined {
  return shards && { ...shards, start: (folder === "" ? "" : `${folder}/`) + prefix, separator };
}

function wanted(keys: string[] | undefined, key: string): string[] {
  if (keys !== undefined) return keys;
  throw new TypeError(`${key} is no chunk of the level`);
}

/** Objects are never compressed as a whole: their codecs are in the array's metadata. */
function joined(
  parts: readonly (Stored | undefined)[],
  into: ((length: number) => Uint8Array) | undefined,
): Stored | undefined {
  const bytes = joinParts(parts.map((part) => part?.bytes));
  if (bytes === undefined) return undefined;
  const place = into?.(bytes.length).subarray(0, bytes.length);
  place?.set(bytes);
  const version = parts.map((part) => part?.version ?? "").join();
  return { bytes: place ?? bytes, compression: "none", totalSize: bytes.length, version };
}
