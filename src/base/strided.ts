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

/**
 * Copies a dense Fortran array into a dense Fortran array of the same element type at `at`, row by row.
 * Both have the same number of axes.
 */
export function copyBox(
  from: TypedArray,
  fromShape: readonly number[],
  to: TypedArray,
  toShape: readonly number[],
  at: readonly number[],
): void {
  copyRows(
    from,
    fortranStride(fromShape),
    0,
    to,
    fortranStride(toShape),
    dot(at, fortranStride(toShape)),
    fromShape,
  );
}

/** The counterpart: takes the box of `toShape` at `at` out of a dense Fortran array. */
export function cutBox(
  from: TypedArray,
  fromShape: readonly number[],
  at: readonly number[],
  to: TypedArray,
  toShape: readonly number[],
): void {
  copyRows(
    from,
    fortranStride(fromShape),
    dot(at, fortranStride(fromShape)),
    to,
    fortranStride(toShape),
    0,
    toShape,
  );
}

/** Copies `shape` voxels between two strided arrays of one element type; what is dense in both goes by `set`, as a whole. */
export function copyRows(
  from: TypedArray,
  fromStride: readonly number[],
  fromOffset: number,
  to: TypedArray,
  toStride: readonly number[],
  toOffset: number,
  shape: readonly number[],
): void {
  if (product(shape) === 0) return;
  const axes = mergedAxes(fromStride, toStride, shape);
  const [{ n, f: sf, t: st }] = axes;
  const dense = sf === 1 && st === 1;
  const row = (f: number, t: number): void => {
    if (dense) (to as Uint8Array).set((from as Uint8Array).subarray(f, f + n), t);
    else for (let i = 0; i < n; i++) to[t + i * st] = from[f + i * sf] as number;
  };
  const walk = (axis: number, f: number, t: number): void => {
    if (axis === 0) row(f, t);
    else {
      const steps = axes[axis] as Axis;
      for (let i = 0; i < steps.n; i++) walk(axis - 1, f + i * steps.f, t + i * steps.t);
    }
  };
  walk(axes.length - 1, fromOffset, toOffset);
}

/** An axis of a copy: its length, and the steps in both arrays. */
interface Axis {
  readonly n: number;
  readonly f: number;
  readonly t: number;
}

/** Axes that go on where those before them end count as one, and such of one voxel as none. */
function mergedAxes(
  fromStride: readonly number[],
  toStride: readonly number[],
  shape: readonly number[],
): [Axis, ...Axis[]] {
  let last: Axis = { n: 1, f: 1, t: 1 };
  const axes: Axis[] = [];
  for (const [i, n] of shape.entries()) {
    const [f = 0, t = 0] = [fromStride[i], toStride[i]];
    if (n === 1) continue;
    if (last.n === 1) last = { n, f, t };
    else if (f === last.f * last.n && t === last.t * last.n) last = { ...last, n: last.n * n };
    else {
      axes.push(last);
      last = { n, f, t };
    }
  }
  const [first, ...others] = [...axes, last];
  return [first as Axis, ...others];
}

/** The offset of an index. */
export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((s, x, i) => s + x * (b[i] ?? 0), 0);
}
