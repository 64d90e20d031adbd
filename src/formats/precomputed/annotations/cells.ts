/** The grid of a level of the spatial index. */
import { SpecViolation } from "../../../base/errors.js";
import { mortonAxes } from "../../../grid/morton.js";
import type { AnnotationBox } from "./geometry.js";
import type { AnnotationLevel } from "./info.js";

/** Cells from `first` to `last` on each axis, both included. */
export interface CellRange {
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** How far a writer's arithmetic in float32 may have put an annotation into the cell beside its own, in cells. */
const SLACK = 1e-3;

/** The cells that a box overlaps; undefined if there are none. A border alone is no overlap. */
export function cellsOf(
  level: AnnotationLevel,
  origin: readonly number[],
  { lower, upper }: AnnotationBox,
): CellRange | undefined {
  const first: number[] = [];
  const last: number[] = [];
  for (const [axis, shape] of level.gridShape.entries()) {
    const size = level.chunkSize[axis]!;
    const [low, high] = [lower, upper].map((side) => (side[axis]! - origin[axis]!) / size) as [
      number,
      number,
    ];
    const least = !(size > 0) ? 0 : Math.max(0, Math.floor(low));
    const most = !(size > 0)
      ? shape - 1
      : Math.min(shape - 1, Math.max(Math.floor(low), Math.ceil(high) - 1));
    if (!(least <= most)) return undefined;
    first.push(least);
    last.push(most);
  }
  return { first, last };
}

/**
 * The cells in which an annotation that touches a box may be stored: with those beside its border, and at the grid's edge
 * with what lies beyond it.
 */
export function cellsTouching(
  level: AnnotationLevel,
  origin: readonly number[],
  { lower, upper }: AnnotationBox,
): CellRange {
  const side = (axis: number, value: number, slack: number, unknown: number): number => {
    const size = level.chunkSize[axis]!;
    const at = Math.floor((value - origin[axis]!) / size + slack);
    return !(size > 0) || Number.isNaN(at) ? unknown : Math.min(level.gridShape[axis]! - 1, Math.max(0, at));
  };
  return {
    first: level.gridShape.map((_, axis) => side(axis, lower[axis]!, -SLACK, 0)),
    last: level.gridShape.map((shape, axis) => side(axis, upper[axis]!, SLACK, shape - 1)),
  };
}

export function wholeGrid({ gridShape }: AnnotationLevel): CellRange {
  return { first: gridShape.map(() => 0), last: gridShape.map((n) => n - 1) };
}

export function cellCount({ first, last }: CellRange): number {
  return first.reduce((product, low, axis) => product * (last[axis]! - low + 1), 1);
}

export function isIn(cell: readonly number[], { first, last }: CellRange): boolean {
  return cell.every((n, axis) => n >= first[axis]! && n <= last[axis]!);
}

/** Every cell of a range, the last axis fastest. */
export function* eachCell({ first, last }: CellRange): Generator<number[]> {
  const cell = [...first];
  for (;;) {
    yield [...cell];
    let axis = cell.length - 1;
    while (axis >= 0 && cell[axis]! >= last[axis]!) cell[axis] = first[axis--]!;
    if (axis < 0) return;
    cell[axis]!++;
  }
}

/** The order of {@link eachCell}. */
export function compareCells(a: readonly number[], b: readonly number[]): number {
  const axis = a.findIndex((n, i) => n !== b[i]);
  return axis < 0 ? 0 : a[axis]! - b[axis]!;
}

/** The cell that a file `0_1_2` is of; undefined for other names. */
export function cellOfName(name: string, level: AnnotationLevel): number[] | undefined {
  if (!/^\d{1,16}(_\d{1,16})*$/.test(name)) return undefined;
  const cell = name.split("_").map(Number);
  return cell.length === level.gridShape.length && isIn(cell, wholeGrid(level)) ? cell : undefined;
}

/** The label of a cell in shards: its compressed Morton code, of any number of dimensions. @throws SpecViolation above 64 bits. */
export function codeOfCell(cell: readonly number[], { gridShape }: AnnotationLevel): bigint {
  const rest = [...cell];
  let code = 0n;
  for (const [i, axis] of mortonAxes(gridShape).entries()) {
    if (rest[axis]! % 2 === 1) code |= 1n << BigInt(i);
    rest[axis] = Math.floor(rest[axis]! / 2);
  }
  return code;
}

/** The cell of a label; undefined for one that is no cell's. */
export function cellOfCode(code: bigint, level: AnnotationLevel): number[] | undefined {
  const axes = mortonAxes(level.gridShape);
  if (code >> BigInt(axes.length) !== 0n) return undefined;
  const cell = level.gridShape.map(() => 0);
  const weight = level.gridShape.map(() => 1);
  for (const [i, axis] of axes.entries()) {
    if ((code >> BigInt(i)) & 1n) cell[axis]! += weight[axis]!;
    weight[axis]! *= 2;
  }
  return isIn(cell, wholeGrid(level)) ? cell : undefined;
}

/** Refuses grids that cannot be walked through. @throws SpecViolation. */
export function checkWalk(range: CellRange, where: string): void {
  const count = cellCount(range);
  if (count <= 2 ** 32) return;
  throw new SpecViolation("The grid of a spatial index is too large to be read cell by cell", {
    where,
    expected: `at most ${2 ** 32} cells`,
    got: String(count),
    fix: "Ask for a smaller box, or read from storage that can list its files.",
  });
}
