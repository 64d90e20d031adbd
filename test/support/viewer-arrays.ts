/** Small arrays for the small viewer: gray levels that tell each voxel, and bands of labels. */
import type { DataType, StridedArray, TypedArray } from "../../src/node.js";
import { segmentColor } from "../../src/node.js";
import type { Rgb } from "./viewer-page.js";

export const SHAPE: readonly [x: number, y: number, z: number] = [12, 10, 8];
export const X: number = SHAPE[0];
export const Y: number = SHAPE[1];
export const Z: number = SHAPE[2];
export const LARGE: bigint = 2n ** 64n - 2n;

/** An array of x, y, z in Fortran order. */
export function array<T extends TypedArray>(
  data: T,
  shape: readonly number[] = SHAPE,
  dtype?: DataType,
): StridedArray<T> {
  const stride = shape.map((_, i) => shape.slice(0, i).reduce((n, size) => n * size, 1));
  return dtype === undefined ? { data, shape, stride } : { data, shape, stride, dtype };
}

/** Every voxel has a gray level of its own within 0 to 239. */
export const level = (x: number, y: number, z: number): number => (x * 20 + y * 3 + z * 7) % 240;
export const ramp: StridedArray<Uint8Array> = array(
  Uint8Array.from({ length: X * Y * Z }, (_, i) =>
    level(i % X, Math.floor(i / X) % Y, Math.floor(i / (X * Y))),
  ),
);
export const gray = (n: number): number[] => [n, n, n];
/** Black and white at the ends of uint8, so that a level is its own shade. */
export const plain: { readonly black: number; readonly white: number } = { black: 0, white: 255 };

/** Three bands along x: nothing, a large label, a small one. */
const labelAt = (x: number): bigint => (x < 4 ? 0n : x < 8 ? LARGE : 7n);
export const labels: StridedArray<BigUint64Array> = array(
  BigUint64Array.from({ length: X * Y * Z }, (_, i) => labelAt(i % X)),
);
export const image: StridedArray<Uint8Array> = array(
  Uint8Array.from({ length: X * Y * Z }, (_, i) => 100 + (Math.floor(i / X) % Y)),
);
export const BANDS: readonly (readonly [u: number, v: number])[] = [
  [1, 2],
  [5, 2],
  [9, 2],
];
export const colorOf = (label: bigint): Rgb => (label === 0n ? [0, 0, 0] : segmentColor(label));

/** As the page mixes: 256 steps. */
export function mixed(under: Rgb, over: Rgb, opacity: number): Rgb {
  const alpha = Math.round(256 * opacity);
  return under.map((n, i) => Math.floor((n * (256 - alpha) + over[i]! * alpha) / 256));
}
