/** Voxel and physical space. */
import { SkeletonTransformError } from "../../base/errors.js";
import type { SkeletonParts } from "./parts.js";

/** The skeleton in physical coordinates. @throws SkeletonTransformError for a space of another name. */
export function toPhysicalSpace(parts: SkeletonParts): SkeletonParts {
  checkSpace(parts);
  if (parts.space === "physical") return parts;
  return { ...parts, space: "physical", vertices: apply(parts.vertices, parts.transform) };
}

/** The skeleton in voxel coordinates. @throws SkeletonTransformError also for a transform without an inverse. */
export function toVoxelSpace(parts: SkeletonParts): SkeletonParts {
  checkSpace(parts);
  if (parts.space === "voxel") return parts;
  return { ...parts, space: "voxel", vertices: apply(parts.vertices, invert(parts.transform)) };
}

function checkSpace({ space, id }: SkeletonParts): void {
  if (space === "physical" || space === "voxel") return;
  throw new SkeletonTransformError("The transform has no meaning in this space", {
    where: `skeleton ${id ?? "without id"}`,
    expected: "voxel or physical",
    got: JSON.stringify(space),
  });
}

/** Multiplies each vertex, in double precision, rounded once. */
function apply(vertices: Float32Array, m: ArrayLike<number>): Float32Array {
  const [a, b, c, d, e, f, g, h, i, j, k, l] = Array.from(m) as Matrix;
  const out = new Float32Array(vertices.length);
  for (let at = 0; at < vertices.length; at += 3) {
    const x = vertices[at]!;
    const y = vertices[at + 1]!;
    const z = vertices[at + 2]!;
    out[at] = a * x + b * y + c * z + d;
    out[at + 1] = e * x + f * y + g * z + h;
    out[at + 2] = i * x + j * y + k * z + l;
  }
  return out;
}

type Matrix = [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

/** The inverse of rows of 4: the rotation and scale inverted, and the moved origin sent back through it. */
function invert(m: Float32Array): number[] {
  const [a, b, c, tx, d, e, f, ty, g, h, i, tz] = Array.from(m) as Matrix;
  const [ca, cb, cc] = [e * i - f * h, f * g - d * i, d * h - e * g];
  const det = a * ca + b * cb + c * cc;
  if (det === 0 || !Number.isFinite(det)) {
    throw new SkeletonTransformError("The transform cannot be inverted", { got: `[${Array.from(m)}]` });
  }
  const r = [
    [ca, c * h - b * i, b * f - c * e],
    [cb, a * i - c * g, c * d - a * f],
    [cc, b * g - a * h, a * e - b * d],
  ].map((row) => row.map((v) => v / det)) as [Row, Row, Row];
  return r.flatMap(([x, y, z]) => [x, y, z, -(x * tx + y * ty + z * tz)]);
}

type Row = [number, number, number];
