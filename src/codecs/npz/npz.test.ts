import { deflateSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import type { DataType } from "../../base/dtype.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import { formatNpyHeader } from "../../base/npy.js";
import type { Vec4 } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import { testCodec } from "../testing.js";
import { chunkVoxels, concat, decodeBytes, encodeBytes, seeded } from "../testing-chunks.js";
import { npz, npzUint8 } from "./index.js";
import { npyFile, repairNpz } from "./testing.js";

const spec: ChunkSpec = { shape: [5, 4, 3, 1], dtype: "uint8" };
const voxels = chunkVoxels(spec, "noise", seeded(1));
const header = formatNpyHeader("uint8", spec.shape);
const stored = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(deflateSync(concat(...parts)));
const headed = (dict: string): Uint8Array => stored(npyFile(dict), voxels);

const hostile: Readonly<Record<string, Uint8Array>> = {
  "a bomb": new Uint8Array(deflateSync(concat(header, new Uint8Array(2 ** 26)))),
  "a header that claims terabytes": headed(
    "{'descr': '|u1', 'fortran_order': True, 'shape': (5000000, 4000000, 1, 1), }",
  ),
  "a shape beyond 2^53": headed(
    "{'descr': '|u1', 'fortran_order': True, 'shape': (9999999999999999, 9999999999999999), }",
  ),
  "another shape": headed("{'descr': '|u1', 'fortran_order': True, 'shape': (4, 5, 3, 1), }"),
  "another data type": headed("{'descr': '|i1', 'fortran_order': True, 'shape': (5, 4, 3, 1), }"),
  "Python objects": headed("{'descr': '|O', 'fortran_order': True, 'shape': (5, 4, 3, 1), }"),
  "text as data type": headed("{'descr': '<U9', 'fortran_order': True, 'shape': (5, 4, 3, 1), }"),
  "fields as data type": headed("{'descr': [('a', '|u1')], 'fortran_order': True, 'shape': (5, 4, 3, 1), }"),
  "a missing field": headed("{'descr': '|u1', 'shape': (5, 4, 3, 1), }"),
  "a header that calls": headed("{'descr': '|u1', 'fortran_order': print(1), 'shape': (5, 4, 3, 1), }"),
  "a header longer than the file": stored(header.subarray(0, 40)),
  "a header of 60000 bytes": headed(
    `{'descr': '|u1', 'fortran_order': True, 'shape': (5, 4, 3, 1), }${" ".repeat(60000)}`,
  ),
  "no array": stored(voxels),
  "too few voxels": stored(header, voxels.subarray(1)),
  "too many voxels": stored(header, voxels, voxels.subarray(0, 1)),
  "a zip archive": concat(Uint8Array.of(0x50, 0x4b, 3, 4), new Uint8Array(60)),
  gzip: concat(Uint8Array.of(0x1f, 0x8b, 8, 0), new Uint8Array(60)),
  "something behind the stream": concat(stored(header, voxels), Uint8Array.of(0)),
  "a wrong checksum": concat(stored(header, voxels).subarray(0, -1), Uint8Array.of(0xaa)),
};

testCodec({
  codec: npz,
  specs: (
    [
      ["bool", [3, 2, 2, 1]],
      ["uint8", [1, 1, 1, 1]],
      ["uint8", [5, 4, 3, 1]],
      ["int8", [5, 4, 3, 2]],
      ["uint16", [7, 1, 3, 3]],
      ["int32", [5, 4, 3, 1]],
      ["uint64", [5, 4, 3, 2]],
      ["int64", [1, 4, 3, 1]],
      ["float32", [9, 4, 3, 1]],
      ["float64", [3, 4, 3, 4]],
    ] as const
  ).map(([dtype, shape]) => ({ dtype, shape })),
  refused: [],
  repair: repairNpz,
  hostile: Object.entries(hostile).map(([name, bytes]) => ({ name, spec, make: () => bytes })),
});

describe("npz", () => {
  const ws = createWorkspace();
  beforeAll(async () => {
    await npz.load?.();
    await npzUint8.load?.();
  });

  /** Voxels that say where they are, as NumPy stores them. */
  function numbered(
    shape: Vec4,
    descr: string,
    order: "C" | "F",
    axes: readonly number[] = shape,
  ): Uint8Array {
    const size = Number(descr.slice(2));
    const [nx, ny, nz, nc] = shape;
    const data = new Uint8Array(nx * ny * nz * nc * size);
    for (let c = 0; c < nc; c++)
      for (let z = 0; z < nz; z++)
        for (let y = 0; y < ny; y++)
          for (let x = 0; x < nx; x++) {
            const value = x + 10 * y + 100 * z + 1000 * c;
            const at = order === "F" ? x + nx * (y + ny * (z + nz * c)) : c + nc * (z + nz * (y + ny * x));
            const low = descr[0] === ">" ? size - 1 : 0;
            data[at * size + low] = value & 255;
            if (size > 1) data[at * size + (low === 0 ? 1 : low - 1)] = value >> 8;
          }
    const dict = `{'descr': '${descr}', 'fortran_order': ${order === "F" ? "True" : "False"}, 'shape': (${axes.join(", ")}), }`;
    return stored(npyFile(dict), data);
  }

  const orders = (["C", "F"] as const).flatMap((order) =>
    (
      [
        ["<u2", "uint16"],
        [">u2", "uint16"],
        ["<u4", "uint32"],
        [">u8", "uint64"],
        ["<u8", "uint64"],
      ] as const
    ).map(([descr, dtype]) => ({ order, descr, dtype })),
  );
  it.each(orders)("reads $descr in $order order", ({ order, descr, dtype }) => {
    const shape: Vec4 = [4, 3, 5, 2];
    const wanted = decodeBytes(ws, npz, numbered(shape, `<${descr.slice(1)}`, "F"), { shape, dtype });
    const got = decodeBytes(ws, npz, numbered(shape, descr, order), { shape, dtype });
    expect(Buffer.compare(got, wanted)).toBe(0);
    expect(wanted[(3 + 4 * (2 + 3 * (4 + 5))) * (dtype === "uint16" ? 2 : dtype === "uint32" ? 4 : 8)]).toBe(
      1423 & 255,
    );
  });

  it("reads arrays of three axes, with a first axis of one element or without", () => {
    const shape: Vec4 = [4, 3, 5, 1];
    const wanted = decodeBytes(ws, npz, numbered(shape, "<u2", "F"), { shape, dtype: "uint16" });
    for (const axes of [
      [4, 3, 5],
      [1, 4, 3, 5],
    ])
      for (const order of ["C", "F"] as const)
        expect(decodeBytes(ws, npz, numbered(shape, "<u2", order, axes), { shape, dtype: "uint16" })).toEqual(
          wanted,
        );
    const two: ChunkSpec = { shape: [4, 3, 5, 2], dtype: "uint16" };
    expect(() => decodeBytes(ws, npz, numbered(two.shape, "<u2", "C", [2, 4, 3, 5]), two)).toThrow(
      DecodingError,
    );
  });

  it("keeps the bits of NaN", () => {
    const shape: Vec4 = [2, 1, 1, 2];
    const bits = BigUint64Array.of(0x7ff0000000000001n, 0xfff8000000000123n, 0x7ff8000000000000n, 1n);
    const dict = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1, 1, 2), }";
    const got = decodeBytes(ws, npz, stored(npyFile(dict), new Uint8Array(bits.buffer)), {
      shape,
      dtype: "float64",
    });
    expect([...new BigUint64Array(got.buffer)]).toEqual([bits[0], bits[2], bits[1], bits[3]]);
  });

  it("is a .npy file of four axes", () => {
    const bytes = encodeBytes(ws, npz, voxels, spec);
    expect([...bytes.subarray(0, 2)]).toEqual([0x78, 0x9c]);
    expect(Buffer.compare(bytes, stored(header, voxels))).toBe(0);
  });

  const floats = (dtype: DataType, values: readonly number[]): number[] => {
    const array = dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values);
    const shape: Vec4 = [values.length, 1, 1, 1];
    const bytes = encodeBytes(ws, npzUint8, new Uint8Array(array.buffer), { shape, dtype });
    return [...decodeBytes(ws, npz, bytes, { shape, dtype: "uint8" })];
  };

  it.each(["float32", "float64"] as const)("npz_uint8 stores %s as bytes", (dtype) => {
    expect(floats(dtype, [0, 1, 0.5, 0.999, 1.003, 0.25])).toEqual([0, 255, 127, 254, 255, 63]);
    // As CloudVolume has it on x86: towards zero, modulo 256.
    expect(floats(dtype, [2.5, -0.5, 256.3, 255, Number.NaN, Number.POSITIVE_INFINITY, 1e9])).toEqual([
      125, 129, 76, 1, 0, 0, 0,
    ]);
  });

  it("npz_uint8 takes floats, and gives none", () => {
    expect(() => npzUint8.check({ shape: [1, 1, 1, 1], dtype: "uint8" })).toThrow(EncodingError);
    expect(() => encodeBytes(ws, npzUint8, voxels, spec)).toThrow(EncodingError);
    const float: ChunkSpec = { shape: [1, 1, 1, 1], dtype: "float32" };
    npzUint8.check(float);
    const bytes = encodeBytes(ws, npzUint8, new Uint8Array(4), float);
    expect(() => decodeBytes(ws, npzUint8, bytes, float)).toThrow(DecodingError);
  });
});
