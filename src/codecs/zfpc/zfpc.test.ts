import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bareStreams, floatStreams } from "../../../test/support/float-streams.js";
import { goldenEntries, goldenPath, goldenRoot } from "../../../test/support/golden.js";
import { arrayType, type DataType } from "../../base/dtype.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { toFortran } from "../../base/gather.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import { parseNpy } from "../../base/npy.js";
import { cStride, type Vec4 } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import { testCodec } from "../testing.js";
import {
  chunkVoxels,
  cutBox,
  decodeBox,
  decodeBytes,
  encodeBytes,
  randomBox,
  seeded,
} from "../testing-chunks.js";
import { decodeZfpStream, encodeZfpStream, zfpc } from "./index.js";

const types = ["float32", "float64", "int32", "int64"] as const;
const chunks: readonly (readonly [Vec4, string])[] = [
  [[1, 1, 1, 1], "TTTT"],
  [[9, 6, 5, 1], "TTTF"],
  [[6, 5, 7, 2], "TTFF"],
  [[5, 9, 3, 2], "FTTT"],
  [[4, 3, 5, 3], "TFTF"],
  [[3, 2, 3, 2], "FFFT"],
];
const flags = (text: string): boolean[] => [...text].map((c) => c === "T");
const specs: ChunkSpec[] = types.flatMap((dtype) =>
  chunks.map(([shape, text]) => ({ shape, dtype, params: { zfpc_correlated_dims: flags(text) } })),
);
const ws = createWorkspace();
interface GoldenChunk {
  readonly truth: { readonly file?: string; readonly shape?: readonly number[]; readonly sha256_F: string };
  readonly dtype?: DataType;
  readonly shape?: readonly number[];
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

testCodec({
  codec: zfpc,
  specs,
  refused: [
    ...(["uint8", "uint32", "uint64"] as const).map((dtype): ChunkSpec => ({ shape: [4, 4, 4, 1], dtype })),
    { shape: [4, 0, 4, 1], dtype: "float32" },
  ],
  mutations: 150,
  sizeFields: [
    { name: "length of x", offset: () => 6, bytes: 4, littleEndian: true },
    { name: "length of z", offset: () => 14, bytes: 4, littleEndian: true },
    // 0 channels: none told.
    { name: "number of channels", offset: () => 18, bytes: 4, littleEndian: true, harmless: true },
    { name: "start of the streams", offset: () => 23, bytes: 4, littleEndian: true },
    { name: "length of a stream", offset: () => 31, bytes: 4, littleEndian: true },
  ],
  hostile: [
    {
      name: "a million streams in a header",
      spec: { shape: [1, 1024, 1024, 1], dtype: "float32" },
      make: () => {
        const spec: ChunkSpec = { shape: [1, 1, 1, 1], dtype: "float32" };
        const bytes = encodeBytes(createWorkspace(), zfpc, new Uint8Array(4), spec);
        const view = new DataView(bytes.buffer);
        view.setUint32(10, 1024, true);
        view.setUint32(14, 1024, true);
        bytes[22] = 1;
        return bytes;
      },
    },
    {
      name: "a million voxels in some bits",
      spec: { shape: [128, 128, 64, 1], dtype: "float32", params: { zfpc_correlated_dims: flags("TTTF") } },
      make: () => {
        const spec: ChunkSpec = {
          shape: [128, 128, 64, 1],
          dtype: "float32",
          params: { zfpc_correlated_dims: flags("TTTF") },
        };
        const whole = encodeBytes(createWorkspace(), zfpc, new Uint8Array(2 ** 22), spec);
        const cut = whole.slice(0, 39 + 800);
        new DataView(cut.buffer).setUint32(31, 800, true);
        return cut;
      },
    },
  ],
});

describe("the package's zfpc streams", () => {
  it.each(floatStreams("zfpc").map((s) => [s.name, s] as const))("%s", async (_, stream) => {
    await zfpc.load?.();
    const { spec, voxels, bytes, decoded } = stream;
    expect(hex(encodeBytes(ws, zfpc, voxels, spec))).toBe(hex(bytes));
    expect(hex(decodeBytes(ws, zfpc, bytes, spec))).toBe(hex(decoded));
    const box = randomBox(spec, seeded(bytes.length));
    expect(Buffer.compare(decodeBox(ws, zfpc, bytes, spec, box).voxels, cutBox(decoded, spec, box))).toBe(0);
  });
});

describe("zfpy's streams", () => {
  it.each(bareStreams().map((s) => [s.name, s] as const))("%s", async (_, stream) => {
    const { dtype, shape, mode, values, bytes, decoded } = stream;
    const data = new (arrayType(dtype))(values.slice().buffer);
    expect(hex(await encodeZfpStream({ data, shape, stride: cStride(shape) }, mode))).toBe(hex(bytes));
    const array = await decodeZfpStream(bytes);
    expect([array.dtype, array.shape, array.stride]).toEqual([dtype, shape, cStride(shape)]);
    expect(hex(new Uint8Array(array.data.buffer))).toBe(hex(decoded));
  });

  it("takes arrays in any order", async () => {
    const data = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i));
    const turned = Float32Array.from({ length: 60 }, (_, i) => data[(i % 6) * 10 + Math.floor(i / 6)]!);
    expect(await encodeZfpStream({ data: turned, shape: [6, 10], stride: [1, 6] })).toEqual(
      await encodeZfpStream({ data, shape: [6, 10], stride: [10, 1] }),
    );
  });

  it("refuses damaged headers, sizes that cannot be, and arrays that zfp lacks", async () => {
    const data = new Float64Array(64).fill(3);
    const bytes = await encodeZfpStream({ data, shape: [64], stride: [1] });
    for (const length of [0, 3, 11, 12])
      await expect(decodeZfpStream(bytes.subarray(0, length))).rejects.toThrow(DecodingError);
    const large = bytes.slice();
    large[8] = 0xff; // 2^39 values.
    await expect(decodeZfpStream(large)).rejects.toThrow(/cut short/);
    const old = bytes.slice();
    old[3] = 4;
    await expect(decodeZfpStream(old)).rejects.toThrow(/version/);
    for (const array of [
      { data: new Uint8Array(4), shape: [4], stride: [1] },
      { data: new Float32Array(0), shape: [0, 4], stride: [4, 1] },
      { data: new Float32Array(1), shape: [1, 1, 1, 1, 1], stride: [1, 1, 1, 1, 1] },
    ])
      await expect(encodeZfpStream(array)).rejects.toThrow(EncodingError);
  });
});

describe.runIf(goldenRoot !== undefined)("golden chunks", () => {
  const golden = goldenEntries(["chunk", "real-stream"], "golden zfpc chunks");
  const chunks = golden
    .filter((e) => /\/zfpc_/.test(e.path))
    .map((e) => [e.path, e as unknown as GoldenChunk] as const);

  it.each(chunks)("%s", async (path, { truth, dtype, shape }) => {
    await zfpc.load?.();
    const bytes = new Uint8Array(readFileSync(goldenPath(path)));
    const spec: ChunkSpec = {
      shape: (shape ?? truth.shape) as unknown as Vec4,
      dtype: dtype ?? types.find((type) => path.includes(type))!,
    };
    const voxels = decodeBytes(ws, zfpc, bytes, spec);
    // The package reads every type as float32.
    const data = new (arrayType(spec.dtype))(voxels.slice().buffer) as ArrayLike<number | bigint>;
    const floats = new Uint8Array(Float32Array.from(data, Number).buffer);
    expect(createHash("sha256").update(floats).digest("hex")).toBe(truth.sha256_F);
    const flags = [0, 1, 2, 3].map((i) => ((bytes[22]! >> i) & 1) === 1);
    const reversible = ((bytes[5]! >> 3) & 7) === 5 && bytes[5]! >> 7 === 0;
    if (!reversible) return;
    const again = encodeBytes(ws, zfpc, voxels, { ...spec, params: { zfpc_correlated_dims: flags } });
    expect(Buffer.compare(again, bytes)).toBe(0);
  });

  const bare = golden
    .filter((e) => /\/zfp_/.test(e.path))
    .map((e) => [e.path, e as unknown as GoldenChunk] as const);
  it.each(bare)("%s", async (path, { truth }) => {
    const array = await decodeZfpStream(new Uint8Array(readFileSync(goldenPath(path))));
    const wanted = parseNpy(gunzipSync(readFileSync(goldenPath(truth.file!))));
    expect(array.shape).toEqual(wanted.shape);
    expect(hex(new Uint8Array(toFortran(array).buffer))).toBe(
      hex(new Uint8Array(toFortran(wanted).slice().buffer)),
    );
  });
});

describe("zfpc", () => {
  const encoded = (dtype: DataType, params: Record<string, unknown>): Uint8Array => {
    const spec: ChunkSpec = { shape: [8, 8, 4, 2], dtype, params };
    return encodeBytes(ws, zfpc, chunkVoxels(spec, "smooth", seeded(1)), spec);
  };

  it("decodes and encodes right where the memory has to grow for it", async () => {
    await zfpc.load?.();
    for (const text of ["TTTT", "TTTF", "TTFF"]) {
      const spec: ChunkSpec = {
        shape: [150, 90, 20, 1],
        dtype: "float64",
        params: { zfpc_correlated_dims: flags(text) },
      };
      const voxels = chunkVoxels(spec, "smooth", seeded(1));
      const bytes = encodeBytes(createWorkspace(), zfpc, voxels, spec);
      expect(Buffer.compare(decodeBytes(createWorkspace(), zfpc, bytes, spec), voxels)).toBe(0);
    }
  });

  it("decodes a box alike whatever lies around it", () => {
    const random = seeded(9);
    for (const params of [{ zfpc_rate: 9 }, { zfpc_precision: 14 }, { zfpc_tolerance: 0.1 }])
      for (const text of ["TTTT", "TTTF", "FTTF"]) {
        const spec: ChunkSpec = {
          shape: [13, 11, 10, 2],
          dtype: "float32",
          params: { ...params, zfpc_correlated_dims: flags(text) },
        };
        const bytes = encodeBytes(ws, zfpc, chunkVoxels(spec, "noise", random), spec);
        const whole = decodeBytes(ws, zfpc, bytes, spec);
        for (let i = 0; i < 20; i++) {
          const box = randomBox(spec, random);
          const { voxels } = decodeBox(ws, zfpc, bytes, spec, box);
          expect(Buffer.compare(voxels, cutBox(whole, spec, box)), JSON.stringify(box)).toBe(0);
        }
      }
  });

  it("keeps to a tolerance", () => {
    const spec: ChunkSpec = { shape: [20, 20, 20, 1], dtype: "float64", params: { zfpc_tolerance: 1e-3 } };
    const values = Float64Array.from({ length: 8000 }, (_, i) => Math.sin(i / 7) * 50);
    const bytes = encodeBytes(ws, zfpc, new Uint8Array(values.buffer), spec);
    const back = new Float64Array(decodeBytes(ws, zfpc, bytes, spec).slice().buffer);
    const most = values.reduce((m, v, i) => Math.max(m, Math.abs(v - back[i]!)), 0);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(1e-3);
  });

  it("refuses parameters that make no sense", () => {
    const wrong: readonly (readonly [DataType, Record<string, unknown>, RegExp])[] = [
      ["float32", { zfpc_rate: 8, zfpc_precision: 8 }, /Several modes/],
      ["float32", { zfpc_rate: "8" }, /zfpc_rate/],
      ["float32", { zfpc_rate: 200 }, /rate/],
      ["float64", { zfpc_rate: 2, zfpc_correlated_dims: flags("TFFF") }, /rate.*12 to/],
      ["float32", { zfpc_precision: 7.5 }, /precision/],
      ["int32", { zfpc_tolerance: 1 }, /tolerance/],
      ["float32", { zfpc_tolerance: Number.NaN }, /tolerance/],
      ["float32", { zfpc_correlated_dims: flags("FFFF") }, /zfpc_correlated_dims/],
      ["float32", { zfpc_correlated_dims: [true] }, /zfpc_correlated_dims/],
    ];
    for (const [dtype, params, message] of wrong) {
      expect(() => encoded(dtype, params)).toThrow(EncodingError);
      expect(() => encoded(dtype, params)).toThrow(message);
    }
    expect(encoded("float32", { zfpc_rate: -1, zfpc_precision: -1, zfpc_tolerance: -1 })).toEqual(
      encoded("float32", {}),
    );
  });

  it("refuses axes beyond the header's fields", () => {
    const spec: ChunkSpec = { shape: [4097, 1, 1, 1], dtype: "float32" };
    expect(() => encodeBytes(ws, zfpc, new Uint8Array(4 * 4097), spec)).toThrow(/too long for zfp.*4096/);
  });

  it("refuses another type or shape", () => {
    const bytes = encoded("float32", {});
    for (const other of [
      { shape: [8, 4, 8, 2], dtype: "float32" },
      { shape: [8, 8, 4, 2], dtype: "int32" },
    ] as const)
      expect(() => decodeBytes(ws, zfpc, bytes, other)).toThrow(/another data type or shape/);
    const swapped = bytes.slice();
    swapped[39 + 4] = 0x80; // The stream within: another axis length.
    expect(() => decodeBytes(ws, zfpc, swapped, { shape: [8, 8, 4, 2], dtype: "float32" })).toThrow(
      DecodingError,
    );
  });
});
