import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bbox } from "./bbox.js";
import { ArgumentError } from "./errors.js";
import { resolveSlices, type Slices, type SlicingOptions } from "./slicing.js";

const BOUNDS = new Bbox([-10, 0, 5], [10, 20, 30]);
const box = (slices: Slices, options?: SlicingOptions): readonly number[] =>
  resolveSlices(slices, BOUNDS, 3, options).box.toList();

describe("what is no slice", () => {
  test("is an ArgumentError", () => {
    const bad: unknown[] = [
      "",
      "a",
      "1:2:3:4",
      "1,,2",
      "1 2",
      "0x10",
      "1e3",
      "5,",
      "…",
      "_",
      "Infinity",
      [["a"]],
      [[1]],
    ];
    bad.push(
      [[1, 2, 3, 4]],
      [{}, {}, true],
      [Number.NaN],
      [Number.POSITIVE_INFINITY],
      [2 ** 60],
      [[0, "5"]],
      [() => 0],
    );
    bad.push(
      [{ start: {} }],
      {},
      [{}],
      { start: 1, end: 2 },
      new Map(),
      new Uint8Array(2),
      [[1n]],
      [10n ** 30n],
      ["0:5, 3"],
      "...,...",
      [[]],
      [[["..."]]],
      ["... "].concat(["..."]),
      true,
    );
    for (const slices of bad)
      expect(() => box(slices as Slices, { bounded: false }), String(slices)).toThrow(ArgumentError);
  });

  test("never fails otherwise", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0159:-., _[]e+") }), (text) => {
        try {
          expect(box(text, { bounded: false })).toHaveLength(6);
        } catch (error) {
          expect(error).toBeInstanceOf(ArgumentError);
        }
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }),
        (value) => {
          try {
            box(value as Slices, { bounded: false });
          } catch (error) {
            expect(error).toBeInstanceOf(ArgumentError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
