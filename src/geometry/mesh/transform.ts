/** Affine transforms of points: 12 numbers, three rows of four, as an info's `transform`. */
import { ArgumentError } from "../../base/errors.js";
import type { Coordinates } from "./data.js";

export type Affine = readonly number[];

export const IDENTITY: Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

export function isIdentity(transform: Affine): boolean {
  return transform.every((value, i) => value === IDENTITY[i]);
}

/** Points transformed, in double precision. The identity gives the points themselves. */
export function transformPoints(points: Coordinates, transform: Affine): Coordinates {
  if (isIdentity(transform)) return points;
  const out = new Float64Array(points.length);
  for (let row = 0; row < 3; row++) {
    const [a = 0, b = 0, c = 0, d = 0] = transform.slice(4 * row, 4 * row + 4);
    for (let at = 0; at < out.length; at += 3)
      out[at + row] = a * points[at]! + b * points[at + 1]! + c * points[at + 2]! + d;
  }
  return out;
}

/** The transform back. @throws ArgumentError for one that flattens space. */
export function invert(transform: Affine): Affine {
  const [a, b, c, tx, d, e, f, ty, g, h, i, tz] = transform as number[] & { length: 12 };
  const [m00, m01, m02] = [e! * i! - f! * h!, c! * h! - b! * i!, b! * f! - c! * e!];
  const determinant = a! * m00 + d! * m01 + g! * m02;
  if (!Number.isFinite(determinant) || determinant === 0)
    throw new ArgumentError("A transform without inverse", {
      where: "transform",
      got: transform.join(", "),
    });
  const rows = [
    [m00, m01, m02],
    [f! * g! - d! * i!, a! * i! - c! * g!, c! * d! - a! * f!],
    [d! * h! - e! * g!, b! * g! - a! * h!, a! * e! - b! * d!],
  ].map((row) => row.map((value) => value / determinant));
  return rows.flatMap(([p, q, r]) => [p!, q!, r!, -(p! * tx! + q! * ty! + r! * tz!)]);
}
