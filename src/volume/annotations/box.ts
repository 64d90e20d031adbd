/** Boxes of annotations, in the spellings that callers use. */
import { ArgumentError } from "../../base/errors.js";
import type { AnnotationBox } from "../../formats/precomputed/annotations/geometry.js";

/** A box in the units of the dimensions: lower corner then upper corner in one list, both by name, or a `Bbox`. */
export type AnnotationBoxLike =
  | readonly number[]
  | AnnotationBox
  | { readonly minpt: Iterable<number>; readonly maxpt: Iterable<number> };

/** @throws ArgumentError for another number of dimensions, for what is no number, and for corners the wrong way around. */
export function toAnnotationBox(bbox: AnnotationBoxLike, rank: number): AnnotationBox {
  const [lower, upper] = corners(bbox);
  const isBox =
    lower.length === rank && upper.length === rank && lower.every((low, axis) => low <= upper[axis]!);
  if (isBox) return { lower, upper };
  throw new ArgumentError("Not a box of annotations", {
    expected: `${rank} lower and ${rank} upper bounds, none above its upper one`,
    got: [...lower, ...upper].join(","),
  });
}

function corners(bbox: AnnotationBoxLike): [number[], number[]] {
  if ("minpt" in bbox) return [Array.from(bbox.minpt), Array.from(bbox.maxpt)];
  if ("lower" in bbox) return [[...bbox.lower], [...bbox.upper]];
  const half = Math.floor(bbox.length / 2);
  return [bbox.slice(0, half), bbox.slice(half)];
}
