/** The box around a point. */
import { Bbox } from "../base/bbox.js";
import { ArgumentError, DimensionError } from "../base/errors.js";
import type { Vec3 } from "../base/strided.js";

/**
 * `size` voxels along each axis with the point in the middle: as many before it as behind, it included, or one more
 * before it if they are even. @throws ArgumentError for a size that is no whole number >= 1.
 */
export function boxAroundPoint(point: readonly number[], size: number | readonly number[]): Bbox {
  const sizes = typeof size === "number" ? [size, size, size] : size;
  if (sizes.length !== 3 || sizes.some((n) => !Number.isSafeInteger(n) || n < 1))
    throw new ArgumentError("Not the size of a box", {
      where: "size",
      expected: "a whole number >= 1, or three of them",
      got: String(size),
    });
  const low = checkPoint(point).map((v, a) => v - Math.floor(sizes[a]! / 2));
  return new Bbox(
    low,
    low.map((v, a) => v + sizes[a]!),
    { dtype: "int64" },
  );
}

/** @throws DimensionError, ArgumentError unless it is three finite numbers. */
export function checkPoint(point: readonly number[]): Vec3 {
  const [x, y, z] = point;
  if (x === undefined || y === undefined || z === undefined || point.length !== 3)
    throw new DimensionError("A point has three coordinates", { expected: "x, y, z", got: String(point) });
  if (!point.every(Number.isFinite)) throw new ArgumentError("Not a point", { got: String(point) });
  return [x, y, z];
}
