/** Where a layer of annotations begins and ends. */
import { ArgumentError } from "../../../base/errors.js";
import type { AnnotationBox } from "../../../formats/precomputed/annotations/geometry.js";

export interface GivenBounds {
  readonly lowerBound?: readonly number[] | undefined;
  readonly upperBound?: readonly number[] | undefined;
}

/** Checks what can be checked before anything is read. @throws ArgumentError. */
export function checkBounds(rank: number, { lowerBound, upperBound }: GivenBounds): void {
  for (const [where, bound] of Object.entries({ lowerBound, upperBound })) {
    if (bound === undefined || (bound.length === rank && bound.every(Number.isFinite))) continue;
    throw new ArgumentError("Not bounds of annotations", {
      where,
      expected: `${rank} numbers`,
      got: bound.join(","),
    });
  }
  if (lowerBound?.every((low, axis) => low < (upperBound?.[axis] ?? Infinity)) === false)
    throw new ArgumentError("The lower bounds of annotations are not below the upper ones", {
      expected: `each below ${upperBound?.join(",")}`,
      got: lowerBound.join(","),
    });
}

/**
 * The bounds of a layer that holds `found`: those that were given, else whole numbers around it, or closer ones on axes along
 * which it is shorter than one. @throws ArgumentError for what lies outside of bounds that were given.
 */
export function layerBounds(
  rank: number,
  given: GivenBounds,
  found: AnnotationBox | undefined,
): AnnotationBox {
  const { lowerBound, upperBound } = given;
  const lower: number[] = [];
  const upper: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const least = found?.lower[axis] ?? lowerBound?.[axis] ?? 0;
    const most = found?.upper[axis] ?? upperBound?.[axis] ?? least;
    const low = lowerBound?.[axis] ?? (most - least < 1 ? least : Math.floor(least));
    const high = upperBound?.[axis] ?? above(most, low);
    // Annotations are float32.
    if (least < Math.fround(low) || most > Math.fround(high))
      throw new ArgumentError("An annotation lies outside of the layer", {
        where: `dimension ${axis}`,
        expected: `from ${low} to ${high}`,
        got: `${least} to ${most}`,
        fix: "Give other bounds, or none: they are then made to fit.",
      });
    lower.push(low);
    upper.push(high);
  }
  return { lower, upper };
}

/** An exclusive bound of what ends at `most`. */
function above(most: number, low: number): number {
  const length = most - low;
  if (length >= 1) return Math.floor(most) + 1;
  return length > 0 ? most + length / 1024 : low + 1;
}
