/** How many levels a mesh gets, and how large their cells are. */
import { ArgumentError } from "../../../base/errors.js";
import type { Coordinates } from "../../../geometry/mesh/index.js";
import type { Cell } from "../../../geometry/multilod/index.js";

export interface Octree {
  readonly lods: number;
  /** Exact in float32, as the manifest stores it; not above the lowest coordinate. */
  readonly origin: readonly number[];
  readonly chunkShape: readonly number[];
  readonly cell: (lod: number) => Cell;
}

export interface OctreeSettings {
  readonly lods?: number | undefined;
  readonly minChunkSize?: readonly number[] | undefined;
}

/** Least size of the finest cells, as in igneous. */
const CHUNK = [128, 128, 128];
const MOST_LODS = 16;
/** Levels that are made without being asked for. */
const USUAL_LODS = 6;

/** A single cell holds the coarsest level. @throws ArgumentError for settings out of range. */
export function planOctree(points: Coordinates, settings: OctreeSettings): Octree {
  const { lods: wanted, minChunkSize } = settings;
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_LODS))
    throw new ArgumentError("Wrong number of levels", {
      where: "lods",
      expected: `an integer from 1 to ${MOST_LODS}`,
      got: String(wanted),
    });
  if (minChunkSize !== undefined && (minChunkSize.length !== 3 || !minChunkSize.every((size) => size >= 1)))
    throw new ArgumentError("Wrong chunk size", {
      where: "minChunkSize",
      expected: "three numbers from 1 on",
      got: minChunkSize.join(", "),
    });
  const [min, max] = limits(points);
  const origin = min.map(below);
  const extent = max.map((value, axis) => value - origin[axis]!);
  const least = minChunkSize ?? (wanted === undefined ? CHUNK : [1, 1, 1]);
  const worth = 1 + Math.max(0, ...extent.map((size, axis) => Math.ceil(Math.log2(size / least[axis]!))));
  const lods = wanted ?? Math.min(worth, USUAL_LODS);
  const across = 2 ** (lods - 1);
  const chunkShape = extent.map((size, axis) => above(Math.max(least[axis]!, size / across)));
  return {
    lods,
    origin,
    chunkShape,
    cell: (lod) => {
      const shape = chunkShape.map((size) => size * 2 ** lod);
      const count = shape.map((size, axis) => Math.max(1, Math.ceil(extent[axis]! / size)));
      return { origin, shape, count };
    },
  };
}

function limits(points: Coordinates): [number[], number[]] {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    min[i % 3] = Math.min(min[i % 3]!, points[i]!);
    max[i % 3] = Math.max(max[i % 3]!, points[i]!);
  }
  return [min, max];
}

/** A whole float32 not above a value. */
function below(value: number): number {
  let found = Math.fround(Math.floor(value));
  for (let step = 1; found > value; step *= 2) found = Math.fround(Math.floor(value) - step);
  return found;
}

/** A whole float32 not below a value. */
function above(value: number): number {
  let found = Math.fround(Math.ceil(value));
  for (let step = 1; found < value; step *= 2) found = Math.fround(Math.ceil(value) + step);
  return found;
}
