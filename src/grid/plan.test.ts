import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bbox, type Box6 } from "../base/bbox.js";
import { isAligned } from "./align.js";
import { chunkBoxes, chunkCount, chunkKey, type Grid } from "./grid.js";
import { type ChunkRead, planRead, planWrite } from "./plan.js";
import { gridsAndBoxes, volumeOf } from "./testing.js";

const GRID: Grid = { offset: [-10, 0, 5], size: [100, 64, 30], chunk: [64, 64, 16] };

/** How often each voxel of `box` is covered by a part, x fastest, and whether each part fits its chunk. */
function coverage(box: Box6, parts: Iterable<ChunkRead>): Uint8Array {
  const [nx, ny, nz] = [box[3] - box[0], box[4] - box[1], box[5] - box[2]];
  const times = new Uint8Array(nx * ny * nz);
  for (const { box: chunk, shape, from, size, to, key } of parts) {
    const fits = ([0, 1, 2] as const).every(
      (i) =>
        shape[i] === chunk[i + 3]! - chunk[i] &&
        chunk[i] + from[i] === box[i] + to[i] &&
        Math.min(from[i], size[i] - 1, shape[i] - from[i] - size[i]) >= 0,
    );
    expect([fits, key]).toEqual([true, chunkKey(chunk)]);
    for (let z = to[2]; z < to[2] + size[2]; z++)
      for (let y = to[1]; y < to[1] + size[1]; y++)
        for (let x = to[0]; x < to[0] + size[0]; x++) times[x + nx * (y + ny * z)]!++;
  }
  return times;
}

/** 1 for each voxel of `box` in the volume. */
function inside(box: Box6, grid: Grid): Uint8Array {
  const { offset, size } = grid;
  const out: number[] = [];
  const within = (v: number, i: 0 | 1 | 2): boolean => v >= offset[i] && v < offset[i] + size[i];
  for (let z = box[2]; z < box[5]; z++)
    for (let y = box[1]; y < box[4]; y++)
      for (let x = box[0]; x < box[3]; x++) out.push(within(x, 0) && within(y, 1) && within(z, 2) ? 1 : 0);
  return Uint8Array.from(out);
}

describe("planRead", () => {
  test("says what of which chunk goes where", () => {
    const plan = planRead(GRID, [50, -2, 20, 60, 10, 22]);
    expect(plan.length).toBe(4);
    expect(plan.at(1)).toEqual({
      index: 1,
      key: "54-90_0-64_5-21",
      box: [54, 0, 5, 90, 64, 21],
      shape: [36, 64, 16],
      from: [0, 0, 15],
      size: [6, 10, 1],
      to: [4, 2, 0],
    });
  });

  test("covers every voxel of the box in the volume exactly once", () => {
    fc.assert(
      fc.property(gridsAndBoxes(), ([grid, box]) => {
        const plan = planRead(grid, box);
        expect(plan.length).toBe(chunkCount(grid, box));
        expect(Buffer.compare(coverage(box, plan), inside(box, grid))).toBe(0);
        expect([...plan].map((part) => part.index)).toEqual([...plan].map((_, i) => i));
        expect([...plan].map((part) => part.box)).toEqual([...chunkBoxes(grid, box)]);
      }),
    );
  });

  test("of a huge volume is made part by part", () => {
    const huge: Grid = { offset: [0, 0, 0], size: [2 ** 30, 2 ** 30, 2 ** 20], chunk: [64, 64, 64] };
    const plan = planRead(huge, volumeOf(huge));
    expect(plan.length).toBe(2 ** 62);
    expect(plan.at(2 ** 24 + 3).box).toEqual([192, 64, 0, 256, 128, 64]);
  });
});

describe("planWrite", () => {
  test("splits off the chunks that the box cuts", () => {
    const { core, shell } = planWrite(GRID, [-10, 0, 5, 60, 64, 21]);
    expect(core).toEqual([-10, 0, 5, 54, 64, 21]);
    expect([...shell].map((part) => part.key)).toEqual(["54-90_0-64_5-21"]);
    expect(planWrite(GRID, volumeOf(GRID)).shell.length).toBe(0);
    expect(planWrite(GRID, [0, 0, 5, 1, 1, 6])).toMatchObject({ core: undefined, shell: { length: 1 } });
    expect(planWrite(GRID, [200, 0, 5, 201, 1, 6])).toMatchObject({ core: undefined, shell: { length: 0 } });
  });

  test("core and shell cover every voxel exactly once; only whole chunks are in the core", () => {
    fc.assert(
      fc.property(gridsAndBoxes(), ([grid, box]) => {
        const { core, shell } = planWrite(grid, box);
        const whole = core === undefined ? [] : [...planRead(grid, core)];
        const keys = new Set(whole.map((part) => part.key));
        const again = [...planRead(grid, box)].filter((part) => keys.has(part.key));
        expect(Buffer.compare(coverage(box, [...again, ...shell]), inside(box, grid))).toBe(0);
        expect(shell.length + whole.length).toBe(chunkCount(grid, box));
        if (core !== undefined) expect(isAligned(grid, core)).toBe(true);
        const isWhole = ({ size, shape }: ChunkRead): boolean => size.every((n, i) => n === shape[i]);
        expect(again.every(isWhole)).toBe(true);
        expect([...shell].some(isWhole)).toBe(false);
        const order = [...planRead(grid, box)].map((part) => part.key).filter((key) => !keys.has(key));
        expect([...shell].map((part) => part.key)).toEqual(order);
        expect([...shell].map((part) => part.index)).toEqual(order.map((_, i) => i));
      }),
      { numRuns: 300 },
    );
  });
});

describe("parts of chunks", () => {
  test("are chunks by themselves, cut where chunks begin", () => {
    const grid: Grid = { ...GRID, anchor: [-64, -64, 0], partial: true };
    const plan = [...planRead(grid, [-5, 3, 6, 70, 9, 20])];
    expect(plan.map(({ key }) => key)).toEqual([
      "-5-0_3-9_6-16",
      "0-64_3-9_6-16",
      "64-70_3-9_6-16",
      "-5-0_3-9_16-20",
      "0-64_3-9_16-20",
      "64-70_3-9_16-20",
    ]);
    expect(
      plan.every(({ from, size, shape }) => from.every((v) => v === 0) && `${size}` === `${shape}`),
    ).toBe(true);
  });

  test("cover every voxel once, and a box to write is all core", () => {
    fc.assert(
      fc.property(gridsAndBoxes(), ([whole, box]) => {
        const grid = { ...whole, partial: true };
        expect(Buffer.compare(coverage(box, planRead(grid, box)), inside(box, grid))).toBe(0);
        const { core, shell } = planWrite(grid, box);
        expect(shell.length).toBe(0);
        const cut = Bbox.intersection(Bbox.fromList(box), Bbox.fromList(volumeOf(grid)));
        expect(core).toEqual(cut.subvoxel() ? undefined : cut.toList());
        if (core !== undefined) expect(planRead(grid, core).length).toBe(planRead(grid, box).length);
      }),
    );
  });
});
