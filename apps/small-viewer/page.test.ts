/** The pure parts of the page: where voxels lie, what a brush covers, what was painted, which values there are. */
import { describe, expect, test } from "vitest";
import { Edits } from "./edits.js";
import {
  brushed,
  fitScale,
  lengthsOf,
  place,
  pointUnder,
  roundLength,
  type Triple,
  voxelOf,
} from "./geometry.js";
import { parseValue } from "./state.js";

const pane = { width: 400, height: 300 };

describe("places", () => {
  test("a pixel is the voxel that is drawn there, on every axis", () => {
    const lengths = lengthsOf([4, 4, 40]);
    expect(lengths).toEqual([1, 1, 10]);
    for (const axis of ["x", "y", "z"] as const) {
      const scale = fitScale(axis, [100, 80, 12], lengths, pane);
      const at = place(axis, [50, 40, 6], scale, lengths, pane);
      const middle = pointUnder(axis, at, 200, 150, 3);
      const cut = "xyz".indexOf(axis);
      expect(middle.map((n, i) => (i === cut ? n : Math.round(n)))).toEqual(
        [50, 40, 6].map((n, i) => (i === cut ? 3.5 : n)),
      );
      expect(at.stepX / at.stepY).toBeCloseTo(axis === "x" ? 10 : axis === "y" ? 0.1 : 1);
    }
  });

  test("scale bars have round lengths", () => {
    expect([7, 5, 1.9, 120, 0.3].map(roundLength)).toEqual([5, 5, 1, 100, 0.2]);
  });
});

describe("a brush", () => {
  const covered = (from: Triple, to: Triple, radius: number, lengths: Triple = [1, 1, 1]): string[] =>
    [...brushed("z", from, to, radius, lengths)].map((voxel) => voxel.join()).sort();

  test("covers one voxel at least, a disc, or the way between two points", () => {
    expect(covered([2.1, 3.9, 4.5], [2.1, 3.9, 4.5], 0)).toEqual(["2,3,4"]);
    expect(covered([2.5, 2.5, 0.5], [2.5, 2.5, 0.5], 1)).toEqual([
      "1,2,0",
      "2,1,0",
      "2,2,0",
      "2,3,0",
      "3,2,0",
    ]);
    expect(covered([0.5, 0.5, 0.5], [4.5, 0.5, 0.5], 0.5)).toEqual([0, 1, 2, 3, 4].map((x) => `${x},0,0`));
    const flat = covered([4.5, 4.5, 0.5], [4.5, 4.5, 0.5], 2, [1, 4, 1]);
    expect(new Set(flat.map((voxel) => voxel.split(",")[1]))).toEqual(new Set(["4"]));
    expect(flat).toHaveLength(5);
  });
});

describe("edits", () => {
  const shape = [20, 18, 17] as const;
  const at = (x: number, y: number, z: number): number => x + shape[0] * (y + shape[1] * z);

  test("equal a plain copy on every slice, and undo goes back step by step", () => {
    const edits = new Edits(shape, "uint64");
    const plain = new BigUint64Array(shape[0] * shape[1] * shape[2]).fill(3n);
    const states: BigUint64Array[] = [];
    let seed = 7;
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Math.floor((seed / 2 ** 32) * n);
    };
    for (let stroke = 0; stroke < 12; stroke++) {
      states.push(plain.slice());
      edits.begin();
      const value = 2n ** 64n - 1n - BigInt(stroke % 3);
      const voxels = Array.from({ length: 200 }, () => [random(22) - 1, random(18), random(17)] as Triple);
      edits.paint(voxels, value);
      for (const [x, y, z] of voxels) if (x >= 0 && x < shape[0]) plain[at(x, y, z)] = value;
    }
    const check = (expected: BigUint64Array): void => {
      for (let x = 0; x < shape[0]; x++) {
        const slice = new BigUint64Array(shape[1] * shape[2]).fill(3n);
        edits.apply(slice, "x", x);
        const wanted = slice.map((_, i) => expected[at(x, Math.floor(i / shape[2]), i % shape[2])]!);
        expect(slice).toEqual(wanted);
      }
      for (let z = 0; z < shape[2]; z++) {
        const slice = new BigUint64Array(shape[0] * shape[1]).fill(3n);
        edits.apply(slice, "z", z);
        expect(slice).toEqual(expected.subarray(at(0, 0, z), at(0, 0, z + 1)));
      }
    };
    check(plain);
    expect(edits.get([5, 5, 5]) ?? 3n).toBe(plain[at(5, 5, 5)]);
    expect(edits.strokes).toBe(12);
    for (const state of states.reverse()) {
      expect(edits.undo()).toBe(true);
      check(state);
    }
    expect(edits.undo()).toBe(false);
  });

  test("know which slices they may touch", () => {
    const edits = new Edits([64, 64, 64], "uint8");
    edits.begin();
    edits.paint([voxelOf([40.2, 3, 20])], 5);
    expect([edits.touches("x", 40), edits.touches("x", 10), edits.touches("z", 20)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

test("values of a type, exactly, and no others", () => {
  expect(parseValue("18446744073709551615", "uint64")).toBe(2n ** 64n - 1n);
  expect(parseValue(" -9223372036854775808 ", "int64")).toBe(-(2n ** 63n));
  expect(parseValue("0.1", "float32")).toBe(Math.fround(0.1));
  expect(parseValue("NaN", "float64")).toBeNaN();
  const wrong = [
    ["18446744073709551616", "uint64"],
    ["-1", "uint8"],
    ["256", "uint8"],
    ["2", "bool"],
    ["1.5", "int16"],
    ["", "float32"],
    ["x", "float32"],
  ] as const;
  for (const [text, dtype] of wrong) expect([text, parseValue(text, dtype)]).toEqual([text, undefined]);
});
