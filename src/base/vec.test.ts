import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { divisors, findClosestDivisor } from "./divisors.js";
import { ArgumentError, DimensionError } from "./errors.js";
import { Vec, xyzrange } from "./vec.js";

const whole = fc.integer({ min: -(2 ** 40), max: 2 ** 40 });
const triple = fc.tuple(whole, whole, whole);

describe("CloudVolume's assertions", () => {
  test("test_lib.py::test_xyzrange", () => {
    const points = (...args: Parameters<typeof xyzrange>): number[][] =>
      [...xyzrange(...args)].map((v) => [...v]);
    expect(points([0, 0, 0])).toEqual([]);
    expect(points([1, 0, 0])).toEqual([]);
    expect(points([1, 1, 1])).toEqual([[0, 0, 0]]);
    expect(points([2, 1, 1])).toEqual([
      [0, 0, 0],
      [1, 0, 0],
    ]);
    expect(points([2, 2, 2])).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [1, 1, 0],
      [0, 0, 1],
      [1, 0, 1],
      [0, 1, 1],
      [1, 1, 1],
    ]);
    expect(points([2, 1, 1], [3, 2, 2])).toEqual([[2, 1, 1]]);
    expect(points([2, 1, 1], [5, 2, 2], [2, 1, 1])).toEqual([
      [2, 1, 1],
      [4, 1, 1],
    ]);
    const halves = points([0, 0, 0], [2, 2, 1], [0.5, 0.5, 0.5]);
    const expected = [0, 0.5].flatMap((z) =>
      [0, 0.5, 1, 1.5].flatMap((y) => [0, 0.5, 1, 1.5].map((x) => [x, y, z])),
    );
    expect(halves).toEqual(expected);
  });

  test("test_lib.py::test_divisors", () => {
    expect(divisors(1)).toEqual([1]);
    expect(divisors(2)).toEqual([1, 2]);
    expect(divisors(3)).toEqual([1, 3]);
    expect(divisors(4)).toEqual([1, 2, 4]);
    expect(divisors(6)).toEqual([1, 2, 3, 6]);
    expect(divisors(35)).toEqual([1, 5, 7, 35]);
    expect(divisors(128)).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
    expect(divisors(258)).toEqual([1, 2, 3, 6, 43, 86, 129, 258]);
  });

  test("test_lib.py::test_find_closest_divisor", () => {
    const closest = (n: number): number[] => findClosestDivisor([n, n, n], [64, 64, 64]);
    expect(closest(128)).toEqual([64, 64, 64]);
    expect(closest(240)).toEqual([60, 60, 60]);
    expect(closest(224)).toEqual([56, 56, 56]);
    expect(closest(73)).toEqual([73, 73, 73]);
  });

  test("test_lib.py::test_vec_division", () => {
    expect(new Vec(2, 4, 8).div(2)).toEqual(new Vec(1, 2, 4));
  });
});

describe("findClosestDivisor", () => {
  test("chooses between equally close divisors as CloudVolume does", () => {
    // From running cloudvolume.lib.find_closest_divisor.
    expect(findClosestDivisor([12, 3, 13], [5, 2, 7])).toEqual([6, 1, 1]);
    expect(findClosestDivisor([100, 12, 1], [64, 5, 9])).toEqual([50, 6, 1]);
    expect(findClosestDivisor([4, 3], [64, 6])).toEqual([4, 3]);
  });

  test("gives a divisor that no other one beats", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 5000 }), (n, wanted) => {
        const [best = 0] = findClosestDivisor([n], [wanted]);
        expect(n % best).toBe(0);
        expect(Math.min(...divisors(n).map((d) => Math.abs(d - wanted)))).toBe(Math.abs(best - wanted));
      }),
    );
  });

  test("refuses what has no divisors", () => {
    for (const n of [0, -4, 1.5, Number.NaN, 2 ** 60]) expect(() => divisors(n)).toThrow(ArgumentError);
    expect(() => findClosestDivisor([4, 4], [1])).toThrow(DimensionError);
  });
});

describe("Vec", () => {
  test("is an array of its components", () => {
    const v = new Vec(4, 5, 6, 7);
    expect([v.x, v.y, v.z, v.w]).toEqual([4, 5, 6, 7]);
    expect([v.r, v.g, v.b, v.a]).toEqual([4, 5, 6, 7]);
    expect(v.length).toBe(4);
    expect([...v]).toEqual([4, 5, 6, 7]);
    expect(JSON.stringify(v)).toBe("[4,5,6,7]");
    expect(new Vec(3)).toEqual([3]);
    expect(Vec.from([1, 2])).toEqual(new Vec(1, 2));
    expect(v.map((c) => c * 2)).not.toBeInstanceOf(Vec);
    expect(() => new Vec(1, 2).z).toThrow(DimensionError);
  });

  test("measures itself", () => {
    expect(new Vec(1, 2, 3).dot([4, 5, 6])).toBe(32);
    expect(new Vec(3, 4, 0).norm()).toBe(5);
    expect(new Vec(3, 4, 0).norm2()).toBe(25);
    expect(new Vec(2, 3, 4).rectVolume()).toBe(24);
    expect(new Vec(0, 0, 0).null()).toBe(true);
    expect(new Vec(0, 1e-7, 0).null()).toBe(true);
    expect(new Vec(0, 1e-5, 0).null()).toBe(false);
    expect(Vec.clamp([-1, 5, 20], [0, 0, 0], [10, 10, 10])).toEqual([0, 5, 10]);
    expect(new Vec(1, 2).equals([1, 2])).toBe(true);
    expect(new Vec(1, 2).equals([1, 2, 3])).toBe(false);
  });

  test("divides down, and never gives -0", () => {
    expect(new Vec(-5, 5, -1).floorDiv(2)).toEqual([-3, 2, -1]);
    expect(Object.is(new Vec(0).mul(-1)[0], 0)).toBe(true);
  });

  test("adds and takes away without loss", () => {
    fc.assert(
      fc.property(triple, triple, (a, b) => {
        const v = new Vec(...a);
        expect(v.add(b).sub(b)).toEqual(v);
        expect(v.clone().mul(1)).toEqual([...a]);
        expect(v.sub(v).null()).toBe(true);
      }),
    );
  });

  test("takes operands of its own length only", () => {
    expect(() => new Vec(1, 2, 3).add([1, 2])).toThrow(DimensionError);
  });
});

test("xyzrange refuses what would never end", () => {
  expect(() => [...xyzrange([0, 0, 0], [1, 1, 1], [0, 1, 1])]).toThrow(ArgumentError);
  expect(() => [...xyzrange([0, 0, 0], [1, 1, Number.POSITIVE_INFINITY])]).toThrow(ArgumentError);
  expect(() => [...xyzrange([1, 1])]).toThrow(ArgumentError);
});
