/** Slices across an axis, and how they lie on a screen. */
import { arrayType, type TypedArray } from "../base/dtype.js";
import { arrayDataType } from "../base/gather.js";
import type { StridedArray } from "../base/strided.js";

export type Axis = "x" | "y" | "z";

export interface PlaneAxes {
  /** The number of the axis that is cut. */
  readonly cut: number;
  /** The axis that goes right, and the one that goes down. */
  readonly right: number;
  readonly down: number;
}

/** As Neuroglancer lays them: xy, xz, zy. */
export const PLANES: Readonly<Record<Axis, PlaneAxes>> = {
  x: { cut: 0, right: 2, down: 1 },
  y: { cut: 1, right: 0, down: 2 },
  z: { cut: 2, right: 0, down: 1 },
};

export interface Slab {
  readonly axis: Axis;
  /** Slices `from` (inclusive) to `to` (exclusive). */
  readonly from: number;
  readonly to: number;
  /** Default 0. */
  readonly channel?: number | undefined;
}

/**
 * Copies slices of an array of x, y, z and channel, whatever its strides: slice by slice, row by row, in the array's own type.
 * Neighbours along the axis are copied together, so that a slab across x takes little longer than one slice.
 */
export function cutSlab(array: StridedArray, { axis, from, to, channel = 0 }: Slab): TypedArray {
  const { cut, right, down } = PLANES[axis];
  const { data, shape, stride } = array;
  const [width, height, depth] = [shape[right] ?? 1, shape[down] ?? 1, to - from];
  const [across, below, ahead] = [stride[right] ?? 0, stride[down] ?? 0, stride[cut] ?? 0];
  const start = from * ahead + channel * (stride[3] ?? 0);
  const area = width * height;
  const out = new (arrayType(arrayDataType(array)))(area * depth);
  if (across === 1) {
    for (let k = 0; k < depth; k++)
      for (let v = 0; v < height; v++) {
        const at = start + k * ahead + v * below;
        (out as Uint8Array).set((data as Uint8Array).subarray(at, at + width), k * area + v * width);
      }
    return out;
  }
  // The outer loop goes along the axis whose neighbours lie farthest apart.
  const [source, target] = [data as Uint8Array, out as Uint8Array];
  for (let u = 0; u < width; u++)
    for (let v = 0; v < height; v++) {
      const at = start + u * across + v * below;
      for (let k = 0; k < depth; k++) target[k * area + v * width + u] = source[at + k * ahead]!;
    }
  return out;
}
