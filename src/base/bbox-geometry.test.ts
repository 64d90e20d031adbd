import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bbox } from "./bbox.js";
import { ArgumentError } from "./errors.js";

const side = fc.integer({ min: -(2 ** 45), max: 2 ** 45 });
const triple = fc.tuple(side, side, side);
const boxes = fc.tuple(triple, triple).map(([a, b]) => new Bbox(a, b));
const near = fc.integer({ min: -300, max: 300 });
const smallBoxes = fc
  .tuple(fc.tuple(near, near, near), fc.tuple(near, near, near))
  .map(([a, b]) => new Bbox(a, b));
const extent = fc.integer({ min: 1, max: 130 });
const chunks = fc.tuple(extent, extent, extent);

describe("file names", () => {
  test("come back for whole numbers of any sign", () => {
    fc.assert(
      fc.property(boxes, fc.constantFrom("", ".gz", ".br", ".zstd", ".xz", ".bz2"), (box, end) => {
        expect(Bbox.fromFilename(box.toFilename() + end)).toEqual(box);
      }),
    );
  });

  test("come back for fractions, whatever their exponent", () => {
    const number = fc.double({ noNaN: true, min: -1e300, max: 1e300 });
    const point = fc.tuple(number, number, number);
    fc.assert(
      fc.property(point, point, (a, b) => {
        const box = new Bbox(a, b, { dtype: "float64" });
        const name = box.toFilename();
        expect(name).not.toMatch(/e/);
        if (box.toList().every((v) => Math.abs(v) <= 2 ** 53 - 1))
          expect(Bbox.fromFilename(name)).toEqual(box);
      }),
    );
  });

  test("have signs, decimals, folders and fragment prefixes", () => {
    expect(new Bbox([-64, -64, 0], [0, 0, 16]).toFilename()).toBe("-64-0_-64-0_0-16");
    expect(Bbox.fromFilename("-64-0_-64-0_-16--8")).toEqual(new Bbox([-64, -64, -16], [0, 0, -8]));
    expect(new Bbox([1.5, 2, 3], [4, 5, 6]).toFilename()).toBe("1.5-4.0_2.0-5.0_3.0-6.0");
    expect(Bbox.fromFilename("0.5-1.5_0-1_0-1").toList()).toEqual([0.5, 0, 0, 1.5, 1, 1]);
    expect(Bbox.fromFilename("a/b/0-1_0-1_0-1").toList()).toEqual([0, 0, 0, 1, 1, 1]);
    expect(Bbox.fromFilename("123:0:0-1_0-1_0-1").toList()).toEqual([0, 0, 0, 1, 1, 1]);
    expect(new Bbox([1e-7, 0, 0], [1.5e-7, 1e22, 1]).toFilename()).toBe(
      "0.0000001-0.00000015_0.0-10000000000000000000000.0_0.0-1.0",
    );
  });

  test("round an exact half to the even digit, as Python does", () => {
    const name = (v: number): string => new Bbox([0, 0, 0], [v, 1, 1]).toFilename(1).split("_")[0] ?? "";
    expect([0.25, 0.35, 0.75, 2.05].map(name)).toEqual(["0.0-0.2", "0.0-0.3", "0.0-0.8", "0.0-2.0"]);
    expect(new Bbox([-0.25, 0, 0], [0, 1, 1]).toFilename(1)).toBe("-0.2-0.0_0.0-1.0_0.0-1.0");
  });

  test("refuse everything else", () => {
    const bad = [
      "",
      "x0-1_0-1_0-1",
      "0-1_0-1",
      "0-1_0-1_0-1_0-1",
      "0-1_0-1_0-1\n",
      "1e3-2_0-1_0-1",
      "0-1_0-1_0-1.gz.gz",
    ];
    for (const name of [
      ...bad,
      "0-9007199254740993_0-1_0-1",
      `${"9".repeat(400)}-1_0-1_0-1`,
      "-".repeat(1e5),
    ])
      expect(() => Bbox.fromFilename(name), name.slice(0, 40)).toThrow(ArgumentError);
    for (const digits of [-1, 1.5, 101])
      expect(() => Bbox.fromVec([1, 1, 1]).toFilename(digits)).toThrow(ArgumentError);
  });

  test("never make anything but a box or an ArgumentError", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789-_.gz") }), (name) => {
        try {
          expect(Bbox.fromFilename(name)).toBeInstanceOf(Bbox);
        } catch (error) {
          expect(error).toBeInstanceOf(ArgumentError);
        }
      }),
    );
  });
});

describe("chunk grids", () => {
  test("as CloudVolume snaps to them", () => {
    // From running cloudvolume.lib.Bbox.
    const grid = [64, 64, 64];
    expect(new Bbox([32, 96, -32], [160, 97, 95]).roundToChunkSize(grid).toList()).toEqual([
      0, 128, 0, 128, 128, 64,
    ]);
    expect(new Bbox([0, 0, 0], [10, 20, 30]).roundToChunkSize(grid).toList()).toEqual([0, 0, 0, 0, 0, 0]);
    expect(new Bbox([1, 1, 1], [3, 3, 3]).shrinkToChunkSize(grid).toList()).toEqual([64, 64, 64, 64, 64, 64]);
    const box = new Bbox([-5, 0, 70], [70, 64, 200]);
    expect(box.shrinkToChunkSize(grid, [1, 1, 1]).toList()).toEqual([1, 1, 129, 65, 1, 193]);
    expect(box.expandToChunkSize(grid, [1, 1, 1]).toList()).toEqual([-63, -63, 65, 129, 65, 257]);
    expect(new Bbox([0, 0, 0], [10, 20, 30]).numChunks([3, 3, 3])).toBe(280);
  });

  test("expand to the smallest aligned box around, shrink to the biggest inside", () => {
    fc.assert(
      fc.property(smallBoxes, chunks, fc.tuple(near, near, near), (box, chunk, offset) => {
        const out = box.expandToChunkSize(chunk, offset);
        const inner = box.shrinkToChunkSize(chunk, offset);
        const round = box.roundToChunkSize(chunk, offset);
        for (const snapped of [out, inner, round]) expect(snapped.isChunkAligned(chunk, offset)).toBe(true);
        expect(out.containsBbox(box)).toBe(true);
        expect(out.size().every((n, i) => n - box.size()[i]! <= 2 * chunk[i]! - 2)).toBe(true);
        if (!inner.empty()) expect(box.containsBbox(inner)).toBe(true);
        expect(round.minpt.every((v, i) => Math.abs(v - box.minpt[i]!) <= chunk[i]! / 2)).toBe(true);
        expect(box.isChunkAligned(chunk, offset)).toBe(out.equals(box));
        expect(out.numChunks(chunk) * chunk[0] * chunk[1] * chunk[2]).toBe(out.volume());
      }),
    );
  });

  test("are exact far beyond 2^31", () => {
    const far = 2 ** 52 + 1;
    const box = new Bbox([far, 0, 0], [far + 1, 1, 1]);
    expect(box.expandToChunkSize([64, 1, 1]).toList()).toEqual([2 ** 52, 0, 0, 2 ** 52 + 64, 1, 1]);
    expect(new Bbox([0, 0, 0], [16777217, 1, 1]).isChunkAligned([1, 1, 1])).toBe(true);
  });

  test("need positive chunk sizes", () => {
    for (const chunk of [
      [0, 1, 1],
      [-1, 1, 1],
      [Number.NaN, 1, 1],
      [1, 1],
    ])
      expect(() => new Bbox([0, 0, 0], [1, 1, 1]).expandToChunkSize(chunk)).toThrow(ArgumentError);
  });
});

describe("relations", () => {
  const box = new Bbox([0, 0, 0], [10, 20, 30]);

  test("contains reaches both faces; overlap counts touching, intersection does not", () => {
    expect(box.contains([10, 20, 30])).toBe(true);
    expect(box.contains([0, 0, 0])).toBe(true);
    expect(box.contains([10, 20, 30.1])).toBe(false);
    const touching = new Bbox([10, 0, 0], [11, 1, 1]);
    expect(box.overlapsBbox(touching)).toBe(true);
    expect(box.overlapsBbox(touching.add([1, 0, 0]))).toBe(false);
    expect(Bbox.intersects(box, touching)).toBe(false);
    expect(box.containsBbox(box)).toBe(true);
  });

  test("as CloudVolume answers", () => {
    expect(box.nearEdge(new Bbox([1, 5, 5], [6, 6, 6]), 1)).toBe(true);
    expect(box.nearEdge(new Bbox([1, 5, 5], [6, 6, 6]))).toBe(false);
    expect(new Bbox([-5, 0, 40], [50, 4, 50]).clamp(box).toList()).toEqual([0, 0, 30, 10, 4, 30]);
    expect(Bbox.expand(box, new Bbox([-1, 0, 0], [1, 1, 90])).toList()).toEqual([-1, 0, 0, 10, 20, 90]);
    expect(box.center()).toEqual([5, 10, 15]);
    expect(box.transpose().toList()).toEqual([0, 0, 0, 30, 20, 10]);
    expect(box.sub(box).toList()).toEqual([0, 0, 0, 0, 0, 0]);
    expect(box.add([1, 2, 3]).toList()).toEqual([1, 2, 3, 11, 22, 33]);
    expect(box.mul([1, 2, 3]).toList()).toEqual([0, 0, 0, 10, 40, 90]);
    expect(box.mul(1.5).maxpt).toEqual([15, 30, 45]);
    expect(new Bbox([-5, -5, -5], [5, 5, 5]).floorDiv(2).toList()).toEqual([-3, -3, -3, 2, 2, 2]);
    expect([box.dx, box.dy, box.dz]).toEqual([10, 20, 30]);
  });

  test("intersection and expansion are symmetric and bracket both boxes", () => {
    fc.assert(
      fc.property(smallBoxes, smallBoxes, (a, b) => {
        const both = Bbox.intersection(a, b);
        expect(both).toEqual(Bbox.intersection(b, a));
        expect(both.empty()).toBe(!Bbox.intersects(a, b) || a.empty() || b.empty());
        if (!both.empty()) expect(a.containsBbox(both) && b.containsBbox(both)).toBe(true);
        const around = Bbox.expand(a, b);
        expect(around).toEqual(Bbox.expand(b, a));
        expect(around.containsBbox(a) && around.containsBbox(b)).toBe(true);
      }),
    );
  });

  test("growing and shrinking undo each other, and stop at zero size", () => {
    fc.assert(
      fc.property(boxes, fc.integer({ min: 1, max: 1000 }), (b, n) => {
        expect(b.grow(n).shrink(n)).toEqual(b);
      }),
    );
    expect(() => box.adjust(-6)).toThrow(ArgumentError);
    expect(box.adjust(-5).toList()).toEqual([5, 5, 5, 5, 15, 25]);
    for (const bad of [0, -1, [1, 0, 1]]) expect(() => box.shrink(bad)).toThrow(ArgumentError);
  });
});
