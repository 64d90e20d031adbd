/**
 * Compressed Morton codes: the number of a grid cell, the bits of x, y and z interleaved, each axis giving only as many bits
 * as its size needs. Sharded images number their chunks so. Specification: neuroglancer `src/datasource/precomputed/volume.md`.
 */
import { OutOfBoundsError, SpecViolation } from "../base/errors.js";
import type { Vec3 } from "../base/strided.js";
import type { Grid } from "./grid.js";

/** Cells of the volume along each axis. */
export function gridSize({ size, chunk }: Grid): Vec3 {
  return [Math.ceil(size[0] / chunk[0]), Math.ceil(size[1] / chunk[1]), Math.ceil(size[2] / chunk[2])];
}

/** How codes of a grid are put together: for each bit, from the lowest, its axis. @throws SpecViolation above 64 bits. */
export function mortonAxes(grid: readonly number[]): readonly number[] {
  const axes: number[] = [];
  for (let bit = 0; bit < 53; bit++) {
    for (let axis = 0; axis < grid.length; axis++) if (2 ** bit < grid[axis]!) axes.push(axis);
  }
  if (axes.length <= 64) return axes;
  throw new SpecViolation("A grid is too large for compressed Morton codes", {
    where: grid.join(" x "),
    expected: "at most 64 bits",
    got: `${axes.length}`,
  });
}

/** The code of a cell. @throws OutOfBoundsError for a cell outside of the grid, SpecViolation above 64 bits. */
export function compressedMorton(cell: Vec3, grid: Vec3): bigint {
  if (cell.some((n, axis) => !Number.isInteger(n) || n < 0 || n >= grid[axis]!)) {
    throw new OutOfBoundsError("A cell lies outside of the grid", {
      where: cell.join(","),
      expected: `at least 0 and less than ${grid.join(",")}`,
    });
  }
  const rest: [number, number, number] = [...cell];
  let low = 0;
  let high = 0;
  mortonAxes(grid).forEach((axis, i) => {
    const bit = rest[axis]! % 2;
    rest[axis] = Math.floor(rest[axis]! / 2);
    if (i < 32) low += bit * 2 ** i;
    else high += bit * 2 ** (i - 32);
  });
  return high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low);
}

/** The cell of a code; undefined for a number that is no cell's code. */
export function cellOfMorton(code: bigint, grid: Vec3): Vec3 | undefined {
  const axes = mortonAxes(grid);
  if (code < 0n || code >> BigInt(axes.length) !== 0n) return undefined;
  const cell: [number, number, number] = [0, 0, 0];
  const weight: [number, number, number] = [1, 1, 1];
  const halves = [Number(code & 0xffffffffn), Number(code >> 32n)];
  axes.forEach((axis, i) => {
    if ((halves[i >>> 5]! >>> (i & 31)) & 1) cell[axis]! += weight[axis]!;
    weight[axis]! *= 2;
  });
  return cell.every((n, axis) => n < grid[axis]!) ? cell : undefined;
}
