/** Which files of a spatial index a box touches. Pure arithmetic, in physical units. */
import { Bbox, type Box6 } from "../../../base/bbox.js";
import { ArgumentError } from "../../../base/errors.js";
import { formatFloat, isFloat } from "../../../base/json.js";
import type { SpatialIndexInfo } from "./info.js";

type Triple = readonly [number, number, number];

export interface IndexGrid {
  /** The volume, in physical units; the grid begins at its first corner. */
  readonly bounds: Box6;
  /** Size of a cell. The last ones are cut at the bounds. */
  readonly chunkSize: Triple;
  /** Digits after the point in file names; 0: whole numbers. */
  readonly precision: number;
  /** Whether whole numbers are written `1024.0`. */
  readonly decimal: boolean;
}

export interface IndexCell {
  readonly name: string;
  readonly box: Box6;
}

/** Most cells that a grid may have. */
const MOST_CELLS = 100_000_000;

/**
 * The grid of an info's `spatial_index`: `bounds` in voxels of the level that the labels were found in, `resolution`
 * that level's, for an info that gives none.
 */
export function indexGrid(info: SpatialIndexInfo, bounds: Box6, resolution: readonly number[]): IndexGrid {
  const size = info.resolution ?? resolution;
  const digits = size.map((value, axis) => fraction(value, isFloat(size, axis, value)));
  const { chunk_size: chunk } = info;
  return {
    bounds: bounds.map((value, i) => value * size[i % 3]!) as unknown as Box6,
    chunkSize: [chunk[0], chunk[1], chunk[2]],
    precision: Math.max(...digits),
    decimal: chunk.some((value, axis) => isFloat(chunk, axis, value)),
  };
}

/** Digits after the point, as Python writes the number. */
function fraction(value: number, float: boolean): number {
  return float ? (formatFloat(value).split(".")[1]?.length ?? 0) : 0;
}

/** A box cut at the bounds; undefined if nothing is left. */
export function clampToGrid(box: Box6, { bounds }: IndexGrid): Box6 | undefined {
  const cut = box.map((v, i) =>
    i < 3 ? Math.max(v, bounds[i]!) : Math.min(v, bounds[i]!),
  ) as unknown as Box6;
  return cut[0] < cut[3] && cut[1] < cut[4] && cut[2] < cut[5] ? cut : undefined;
}

/** Whether a box that was cut at the bounds is all of them. */
export function isWhole(box: Box6, { bounds }: IndexGrid): boolean {
  return box.every((v, i) => v === bounds[i]);
}

/** The cells that a box within the bounds touches, x fastest. @throws ArgumentError for more than 10^8. */
export function cellsTouching(box: Box6, grid: IndexGrid): IndexCell[] {
  const { bounds, chunkSize } = grid;
  const along = (axis: 0 | 1 | 2): [number, number][] => {
    const [origin, size, end] = [bounds[axis], chunkSize[axis], bounds[axis + 3]!];
    const first = Math.floor((box[axis] - origin) / size);
    const last = Math.ceil((box[axis + 3]! - origin) / size);
    if (last - first > MOST_CELLS) throw tooMany(last - first);
    const cells: [number, number][] = [];
    for (let i = first; i < last; i++)
      cells.push([origin + i * size, Math.min(origin + (i + 1) * size, end)]);
    return cells.filter(([from, to]) => from < to);
  };
  const [xs, ys, zs] = [along(0), along(1), along(2)];
  const count = xs.length * ys.length * zs.length;
  if (count > MOST_CELLS) throw tooMany(count);
  const cells: IndexCell[] = [];
  for (const z of zs)
    for (const y of ys) for (const x of xs) cells.push(cellOf([x[0], y[0], z[0], x[1], y[1], z[1]], grid));
  return cells;
}

/** Every cell of the grid. */
export function allCells(grid: IndexGrid): IndexCell[] {
  return clampToGrid(grid.bounds, grid) === undefined ? [] : cellsTouching(grid.bounds, grid);
}

function cellOf(box: Box6, { precision, decimal }: IndexGrid): IndexCell {
  const dtype = decimal || precision > 0 ? "float64" : "int64";
  return { name: `${Bbox.fromList(box, { dtype }).toFilename(precision)}.spatial`, box };
}

function tooMany(count: number): ArgumentError {
  return new ArgumentError("The box touches too many files of the spatial index", {
    expected: `at most ${MOST_CELLS}`,
    got: String(count),
  });
}
