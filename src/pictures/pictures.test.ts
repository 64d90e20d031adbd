/** Colours, contrast, slices and pictures, against Neuroglancer's values and against plain loops. */
import { describe, expect, test } from "vitest";
import { arrayType, DATA_TYPES, type TypedArray } from "../base/dtype.js";
import { ArgumentError, DimensionError } from "../base/errors.js";
import { cStride, fortranStride, type StridedArray } from "../base/strided.js";
import { contrastOf, imageContrast, limitsOf, sampled } from "./contrast.js";
import { type Picture, picture } from "./picture.js";
import { cutSlab, PLANES } from "./plane.js";
import { segmentColor } from "./segment-color.js";
import { shadeImage, shadeLabels } from "./shade.js";
import { contactSheet } from "./sheet.js";
import { terminalPicture } from "./terminal.js";

describe("colours of labels", () => {
  // Computed by Neuroglancer's own segment_color and colorspace modules (2.40.1), seed 0.
  test.each([
    [1n, [94, 128, 255]],
    [2n, [255, 53, 120]],
    [7n, [12, 255, 149]],
    [1234n, [118, 255, 140]],
    [2n ** 32n, [111, 240, 255]],
    [12345678901234567n, [110, 255, 140]],
    [2n ** 64n - 1n, [211, 255, 3]],
  ] as const)("%s is Neuroglancer's", (label, color) => {
    expect(segmentColor(label)).toEqual(color);
  });

  test("negative labels have those of their 64 bits, in arrays too", () => {
    expect(segmentColor(-1)).toEqual(segmentColor(2n ** 64n - 1n));
    for (const data of [Int8Array.of(-1), Int32Array.of(-1), BigInt64Array.of(-1n)]) {
      const out = new Uint32Array(1);
      shadeLabels(out, data, { opacity: 1 });
      expect(rgb(out[0]!)).toEqual(segmentColor(-1));
    }
  });

  test("what is not selected is faint, hidden, or as it is; 0 is never drawn", () => {
    const values = BigUint64Array.of(0n, 5n, 2n ** 63n);
    const drawn = (others: "same" | "faint" | "hidden"): number[][] => {
      const out = new Uint32Array(3).fill(0xff000000);
      shadeLabels(out, values, { opacity: 1, selected: new Set([2n ** 63n]), others });
      return [...out].map(rgb);
    };
    const [five, large] = [5n, 2n ** 63n].map((label) => [...segmentColor(label)]) as [number[], number[]];
    expect(drawn("same")).toEqual([[0, 0, 0], five, large]);
    expect(drawn("hidden")).toEqual([[0, 0, 0], [0, 0, 0], large]);
    expect(drawn("faint")).toEqual([[0, 0, 0], five.map((n) => Math.floor((n * 51) / 256)), large]);
  });
});

describe("gray levels", () => {
  test("of every data type, from black to white", () => {
    for (const dtype of DATA_TYPES) {
      const data = new (arrayType(dtype))(3);
      const isBig = typeof data[0] === "bigint";
      for (const i of [0, 1, 2]) data[i] = (isBig ? BigInt(i * 50) : dtype === "bool" ? i : i * 50) as never;
      const out = new Uint32Array(3);
      shadeImage(out, data, dtype === "bool" ? { black: 0, white: 2 } : { black: 0, white: 100 });
      expect([dtype, ...[...out].map((n) => rgb(n)[0])]).toEqual([dtype, 0, 128, 255]);
    }
  });

  test("NaN and what lies outside: black and white; one value: below and above", () => {
    const out = new Uint32Array(4);
    shadeImage(out, Float32Array.of(Number.NaN, -1e30, Number.POSITIVE_INFINITY, 5), { black: 0, white: 10 });
    expect([...out].map((n) => rgb(n)[0])).toEqual([0, 0, 255, 128]);
    shadeImage(out, Float32Array.of(1, 2, 3, 4), { black: 2, white: 2 });
    expect([...out].map((n) => rgb(n)[0])).toEqual([0, 0, 255, 255]);
  });

  test("contrast leaves out the few outermost values, and what is not finite", () => {
    const values = Float64Array.from({ length: 10_000 }, (_, i) =>
      i < 4 ? 1e9 : i < 8 ? Number.NaN : i % 100,
    );
    expect(contrastOf("float64", sampled(values))).toEqual({ black: 0, white: 99 });
    expect(contrastOf("bool", sampled(new Uint8Array(4)))).toEqual({ black: 0, white: 1 });
    expect(contrastOf("uint8", sampled(new Uint8Array(9).fill(7)))).toEqual({ black: 0, white: 7 });
    expect(contrastOf("float32", new Float64Array(0))).toEqual({ black: 0, white: 1 });
    expect(limitsOf("uint16", Float64Array.of(3, 70))).toEqual({ black: 3, white: 70 });
    expect(limitsOf("int8", Float64Array.of(3, 70))).toEqual({ black: -128, white: 127 });
    expect(imageContrast(array(Uint8Array.of(1, 200), [2, 1]))).toEqual({ black: 1, white: 200 });
    expect(sampled(new Uint8Array(10 ** 6)).length).toBeLessThan(70_000);
  });
});

describe("slabs", () => {
  const shape = [5, 4, 3, 2];
  test.each([
    ["Fortran", fortranStride(shape)],
    ["C", cStride(shape)],
  ] as const)("are cut out of arrays in %s order as a loop would", (_, stride) => {
    const data = Uint16Array.from({ length: 120 }, (_, i) => i);
    const whole = { data, shape, stride };
    for (const axis of ["x", "y", "z"] as const)
      for (const channel of [0, 1]) {
        const { cut, right, down } = PLANES[axis];
        const expected: number[] = [];
        for (let k = 1; k < shape[cut]!; k++)
          for (let v = 0; v < shape[down]!; v++)
            for (let u = 0; u < shape[right]!; u++)
              expected.push(
                data[k * stride[cut]! + v * stride[down]! + u * stride[right]! + channel * stride[3]!]!,
              );
        expect([...cutSlab(whole, { axis, from: 1, to: shape[cut]!, channel })]).toEqual(expected);
      }
  });
});

describe("pictures", () => {
  test("longer voxels are stretched, images and labels laid over each other", () => {
    const image = array(Uint8Array.of(10, 20, 30, 40), [2, 1, 2]);
    const labels = array(BigUint64Array.of(0n, 0n, 9n, 0n), [2, 1, 2]);
    const contrast = { black: 0, white: 255 };
    const made = picture(image, {
      axis: "y",
      resolution: [8, 8, 24],
      contrast,
      over: { labels, opacity: 1 },
    });
    expect(made.shape).toEqual([2, 6, 1, 3]);
    const rows = Array.from({ length: 6 }, (_, y) => [0, 1].map((x) => pixel(made, x, y)));
    const [dark, bright] = [
      [
        [10, 10, 10],
        [20, 20, 20],
      ],
      [[...segmentColor(9)], [40, 40, 40]],
    ];
    expect(rows).toEqual([dark, dark, dark, bright, bright, bright]);
  });

  test("three channels are colours, one of them is gray; two axes are enough", () => {
    const image = array(Uint8Array.of(1, 2, 3), [1, 1, 1, 3]);
    expect([...picture(image).data]).toEqual([1, 2, 3]);
    expect([...picture(image, { channel: 1, contrast: { black: 0, white: 255 } }).data]).toEqual([2, 2, 2]);
    expect(picture(array(new Uint32Array(6), [3, 2])).shape).toEqual([3, 2, 1, 3]);
  });

  test("what cannot be drawn is told", () => {
    const image = array(new Uint8Array(8), [2, 2, 2]);
    for (const options of [{ slice: 2 }, { slice: -1 }, { slice: 0.5 }, { channel: 1 }, { axis: "w" as "x" }])
      expect(() => picture(image, options)).toThrow(ArgumentError);
    expect(() => picture(array(new Uint8Array(4), [4]))).toThrow(DimensionError);
    const labels = array(new Uint32Array(4), [2, 2, 1]);
    expect(() => picture(image, { over: { labels } })).toThrow(DimensionError);
  });

  test("a contact sheet has them in rows", () => {
    const dot = (n: number): Picture =>
      picture(array(Uint8Array.of(n), [1, 1]), { contrast: { black: 0, white: 255 } });
    const sheet = contactSheet([dot(1), dot(2), dot(3)], 2);
    expect(sheet.shape).toEqual([6, 6, 1, 3]);
    expect(
      [
        [0, 0],
        [5, 0],
        [0, 5],
        [5, 5],
      ].map(([x, y]) => pixel(sheet, x!, y!)[0]),
    ).toEqual([1, 2, 3, 48]);
    expect(() => contactSheet([], 3)).toThrow(ArgumentError);
    expect(() => contactSheet([dot(1), sheet], 3)).toThrow(ArgumentError);
  });
});

describe("in a terminal", () => {
  const image = array(Uint8Array.of(0, 255, 128, 64), [2, 2]);
  const made = picture(image, { contrast: { black: 0, white: 255 } });
  const room = { columns: 80, rows: 24 };

  test("two pixels a character in 24 bits, or the nearest of 256 colours", () => {
    expect(terminalPicture(made, { ...room, colors: 24 })).toBe(
      "\x1b[38;2;0;0;0;48;2;128;128;128m▀\x1b[38;2;255;255;255;48;2;64;64;64m▀\x1b[0m",
    );
    expect(terminalPicture(made, { ...room, colors: 8 })).toBe(
      "\x1b[38;5;232;48;5;244m▀\x1b[38;5;255;48;5;238m▀\x1b[0m",
    );
    const red = picture(array(Uint8Array.of(255, 0, 0), [1, 1, 1, 3]));
    expect(terminalPicture(red, { ...room, colors: 8 })).toBe("\x1b[38;5;196;49m▀\x1b[0m");
  });

  test("characters where there are no colours, within the room there is", () => {
    expect(terminalPicture(made, { ...room, colors: 0 })).toBe(":*");
    const large = picture(array(new Uint8Array(400 * 300).fill(200), [400, 300]), {
      contrast: { black: 0, white: 255 },
    });
    const lines = terminalPicture(large, { columns: 40, rows: 10, colors: 0 }).split("\n");
    expect([lines.length, lines[0]!.length, new Set(lines.join("")).size]).toEqual([10, 26, 1]);
  });
});

function array<T extends TypedArray>(data: T, shape: readonly number[]): StridedArray<T> {
  return { data, shape, stride: fortranStride(shape) };
}

function rgb(packed: number): number[] {
  return [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255];
}

function pixel({ data, stride }: Picture, x: number, y: number): number[] {
  return [0, 1, 2].map((c) => data[x + y * stride[1]! + c * stride[3]!]!);
}
