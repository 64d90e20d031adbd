/** Arbitrary grids and boxes, for property tests of what stands on grids. */
import fc from "fast-check";
import type { Box6 } from "../base/bbox.js";
import type { Grid } from "./grid.js";

const triple = (low: number, high: number): fc.Arbitrary<[number, number, number]> => {
  const side = fc.integer({ min: low, max: high });
  return fc.tuple(side, side, side);
};

/**
 * Small volumes of at most four chunks along an axis, offsets of any sign, mostly odd sizes; in half of them chunks begin
 * somewhere before the offset.
 */
export function grids(): fc.Arbitrary<Grid> {
  return fc
    .record({
      offset: triple(-20, 20),
      chunk: triple(1, 7),
      cells: triple(1, 3),
      rest: triple(0, 6),
      before: fc.option(triple(0, 16), { nil: undefined }),
    })
    .map(({ offset, chunk, cells, rest, before }) => {
      const along = (axis: 0 | 1 | 2): number => cells[axis] * chunk[axis] + (rest[axis] % chunk[axis]);
      const [x, y, z] = offset;
      const anchor: Grid["anchor"] = before && [x - before[0], y - before[1], z - before[2]];
      return { offset, chunk, size: [along(0), along(1), along(2)], anchor };
    });
}

/** A grid, and a non-empty box near, in, across or outside of its volume. */
export function gridsAndBoxes(): fc.Arbitrary<[Grid, Box6]> {
  return fc.tuple(grids(), triple(-4, 26), triple(1, 30)).map(([grid, from, size]) => {
    const [x, y, z] = [0, 1, 2].map((axis) => grid.offset[axis]! + from[axis]!) as [number, number, number];
    return [grid, [x, y, z, x + size[0], y + size[1], z + size[2]]];
  });
}

export function volumeOf({ offset: [x, y, z], size }: Grid): Box6 {
  return [x, y, z, x + size[0], y + size[1], z + size[2]];
}
