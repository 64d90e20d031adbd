import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { goldenEntries, goldenPath } from "../../test/support/golden.js";
import { OutOfBoundsError, SpecViolation } from "../base/errors.js";
import type { Vec3 } from "../base/strided.js";
import { cellOfMorton, compressedMorton, mortonAxes } from "./morton.js";

describe("compressed Morton codes", () => {
  test("test_sharding.py::test_compressed_morton_code", () => {
    const grid: Vec3 = [3, 3, 3];
    const cells: [Vec3, bigint][] = [
      [[0, 0, 0], 0n],
      [[1, 0, 0], 1n],
      [[2, 0, 0], 0b1000n],
      [[2, 2, 0], 0b11000n],
      [[2, 2, 1], 0b011100n],
    ];
    for (const [cell, code] of cells) expect(compressedMorton(cell, grid)).toBe(code);
    expect(() => compressedMorton([4, 4, 4], grid)).toThrow(OutOfBoundsError);
    expect(compressedMorton([0, 0, 7], [4, 4, 8])).toBe(BigInt(0b1100100));
  });

  test("axes that are used up give no bits", () => {
    const grid: Vec3 = [8, 4, 2];
    const codes: [Vec3, bigint][] = [
      [[0, 0, 0], 0n],
      [[1, 0, 0], 1n],
      [[0, 1, 0], 2n],
      [[0, 0, 1], 4n],
      [[5, 2, 1], 53n],
    ];
    for (const [cell, code] of codes) expect(compressedMorton(cell, grid)).toBe(code);
    expect(mortonAxes([1, 1, 1])).toEqual([]);
    expect(compressedMorton([0, 0, 0], [1, 1, 1])).toBe(0n);
  });

  test("more than 64 bits are refused", () => {
    expect(() => compressedMorton([0, 0, 0], [2 ** 22, 2 ** 22, 2 ** 22])).toThrow(SpecViolation);
    expect(compressedMorton([2 ** 22 - 1, 2 ** 21 - 1, 2 ** 21 - 1], [2 ** 22, 2 ** 21, 2 ** 21])).toBe(
      2n ** 64n - 1n,
    );
  });

  test("a code leads back to its cell, and to no other", () => {
    const size = fc.integer({ min: 1, max: 3000 });
    fc.assert(
      fc.property(fc.tuple(size, size, size), fc.nat(), (grid, seed) => {
        const cell = grid.map((n, i) => (seed >> (3 * i)) % n) as unknown as Vec3;
        const code = compressedMorton(cell, grid);
        expect(cellOfMorton(code, grid)).toEqual(cell);
        expect(cellOfMorton(1n << BigInt(mortonAxes(grid).length), grid)).toBeUndefined();
      }),
    );
    const grid: Vec3 = [5, 3, 2];
    const found = Array.from({ length: 64 }, (_, i) => cellOfMorton(BigInt(i), grid)).filter(Boolean);
    expect(new Set(found.map(String)).size).toBe(30);
  });

  const functions = goldenEntries(["functions"], "the golden tables of Morton codes").filter((e) =>
    e.path.startsWith("sharded/"),
  );
  test.each(functions)("$path", ({ path }) => {
    const tables = JSON.parse(readFileSync(goldenPath(path), "utf8"));
    const table = tables.compressed_morton_code as { grid: Vec3; points: Vec3[]; codes: string[] }[];
    expect(table.length).toBeGreaterThan(0);
    for (const { grid, points, codes } of table) {
      expect(points.map((p) => String(compressedMorton(p, grid)))).toEqual(codes);
    }
  });
});
