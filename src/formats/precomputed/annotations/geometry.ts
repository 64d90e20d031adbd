/** Which place an annotation takes up. Boxes are closed: what touches their border is inside. */
import type { AnnotationType } from "./info.js";

/** A box of any number of dimensions. */
export interface AnnotationBox {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** The smallest box around an annotation. Not a number on every axis for a polyline without points. */
export function boundsOf(type: AnnotationType, rank: number, geometry: Float32Array): AnnotationBox {
  const lower: number[] = [];
  const upper: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const first = geometry[axis] ?? Number.NaN;
    if (type === "ELLIPSOID") {
      const radius = Math.abs(geometry[rank + axis] ?? 0);
      lower.push(first - radius);
      upper.push(first + radius);
      continue;
    }
    let [least, most] = [first, first];
    for (let at = rank + axis; at < geometry.length; at += rank) {
      least = Math.min(least, geometry[at]!);
      most = Math.max(most, geometry[at]!);
    }
    lower.push(least);
    upper.push(most);
  }
  return { lower, upper };
}

/** Whether an annotation has at least a point in common with a box: exactly, not by its bounds. */
export function intersects(type: AnnotationType, geometry: Float32Array, box: AnnotationBox): boolean {
  const rank = box.lower.length;
  if (type === "ELLIPSOID") return ellipsoidTouches(geometry, box);
  if (type === "AXIS_ALIGNED_BOUNDING_BOX") {
    const { lower, upper } = boundsOf(type, rank, geometry);
    return lower.every((low, axis) => low <= box.upper[axis]! && upper[axis]! >= box.lower[axis]!);
  }
  if (geometry.length === rank) return segmentTouches(geometry, 0, 0, box);
  for (let at = 0; at + rank < geometry.length; at += rank)
    if (segmentTouches(geometry, at, at + rank, box)) return true;
  return false;
}

/** The part of a segment within all slabs is not empty. */
function segmentTouches(
  points: Float32Array,
  from: number,
  to: number,
  { lower, upper }: AnnotationBox,
): boolean {
  let [enter, leave] = [0, 1];
  for (let axis = 0; axis < lower.length; axis++) {
    const start = points[from + axis]!;
    const way = points[to + axis]! - start;
    const [low, high] = [lower[axis]!, upper[axis]!];
    if (way === 0) {
      if (!(start >= low && start <= high)) return false;
      continue;
    }
    const [a, b] = [(low - start) / way, (high - start) / way];
    enter = Math.max(enter, Math.min(a, b));
    leave = Math.min(leave, Math.max(a, b));
    if (!(enter <= leave)) return false;
  }
  return true;
}

/** The box's point that is nearest to the center, measured in radii. */
function ellipsoidTouches(geometry: Float32Array, { lower, upper }: AnnotationBox): boolean {
  const rank = lower.length;
  let sum = 0;
  for (let axis = 0; axis < rank; axis++) {
    const center = geometry[axis]!;
    const radius = Math.abs(geometry[rank + axis]!);
    const distance = Math.max(lower[axis]! - center, center - upper[axis]!, 0);
    if (distance !== 0) sum += (distance / radius) ** 2;
    if (!(sum <= 1)) return false;
  }
  return true;
}
