import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bbox, type Box6 } from "../base/bbox.js";
import { expandToChunks, isAligned, nearestAligned } from "./align.js";
import { boxOfKey, chunkName } from "./chunk-name.js";
import { cellAt, chunkBoxes, chunkCount, chunkKey, type Grid } from "./grid.js";
import { grids, gridsAndBoxes, volumeOf } from "./testing.js";

const GRID: Grid = { offset: [-10, 0, 5], size: [100, 64, 30], chunk: [64, 64, 16] };

describe("chunks of a grid", () => {
  test("are named by their corners, cut at the volume's end", () => {
    const keys = [...chunkBoxes(GRID, volumeOf(GRID))].map(chunkKey);
    expect(keys).toEqual(["-10-54_0-64_5-21", "54-90_0-64_5-21", "-10-54_0-64_21-35", "54-90_0-64_21-35"]);
    expect(chunkName("4_4_40", [-10, 0, 5, 54, 64, 21])).toBe("4_4_40/-10-54_0-64_5-21");
    expect([...chunkBoxes(GRID, [53, 10, 20, 54, 11, 21])]).toEqual([[-10, 0, 5, 54, 64, 21]]);
  });

  test("are found by their names again", () => {
    const corner = fc.integer({ min: -(2 ** 40), max: 2 ** 40 });
    fc.assert(
      fc.property(fc.tuple(corner, corner, corner, corner, corner, corner), fc.string(), (box, folder) => {
        expect(boxOfKey(chunkName(folder, box))).toEqual(box);
        expect(boxOfKey(chunkKey(box))).toEqual(box);
      }),
    );
  });

  test("are not found in other names", () => {
    const pattern = /(?:^|\/)(-?\d+)-(-?\d+)_(-?\d+)-(-?\d+)_(-?\d+)-(-?\d+)$/;
    const name = fc.stringMatching(/^[a/]?-?[0-9]{0,2}-{0,3}[0-9]?_-?1-{1,2}2[_-]{1,2}3-{0,2}4?$/);
    fc.assert(
      fc.property(name, (key) => {
        const [x0, x1, y0, y1, z0, z1] = pattern.exec(key)?.slice(1).map(Number) ?? [];
        const wanted = x0 === undefined ? undefined : [x0 + 0, y0! + 0, z0! + 0, x1! + 0, y1! + 0, z1! + 0];
        expect(boxOfKey(key)).toEqual(wanted);
      }),
      {
        numRuns: 2000,
        examples: [["1-2_3-4_5-6.gz"], ["x1-2_3-4_5-6"], ["1-2_3-4_5-"], ["-1--2_-3--4_-5--6"], [""]],
      },
    );
  });

  test("cost nothing until asked for", () => {
    const huge: Grid = { offset: [0, 0, 0], size: [2 ** 40, 2 ** 40, 1], chunk: [64, 64, 1] };
    const chunks = chunkBoxes(huge, volumeOf(huge));
    expect(chunks.length).toBe(2 ** 68);
    expect(chunks.at(2 ** 34)).toEqual([0, 64, 0, 64, 128, 1]);
    expect(chunkCount(huge, [0, 0, 0, 65, 64, 1])).toBe(2);
  });

  test("are disjoint, cover what a box touches, and their names are their boxes", () => {
    fc.assert(
      fc.property(gridsAndBoxes(), ([grid, box]) => {
        const chunks = [...chunkBoxes(grid, box)];
        const wanted = Bbox.intersection(Bbox.fromList(box), Bbox.fromList(volumeOf(grid)));
        expect(chunks).toHaveLength(chunkCount(grid, box));
        let covered = 0;
        for (const chunk of chunks) {
          const named = Bbox.fromFilename(chunkKey(chunk));
          expect(named.toList()).toEqual(chunk);
          expect(isAligned(grid, chunk)).toBe(true);
          expect(Bbox.intersects(named, wanted)).toBe(true);
          covered += Bbox.intersection(named, wanted).volume();
        }
        expect(covered).toBe(wanted.volume());
        expect(new Set(chunks.map(chunkKey)).size).toBe(chunks.length);
        expect(expandToChunks(grid, box)).toEqual(
          chunks.length === 0
            ? [...grid.offset, ...grid.offset]
            : Bbox.expand(...(chunks.map((c) => Bbox.fromList(c)) as [Bbox])).toList(),
        );
      }),
    );
  });

  test("have a cell each", () => {
    expect([...chunkBoxes(GRID, volumeOf(GRID))].map((box) => cellAt(GRID, box))).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, 0, 1],
      [1, 0, 1],
    ]);
  });

  test("are none for a box outside, an empty one or an empty volume", () => {
    for (const box of [
      [90, 0, 5, 200, 1, 6],
      [0, 0, 5, 0, 1, 6],
      [0, 0, 0, 1, 1, 5],
      [5, 5, 9, 1, 1, 6],
    ] as Box6[]) {
      expect(chunkCount(GRID, box)).toBe(0);
      expect([...chunkBoxes(GRID, box)]).toEqual([]);
      expect(isAligned(GRID, box)).toBe(false);
    }
    expect(chunkCount({ ...GRID, size: [0, 64, 30] }, volumeOf(GRID))).toBe(0);
    expect(expandToChunks(GRID, [90, 0, 5, 200, 1, 6])).toEqual([-10, 0, 5, -10, 0, 5]);
  });
});

describe("alignment", () => {
  test("is to chunk edges or the volume's end", () => {
    expect(isAligned(GRID, [-10, 0, 5, 54, 64, 21])).toBe(true);
    expect(isAligned(GRID, [54, 0, 21, 90, 64, 35])).toBe(true);
    expect(isAligned(GRID, [-10, 0, 5, 118, 64, 21])).toBe(false);
    expect(isAligned(GRID, [0, 0, 5, 54, 64, 21])).toBe(false);
    expect(isAligned(GRID, [-10, 0, 5, 89, 64, 21])).toBe(false);
  });

  test("the nearest box rounds each face, and expands what would vanish", () => {
    expect(nearestAligned(GRID, [-9, 1, 6, 50, 60, 20])).toEqual([-10, 0, 5, 54, 64, 21]);
    expect(nearestAligned(GRID, [-9, 0, 5, 70, 64, 22])).toEqual([-10, 0, 5, 54, 64, 21]);
    expect(nearestAligned(GRID, [60, 0, 5, 74, 64, 35])).toEqual([54, 0, 5, 90, 64, 35]);
    expect(nearestAligned(GRID, [80, 5, 30, 81, 6, 31])).toEqual([54, 0, 21, 90, 64, 35]);
    expect(nearestAligned(GRID, [500, 5, -30, 510, 6, -20])).toEqual([54, 0, 5, 90, 64, 21]);
  });

  test("the nearest box is aligned, and an aligned one is its own", () => {
    fc.assert(
      fc.property(gridsAndBoxes(), ([grid, box]) => {
        const nearest = nearestAligned(grid, box);
        expect(isAligned(grid, nearest)).toBe(true);
        expect(nearestAligned(grid, nearest)).toEqual(nearest);
        const around = expandToChunks(grid, box);
        expect(isAligned(grid, around)).toBe(chunkCount(grid, box) > 0);
        if (isAligned(grid, box)) expect(around).toEqual(box);
      }),
    );
    fc.assert(
      fc.property(grids(), (grid) => {
        expect(isAligned(grid, volumeOf(grid))).toBe(true);
      }),
    );
  });
});
