import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bbox } from "./bbox.js";
import { ArgumentError, DimensionError, OutOfBoundsError } from "./errors.js";
import { cutoutShape, resolveSlices, type Slices, type SlicingOptions, slice } from "./slicing.js";

const BOUNDS = new Bbox([-10, 0, 5], [10, 20, 30]);

/** Box, step and channels in a row. */
function resolved(slices: Slices, options?: SlicingOptions, channels = 3): number[][] {
  const { box, step, channels: c } = resolveSlices(slices, BOUNDS, channels, options);
  return [box.toList().slice(0), [...step], [...c]];
}
const box = (slices: Slices, options?: SlicingOptions): readonly number[] =>
  resolved(slices, options)[0] ?? [];
const channels = (slices: Slices): readonly number[] => resolved(slices)[2] ?? [];

describe("CloudVolume's assertions", () => {
  const cube = new Bbox([0, 0, 0], [50, 50, 50]);
  const shape = (slices: Slices): number[] => cutoutShape(resolveSlices(slices, cube, 1));

  test("test_cloudvolume.py::test_bbox_read", () => {
    expect(shape(new Bbox([0, 1, 2], [48, 49, 50]))).toEqual([48, 48, 48, 1]);
  });

  test("test_cloudvolume.py::test_number_type_read", () => {
    for (const five of [5, 5n, 5.7, "5", "5.0"]) {
      expect(shape([five, five, five])).toEqual([1, 1, 1, 1]);
      expect(resolveSlices([five, five, five], cube, 1).box.toList()).toEqual([5, 5, 5, 6, 6, 6]);
    }
  });

  test("test_cloudvolume.py::test_ellipsis_read", () => {
    expect(shape("...")).toEqual([50, 50, 50, 1]);
    expect(shape([[5, 10], "..."])).toEqual([5, 50, 50, 1]);
    expect(shape([[5, 10], 7, 8, "..."])).toEqual([5, 1, 1, 1]);
    expect(shape([[5, 10], "...", 8, 0])).toEqual([5, 50, 1, 1]);
    expect(() => shape(["...", 5, "...", 0])).toThrow(ArgumentError);
  });

  test("test_cloudvolume.py::test_bounds", () => {
    const far = new Bbox([100, 100, 100], [228, 164, 164]);
    const cut = (text: string, bounded = true): number[] =>
      cutoutShape(resolveSlices(text, far, 1, { bounded }));
    for (const text of ["0:,0:,0:,:", "100:229,100:165,100:165,0", "99:228,100:164,100:164,0"])
      expect(() => cut(text)).toThrow(OutOfBoundsError);
    expect(cut("100:228,100:164,100:164,0")).toEqual([128, 64, 64, 1]);
    expect(cut("0:,0:,0:,:", false)).toEqual([228, 164, 164, 1]);
  });
});

describe("every way to say it", () => {
  test("means the same", () => {
    const same: Slices[] = [
      "0:5, 10:20, :",
      "0:5,10:20",
      "0:5:1, +10:20:, 5:30, 0:3",
      "0 : 5 , 10.9 : 20 , ...",
      "0-5_10-20_5-30",
      "8_8_40/0-5_10-20_5-30.gz",
      "0, 10, 5, 5, 20, 30",
      [[0, 5], [10, 20], null],
      [
        [0, 5],
        [10, 20],
      ],
      [slice(0, 5), slice(10), [null, 30], "..."],
      ["0:5", "10:", ":"],
      [0, 10, 5, 5, 20, 30],
      [
        { start: 0n, stop: 5n },
        { start: 10, stop: 20, step: 1 },
      ],
      new Bbox([0, 10, 5], [5, 20, 30]),
      new Bbox([0, 10, 5], [5, 20, 30]).toSlices(),
      new Bbox([0, 10, 5], [5, 20, 30]).toDict(),
      new Bbox([0.2, 10.9, 5], [5.9, 20, 30]),
    ];
    for (const slices of same)
      expect(
        resolved(slices),
        JSON.stringify(slices, (_, v) => `${v}`),
      ).toEqual([
        [0, 10, 5, 5, 20, 30],
        [1, 1, 1],
        [0, 3, 1],
      ]);
  });

  test("takes one slice for the first axis, and nothing for all", () => {
    expect(box(slice(0, 5))).toEqual([0, 0, 5, 5, 20, 30]);
    expect(box(3)).toEqual([3, 0, 5, 4, 20, 30]);
    for (const all of [null, "...", ":", [], ["..."], [null]]) expect(box(all)).toEqual(BOUNDS.toList());
  });

  test("picks channels", () => {
    expect(channels("..., 1")).toEqual([1, 2, 1]);
    expect(channels([":", "...", 2])).toEqual([2, 3, 1]);
    expect(channels("0:2:1, :, :, 0:3:2")).toEqual([0, 3, 2]);
    expect(channels([null, null, null, [1, null]])).toEqual([1, 3, 1]);
    expect(cutoutShape(resolveSlices("..., 0:3:2", BOUNDS, 3))).toEqual([20, 20, 25, 2]);
  });

  test("takes steps of at least 1", () => {
    expect(resolved("0:5:2, ::3, 6::4")).toEqual([
      [0, 0, 6, 5, 20, 30],
      [2, 3, 4],
      [0, 3, 1],
    ]);
    expect(cutoutShape(resolveSlices("0:5:2, ::3, 6::4", BOUNDS, 3))).toEqual([3, 7, 6, 3]);
    for (const step of [0, -1, 0.9]) expect(() => box([[0, 5, step]])).toThrow(ArgumentError);
    expect(() => box("::-1")).toThrow(ArgumentError);
  });

  test("drops further axes that change nothing", () => {
    expect(box("0:5, :, :, 0, :")).toEqual([0, 0, 5, 5, 20, 30]);
    expect(box([[0, 5], null, null, 0, 7, [3, 4], null])).toEqual([0, 0, 5, 5, 20, 30]);
    expect(() => box("0:5, :, :, 0, 0:2")).toThrow(DimensionError);
    expect(() => box([1, 2, 6, 0, [0, 2], 5])).toThrow(DimensionError);
    expect(box([1, 2, 6, 0, "..."])).toEqual([1, 2, 6, 2, 3, 7]);
  });

  test("converts boxes in physical units", () => {
    const nm = new Bbox([0, 40, 400], [16, 80, 1200], { unit: "nm" });
    expect(box(nm, { resolution: [4, 4, 40] })).toEqual([0, 10, 10, 4, 20, 30]);
    expect(box(nm, { resolution: [0.004, 0.004, 0.04], resolutionUnit: "um" })).toEqual([
      0, 10, 10, 4, 20, 30,
    ]);
    expect(() => box(nm)).toThrow(ArgumentError);
  });
});

describe("bounds", () => {
  test("negative numbers are coordinates", () => {
    expect(box("-5:0")).toEqual([-5, 0, 5, 0, 20, 30]);
    expect(box(-3)).toEqual([-3, 0, 5, -2, 20, 30]);
    expect(() => box([null, -1])).toThrow(OutOfBoundsError);
  });

  test("name the axis, the bounds and what was asked", () => {
    expect(() => box("-11:0")).toThrow(/along x.*expected -10 to 10, got -11:0/);
    expect(() => box([null, [0, 21]])).toThrow(/along y.*expected 0 to 20, got 0:21/);
    expect(() => box("9, 5, 30")).toThrow(/along z.*expected 5 to 30, got 30:31/);
    expect(() => box("10, 5, 6")).toThrow(OutOfBoundsError);
    expect(box("9, 19, 29")).toEqual([9, 19, 29, 10, 20, 30]);
    expect(() => box(new Bbox([0, 0, 0], [5, 5, 5]))).toThrow(/along z/);
  });

  test("do not matter when unbounded, but channels do", () => {
    const options = { bounded: false };
    expect(box("-100:100, -1:5, 40", options)).toEqual([-100, -1, 40, 100, 5, 41]);
    for (const channel of ["3", "0:4", "-1"])
      expect(() => box(`..., ${channel}`, options)).toThrow(/along channel/);
  });

  test("crop when asked to", () => {
    expect(box("-100:100, 5:25, 40:50", { autocrop: true })).toEqual([-10, 5, 30, 10, 20, 30]);
    expect(box("-100:100, 5:25, 40:50", { autocrop: true, bounded: false })).toEqual([
      -10, 5, 30, 10, 20, 30,
    ]);
  });

  test("a range that stops before its start is empty there", () => {
    expect(box("5:0, :, :")).toEqual([5, 0, 5, 5, 20, 30]);
    expect(resolveSlices("5:0", BOUNDS, 1).box.subvoxel()).toBe(true);
    expect(() => box("5:-100")).toThrow(OutOfBoundsError);
    expect(box("5:-100", { bounded: false })).toEqual([5, 0, 5, 5, 20, 30]);
  });
});

test("text and array forms agree with counting by hand", () => {
  const axis = fc.tuple(
    fc.integer({ min: -99, max: 99 }),
    fc.integer({ min: -99, max: 99 }),
    fc.integer({ min: 1, max: 9 }),
  );
  fc.assert(
    fc.property(axis, axis, axis, (...axes) => {
      const options = { bounded: false };
      const text = axes.map((a) => a.join(":")).join(", ");
      expect(resolved(text, options)).toEqual(resolved(axes, options));
      const shape = cutoutShape(resolveSlices(axes, BOUNDS, 3, options));
      const counted = axes.map(([start, stop, step]) => {
        let n = 0;
        for (let v = start; v < stop; v += step) n++;
        return n;
      });
      expect(shape).toEqual([...counted, 3]);
    }),
  );
});
