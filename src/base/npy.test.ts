import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayType, DATA_TYPES, type DataType, type Voxel } from "./dtype.js";
import { DecodingError } from "./errors.js";
import { toFortran } from "./gather.js";
import { formatNpy, formatNpyHeader, parseNpy, parseNpyHeader } from "./npy.js";
import { cStride, fortranStride, product, type StridedArray } from "./strided.js";

function counting(dtype: DataType, shape: readonly number[], stride: readonly number[]): StridedArray {
  const data = new (arrayType(dtype))(product(shape));
  for (let i = 0; i < data.length; i++) data[i] = typeof data[i] === "bigint" ? BigInt(i % 100) : i % 100;
  return { data, shape, stride, dtype };
}

function at({ data, stride }: StridedArray, index: readonly number[]): Voxel {
  return data[index.reduce((sum, x, i) => sum + x * stride[i]!, 0)]!;
}

function file(header: string, data: Uint8Array, version = 1): Uint8Array {
  const prefix = [0x93, ...Buffer.from("NUMPY"), version, 0];
  const length = version === 1 ? [header.length & 255, header.length >> 8] : [header.length & 255, 0, 0, 0];
  return Uint8Array.from([...prefix, ...length, ...Buffer.from(header), ...data]);
}
const header = (descr: string, order: string, shape: string): string =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

describe("npy", () => {
  it.each(DATA_TYPES)("round trip of %s, Fortran and C order", (dtype) => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 5 }), fc.boolean(), (shape, c) => {
        const array = counting(dtype, shape, c ? cStride(shape) : fortranStride(shape));
        const back = parseNpy(formatNpy(array));
        expect(back.dtype).toBe(dtype);
        expect(back.shape).toEqual(shape);
        expect(back.stride).toEqual(fortranStride(shape));
        expect(back.data).toEqual(toFortran(array));
      }),
    );
  });

  it("values stay at their indices through C order, unaligned bytes and version 2", () => {
    const shape = [2, 3, 4];
    const data = new Uint8Array(Uint16Array.from({ length: 24 }, (_, i) => i).buffer);
    const bytes = file(header("<u2", "False", "(2, 3, 4)").padStart(70), data, 2);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    for (const source of [bytes, shifted.subarray(1)]) {
      const array = parseNpy(source);
      expect(array.shape).toEqual(shape);
      expect(at(array, [1, 2, 3])).toBe(23);
      expect(at(array, [0, 1, 0])).toBe(4);
      expect(toFortran(array)[1]).toBe(12);
    }
  });

  it("leaves a Buffer that it turns or aligns as it is", () => {
    const bytes = Buffer.concat([
      Buffer.of(0),
      file(header(">i4", "True", "(1,)"), Uint8Array.of(1, 2, 3, 4)),
    ]);
    expect(parseNpy(bytes.subarray(1)).data[0]).toBe(0x01020304);
    expect([...bytes.subarray(-4)]).toEqual([1, 2, 3, 4]);
    const double = Buffer.concat([Buffer.of(0), file(header("<f8", "True", "(1,)"), new Uint8Array(8))]);
    expect(parseNpy(double.subarray(1)).data[0]).toBe(0);
  });

  it("turns big-endian data", () => {
    const array = parseNpy(
      file(header(">i4", "True", "(2,)"), Uint8Array.from([0, 0, 1, 0, 255, 255, 255, 254])),
    );
    expect([...(array.data as Int32Array)]).toEqual([256, -2]);
  });

  it("writes what NumPy writes for a Fortran array", () => {
    const bytes = formatNpy(counting("uint64", [2, 3, 1, 1], [1, 2, 6, 6]));
    expect(Buffer.from(bytes.subarray(0, 128)).toString("latin1")).toBe(
      `\x93NUMPY\x01\x00v\x00{'descr': '<u8', 'fortran_order': True, 'shape': (2, 3, 1, 1), }`.padEnd(127) +
        "\n",
    );
  });

  it.each([
    ["no magic", Uint8Array.from([1, 2, 3])],
    ["nothing", new Uint8Array(0)],
    ["version 9", file(header("<u2", "True", "(1,)"), new Uint8Array(2), 9)],
    ["object type", file(header("|O", "True", "(1,)"), new Uint8Array(8))],
    ["complex type", file(header("<c8", "True", "(1,)"), new Uint8Array(8))],
    ["half type", file(header("<f2", "True", "(1,)"), new Uint8Array(2))],
    ["native order mark", file(header("=u2", "True", "(1,)"), new Uint8Array(2))],
    ["negative size", file(header("<u2", "True", "(-1,)"), new Uint8Array(2))],
    ["absurd sizes", file(header("<u8", "True", "(4294967296, 4294967296)"), new Uint8Array(8))],
    ["2^53 voxels", file(header("|u1", "True", "(9007199254740993,)"), new Uint8Array(8))],
    ["too short", file(header("<u2", "True", "(3,)"), new Uint8Array(5))],
    ["too long", file(header("<u2", "True", "(3,)"), new Uint8Array(7))],
    [
      "a fourth field",
      file("{'descr': '<u2', 'fortran_order': True, 'shape': (1,), 'x': 1}", new Uint8Array(2)),
    ],
    ["no shape", file("{'descr': '<u2', 'fortran_order': True}", new Uint8Array(2))],
    ["a boolean that is none", file(header("<u2", "Maybe", "(1,)"), new Uint8Array(2))],
  ])("refuses %s", (_, bytes) => {
    expect(() => parseNpy(bytes)).toThrow(DecodingError);
  });

  it("reads and writes headers apart from the data", () => {
    const start = formatNpyHeader("int16", [5, 4, 3, 2]);
    expect(parseNpyHeader(start)).toEqual({
      dtype: "int16",
      shape: [5, 4, 3, 2],
      fortran: true,
      bigEndian: false,
      start: start.length,
    });
    const other = file(header(">u8", "False", "(7, 2)"), new Uint8Array(0));
    expect(parseNpyHeader(other)).toMatchObject({ dtype: "uint64", fortran: false, bigEndian: true });
  });

  it("refuses every cut", () => {
    const bytes = formatNpy(counting("float32", [3, 2], [1, 3]));
    for (let length = 0; length < bytes.length; length++)
      expect(() => parseNpy(bytes.subarray(0, length))).toThrow(DecodingError);
  });
});
