import type { DataType, TypedArray } from "./dtype.js";

/**
 * An n-dimensional array as zarrita has it: strides count elements, not bytes. Arrays of this library
 * have the axes x, y, z, channel and are in Fortran order (x fastest) unless said otherwise.
 */
export interface StridedArray<T extends TypedArray = TypedArray> {
  readonly data: T;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  /** Told where `data` alone does not tell it: `bool`. */
  readonly dtype?: DataType;
}

export type Vec3 = readonly [number, number, number];
export type Vec4 = readonly [number, number, number, number];

export function fortranStride(shape: readonly number[]): number[] {
  const out: number[] = [];
  let step = 1;
  for (const n of shape) {
    out.push(step);
    step *= n;
  }
  return out;
}

export function cStride(shape: readonly number[]): number[] {
  return fortranStride([...shape].reverse()).reverse();
}

export function product(xs: readonly number[]): number {
  let p = 1;
  for (const x of xs) p *= x;
  return p;
}
