import { ArgumentError } from "../../base/errors.js";
import { consolidate } from "./consolidate.js";
import { pickAttribute, type SkeletonParts, type VertexAttribute } from "./parts.js";
import { jointPaths } from "./paths.js";

export interface SmoothOptions {
  /** Refuses to move a vertex further than its radius. Default true; needs the attribute `radius`. */
  readonly checkBoundary?: boolean | undefined;
  /** Takes the way a vertex moved off its radius. Default false. */
  readonly shrinkRadii?: boolean | undefined;
}

/**
 * Averages over `n` vertices along the ways between ends and branch points, forwards and then backwards; ends and
 * branch points stay. Source: osteoid `average_smoothing`.
 * @throws ArgumentError if a vertex would move further than its radius.
 */
export function averageSmoothing(
  parts: SkeletonParts,
  n: number,
  options: SmoothOptions = {},
): SkeletonParts {
  if (!Number.isInteger(n))
    throw new ArgumentError("The window is a whole number of vertices", { where: "n", got: String(n) });
  if (n <= 1) return parts;
  const { checkBoundary = true, shrinkRadii = false } = options;
  const radius = parts.attributes.find((a) => a.id === "radius" && a.numComponents === 1);
  const source: number[] = [];
  const vertices: number[] = [];
  const moved: number[] = [];
  const edges: number[] = [];
  for (const path of jointPaths(parts)) {
    const smooth = smoothPath(parts.vertices, path, n);
    path.forEach((at, i) => {
      const way = Math.hypot(
        ...[0, 1, 2].map((axis) => parts.vertices[3 * at + axis]! - smooth[3 * i + axis]!),
      );
      if (checkBoundary && radius !== undefined) checkWay(way, Number(radius.data[at]), at);
      if (i > 0) edges.push(source.length - 1, source.length);
      source.push(at);
      moved.push(way);
      vertices.push(smooth[3 * i]!, smooth[3 * i + 1]!, smooth[3 * i + 2]!);
    });
  }
  const attributes = parts.attributes.map((a) => pickAttribute(a, source));
  const smooth = {
    ...parts,
    vertices: Float32Array.from(vertices),
    edges: Uint32Array.from(edges),
    attributes: shrinkRadii ? attributes.map((a) => shrunk(a, moved)) : attributes,
  };
  return consolidate(smooth, { exact: Float64Array.from(vertices) });
}

function checkWay(way: number, allowed: number, at: number): void {
  if (!(way > allowed)) return;
  throw new ArgumentError("Smoothing would move a vertex out of the object", {
    where: `vertex ${at}`,
    expected: `at most its radius, ${allowed}`,
    got: String(way),
    fix: "Use a smaller window, or checkBoundary: false.",
  });
}

function shrunk(attribute: VertexAttribute, moved: readonly number[]): VertexAttribute {
  if (attribute.id !== "radius" || !(attribute.data instanceof Float32Array)) return attribute;
  return { ...attribute, data: attribute.data.map((r, i) => r - moved[i]!) };
}

function smoothPath(vertices: Float32Array, path: Uint32Array, n: number): Float64Array {
  const count = path.length;
  const out = new Float64Array(3 * count);
  for (let axis = 0; axis < 3; axis++) {
    const values = Array.from(path, (at) => vertices[3 * at + axis]!);
    const smooth = movingAverage(movingAverage(values, n).reverse(), n).reverse();
    smooth[0] = values[0]!;
    smooth[count - 1] = values[count - 1]!;
    smooth.forEach((v, i) => {
      out[3 * i + axis] = v;
    });
  }
  return out;
}

/** The mean of `n` values around each, those beyond the ends mirrored; by sums in numpy's order. */
function movingAverage(values: readonly number[], n: number): number[] {
  const count = values.length;
  const sums: number[] = [];
  let sum = 0;
  for (let i = -n; i < count + n; i++) {
    sum += values[mirrored(i, count)]!;
    sums.push(sum);
  }
  return values.map((_, i) => (sums[i + n]! - sums[i]!) / n);
}

/** numpy's "symmetric" padding: the edge value repeats. */
function mirrored(i: number, count: number): number {
  const at = ((i % (2 * count)) + 2 * count) % (2 * count);
  return at < count ? at : 2 * count - 1 - at;
}
