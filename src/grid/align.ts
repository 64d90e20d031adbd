/** Boxes along the edges of chunks. */
import type { Box6 } from "../base/bbox.js";
import { roundHalfEven } from "../base/bbox-chunks.js";
import { anchorOf, cellBox, cellsOf, type Grid } from "./grid.js";

/** The smallest box of whole chunks around a box, cut to the volume; empty at its offset if the box is outside. */
export function expandToChunks(grid: Grid, box: Box6): Box6 {
  const { first, count } = cellsOf(grid, box);
  if (count[0] === 0) return [...grid.offset, ...grid.offset];
  const low = cellBox(grid, ...first);
  const high = cellBox(grid, first[0] + count[0] - 1, first[1] + count[1] - 1, first[2] + count[2] - 1);
  return [low[0], low[1], low[2], high[3], high[4], high[5]];
}

/** Whether a box lies in the volume and each face on a chunk's edge or the volume's end. */
export function isAligned(grid: Grid, box: Box6): boolean {
  if (box[0] >= box[3] || box[1] >= box[4] || box[2] >= box[5]) return false;
  const around = expandToChunks(grid, box);
  return around.every((v, i) => v === box[i]);
}

/**
 * The aligned box closest to a box: each face moves to the nearest chunk edge or volume end; an axis that would
 * become empty is expanded instead.
 */
export function nearestAligned(grid: Grid, box: Box6): Box6 {
  const { offset, size, chunk } = grid;
  const anchor = anchorOf(grid);
  const axes = ([0, 1, 2] as const).map((axis): readonly [number, number] => {
    const start = offset[axis];
    const end = start + size[axis];
    const cellOf = (v: number): number => Math.floor((v - anchor[axis]) / chunk[axis]);
    const edges = (cell: number): readonly [number, number] => {
      const low = anchor[axis] + cell * chunk[axis];
      return [Math.max(low, start), Math.min(low + chunk[axis], end)];
    };
    const inside = (v: number): number => Math.min(Math.max(v, start), end);
    const near = (v: number): number => {
      const [below, above] = edges(cellOf(v));
      return below + roundHalfEven((v - below) / (above - below || 1)) * (above - below);
    };
    const [low, high] = [inside(box[axis]), inside(box[axis + 3]!)];
    const [from, to] = [near(low), near(high)];
    // Too thin to round: the chunk that its middle lies in.
    return from < to
      ? [from, to]
      : edges(Math.min(cellOf((low + high) / 2), Math.max(cellOf(start), cellOf(end - 1))));
  }) as [[number, number], [number, number], [number, number]];
  const [x, y, z] = axes;
  return [x[0], y[0], z[0], x[1], y[1], z[1]];
}
