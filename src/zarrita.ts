/** Volumes for zarrita, and zarrita's arrays for volumes. zarrita itself is not needed: these are its forms. */
import { type Abortable, throwIfAborted } from "./base/abort.js";
import { Bbox, type Box6 } from "./base/bbox.js";
import { ByteLru } from "./base/byte-lru.js";
import { arrayType, type DataType, type TypedArray } from "./base/dtype.js";
import { ArgumentError, DimensionError } from "./base/errors.js";
import { copyRows, dot, fortranStride, product, type StridedArray } from "./base/strided.js";
import { defaultAxes, namedAxes } from "./formats/array-level.js";
import { findMip, type MipSpec } from "./formats/precomputed/scales.js";
import type { ViewOptions } from "./formats/zarr/view.js";
import { planRead } from "./grid/plan.js";
import { viewed } from "./view.js";
import type { Volume } from "./volume/volume.js";

/** A store of zarrita, to be read. */
export interface ZarritaStore {
  get(key: `/${string}`, options?: { signal?: AbortSignal }): Promise<Uint8Array | undefined>;
}

/**
 * A volume of any format as a store of zarrita: a Zarr 3 group (an OME-Zarr image) with its levels in `0`, `1`, …, whose chunks are read when they
 * are asked for: `zarr.open(zarr.root(zarritaStore(vol)).resolve("0"), { kind: "array" })`. Axes are (channel,) z, y, x.
 */
export function zarritaStore(vol: Volume, options: ViewOptions = {}): ZarritaStore {
  const view = import("./formats/zarr/view.js").then(({ zarrView }) =>
    zarrView(viewed(vol, vol.layer), options),
  );
  view.catch(() => {}); // Said by each `get`.
  return { get: async (key, { signal } = {}) => await (await view).get(key.replace(/^\/+/, ""), { signal }) };
}

/** What is used of an array of zarrita. */
export interface ZarritaArray {
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  readonly dimensionNames?: readonly (string | null)[] | undefined;
  getChunk(
    at: number[],
    options?: { signal?: AbortSignal },
  ): Promise<{ readonly data: object; readonly shape: number[]; readonly stride: number[] }>;
}

/** Chunks of zarrita that are kept decoded, for those that several chunks of the volume touch. */
const HELD_BYTES = 256 << 20;

/**
 * Writes a whole array of zarrita into a level of a volume of the same size, chunk by chunk of the volume. Axes are those of the array's names, else
 * (t,) (c,) z, y, x; of several points in time the first is taken. Memory holds 256 MiB of chunks and a few more.
 * @throws DimensionError where the sizes differ, ArgumentError for other data types, what zarrita and `upload` throw.
 */
export async function uploadZarrita(
  vol: Volume,
  array: ZarritaArray,
  options: Abortable & { readonly mip?: MipSpec | undefined } = {},
): Promise<void> {
  await vol.ready();
  const { signal } = options;
  const mip = findMip(vol.info, options.mip ?? vol.mip);
  const { grid, channels, dtype } = vol.mipLayout(mip);
  const axes = axesOf(array);
  const sides = axes.map((axis) => (axis < 0 ? 1 : array.shape[axis]!));
  if (sides.join() !== [...grid.size, channels].join())
    throw new DimensionError("The array and the volume differ in size", {
      where: vol.cloudpath,
      expected: `${[...grid.size, channels].join(" x ")} (x, y, z, channel)`,
      got: sides.join(" x "),
    });
  const held = new ByteLru<StridedArray>(HELD_BYTES);
  const chunkAt = async (cell: readonly number[]): Promise<StridedArray> => {
    const at = array.shape.map((_, axis) => (axes.includes(axis) ? cell[axes.indexOf(axis)]! : 0));
    const known = held.get(at.join());
    if (known !== undefined) return known;
    const { data, shape, stride } = await array.getChunk(at, signal && { signal });
    const pick = (values: readonly number[], none: number): number[] =>
      axes.map((axis) => (axis < 0 ? none : values[axis]!));
    const chunk = { data: voxelsOf(data, dtype), shape: pick(shape, 1), stride: pick(stride, 0) };
    held.set(at.join(), chunk, chunk.data.byteLength);
    return chunk;
  };
  const per = axes.map((axis) => (axis < 0 ? 1 : array.chunks[axis]!));
  const low = grid.offset;
  const all: Box6 = [...low, low[0] + grid.size[0], low[1] + grid.size[1], low[2] + grid.size[2]];
  for (const { box } of planRead(grid, all)) {
    throwIfAborted(signal);
    const from = [box[0] - low[0], box[1] - low[1], box[2] - low[2], 0];
    const shape = [box[3] - box[0], box[4] - box[1], box[5] - box[2], channels];
    const data = new (arrayType(dtype))(product(shape));
    const first = from.map((n, i) => Math.floor(n / per[i]!));
    const last = from.map((n, i) => Math.ceil((n + shape[i]!) / per[i]!));
    for (const cell of cells(first, last)) place(await chunkAt(cell), cell, per, from, { data, shape });
    await vol.upload(
      Bbox.fromList(box),
      { data, shape, stride: fortranStride(shape) },
      { mip, signal, progress: false },
    );
  }
}

/** The array's axis that is x, y, z, channel; -1: none. */
function axesOf({ shape, dimensionNames }: ZarritaArray): number[] {
  const rank = shape.length;
  if (rank < 2 || rank > 5) throw new DimensionError("An image has 2 to 5 axes", { got: `${rank}` });
  const names = (dimensionNames && namedAxes(dimensionNames)) ?? defaultAxes(rank);
  return (["x", "y", "z", "c"] as const).map((name) => names.indexOf(name));
}

function voxelsOf(data: object, dtype: DataType): TypedArray {
  const Type = arrayType(dtype);
  if (data instanceof Type) return data as TypedArray;
  if (dtype === "bool" && !ArrayBuffer.isView(data)) return bytesOfBools(data);
  throw new ArgumentError("The array and the volume differ in data type", {
    expected: Type.name,
    got: data.constructor.name,
  });
}

/** zarrita's array of truth values is no typed array: it has its bytes beside it. @throws ArgumentError for anything else. */
function bytesOfBools(data: object): Uint8Array {
  const { buffer, byteOffset, length } = data as { buffer?: unknown; byteOffset?: number; length?: number };
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer, byteOffset, length);
  throw new ArgumentError("Not an array of voxels", { got: data.constructor.name });
}

function* cells(first: readonly number[], last: readonly number[]): Generator<number[]> {
  for (let c = first[3]!; c < last[3]!; c++)
    for (let z = first[2]!; z < last[2]!; z++)
      for (let y = first[1]!; y < last[1]!; y++)
        for (let x = first[0]!; x < last[0]!; x++) yield [x, y, z, c];
}

/** Copies what a chunk and a box have in common. */
function place(
  chunk: StridedArray,
  cell: readonly number[],
  per: readonly number[],
  from: readonly number[],
  to: { readonly data: TypedArray; readonly shape: readonly number[] },
): void {
  const start = cell.map((n, i) => n * per[i]!);
  const low = start.map((n, i) => Math.max(n, from[i]!));
  const size = low.map((n, i) => Math.min(start[i]! + chunk.shape[i]!, from[i]! + to.shape[i]!) - n);
  const stride = fortranStride(to.shape);
  const source = dot(
    low.map((n, i) => n - start[i]!),
    chunk.stride,
  );
  const target = dot(
    low.map((n, i) => n - from[i]!),
    stride,
  );
  copyRows(chunk.data as TypedArray, chunk.stride, source, to.data, stride, target, size);
}

/** An array of zarrita's `get` (z, y, x) as `upload` wants it (x, y, z), and the other way round. Nothing is copied. */
export function reversedAxes(array: {
  readonly data: object;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}): StridedArray {
  const { shape, stride } = array;
  const data = ArrayBuffer.isView(array.data) ? array.data : bytesOfBools(array.data);
  return { data: data as TypedArray, shape: shape.toReversed(), stride: stride.toReversed() };
}
