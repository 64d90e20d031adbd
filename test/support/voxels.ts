/** Comparing voxels by their bytes, with a message that says where they differ. */
import type { TypedArray } from "../../src/base/dtype.js";
import { copyRows, dot, fortranStride, product, type StridedArray } from "../../src/base/strided.js";
import type { CloudVolume } from "../../src/node.js";

export function bytesOf(data: TypedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A dense Fortran copy of the box of `size` at `at` of a Fortran array. */
export function boxOf(
  array: StridedArray,
  at: readonly number[],
  size: readonly number[],
  step: readonly number[] = [1, 1, 1, 1],
): StridedArray {
  const shape = size.map((n, i) => Math.ceil(n / (step[i] ?? 1)));
  const type = array.data.constructor as { new (length: number): TypedArray };
  const data = new type(product(shape));
  const by = array.stride.map((s, i) => s * (step[i] ?? 1));
  copyRows(array.data, by, dot(at, array.stride), data, fortranStride(shape), 0, shape);
  return { data, shape, stride: fortranStride(shape) };
}

/** "same", or what differs. Bytes count: NaN equals the same NaN, and -0 differs from 0. */
export function difference(read: StridedArray, truth: StridedArray): string {
  if (read.shape.join() !== truth.shape.join()) return `shape ${read.shape} read, ${truth.shape} expected`;
  if (read.data.constructor !== truth.data.constructor)
    return `${read.data.constructor.name} read, ${truth.data.constructor.name} expected`;
  const a = bytesOf(read.data);
  const b = bytesOf(truth.data);
  if (Buffer.compare(a, b) === 0) return "same";
  const first = read.data.findIndex((v, i) => !Object.is(v, truth.data[i]));
  let many = 0;
  for (let i = 0; i < read.data.length; i++) if (!Object.is(read.data[i], truth.data[i])) many++;
  return `${many} of ${read.data.length} voxels differ, the first at ${first}: ${read.data[first]} read, ${truth.data[first]} expected`;
}

/** The largest absolute difference of two arrays of one shape. */
export function largestDifference(read: StridedArray, truth: StridedArray): number {
  if (read.shape.join() !== truth.shape.join()) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < read.data.length; i++) {
    most = Math.max(most, Math.abs(Number(read.data[i]) - Number(truth.data[i])));
  }
  return most;
}

/** Whether all voxels of a selection have this value. */
export async function all(vol: CloudVolume, value: number, selection = "..."): Promise<boolean> {
  return (await vol.download(selection)).data.every((v) => v === value);
}
