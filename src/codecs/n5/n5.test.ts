import { describe, expect, it } from "vitest";
import { DATA_TYPES, type DataType } from "../../base/dtype.js";
import { DecodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import { fortranStride, product, type Vec4 } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import type { StoredArray } from "../stored-array.js";
import { testCodec } from "../testing.js";
import { chunkVoxels, decodeBytes, encodeBytes, seeded } from "../testing-chunks.js";
import { n5 } from "./index.js";

function spec(shape: Vec4, dtype: DataType, whole: Vec4 = shape, more: Partial<StoredArray> = {}): ChunkSpec {
  const stored: StoredArray = {
    chain: [],
    bigEndian: true,
    shape: whole,
    stride: fortranStride(whole) as unknown as Vec4,
    start: 0,
    elements: product(whole),
    fill: 0,
    ...more,
  };
  return { shape, dtype, params: { stored, axes: whole[3] === 1 ? [0, 1, 2, -1] : [0, 1, 2, 3] } };
}

testCodec({
  codec: n5,
  specs: [
    ...DATA_TYPES.map((dtype) => spec([5, 4, 3, 2], dtype)),
    spec([1, 1, 1, 1], "uint16"),
    spec([3, 4, 2, 1], "uint64", [8, 8, 8, 1]),
    spec([3, 4, 2, 2], "float32", [8, 8, 8, 2]),
    { ...spec([3, 4, 2, 3], "int16", [8, 8, 8, 2], { parts: 2 }) },
  ],
  refused: [],
  sizeFields: [0, 1, 2].map((i) => ({
    name: `side ${i}`,
    offset: () => 4 + 4 * i,
    bytes: 4,
    littleEndian: false,
  })),
  mutations: 20,
});

describe("n5", () => {
  const ws = createWorkspace();
  const header = (...sides: number[]): number[] => [
    ...[0, 0, 0, sides.length],
    ...sides.flatMap((side) => [0, 0, 0, side]),
  ];

  it("has a header of mode, axes and sides, and big-endian voxels", () => {
    const encoded = encodeBytes(ws, n5, Uint8Array.of(1, 0, 2, 0), spec([2, 1, 1, 1], "uint16"));
    expect([...encoded]).toEqual([...header(2, 1, 1), 0, 1, 0, 2]);
  });

  it("reads whole blocks at a dataset's end, and mode 1", () => {
    const chunk = spec([1, 1, 1, 1], "uint8", [2, 1, 1, 1]);
    expect(decodeBytes(ws, n5, Uint8Array.from([...header(2, 1, 1), 5, 6]), chunk)).toEqual(Uint8Array.of(5));
    const mode1 = Uint8Array.from([0, 1, ...header(2, 1, 1).slice(2), 0, 0, 0, 2, 5, 6]);
    expect(decodeBytes(ws, n5, mode1, spec([2, 1, 1, 1], "uint8"))).toEqual(Uint8Array.of(5, 6));
  });

  it("refuses blocks that are too small or too large for their place, other modes, other counts", () => {
    const chunk = spec([2, 2, 1, 1], "uint8");
    for (const bytes of [
      [...header(1, 2, 1), 5, 6],
      [...header(3, 2, 1), 1, 2, 3, 4, 5, 6],
      [...header(2, 2), 1, 2, 3, 4],
      [0, 2, ...header(2, 2, 1).slice(2), 1, 2, 3, 4],
      [0, 1, ...header(2, 2, 1).slice(2), 0, 0, 0, 3, 1, 2, 3],
      [...header(2, 2, 1), 1, 2, 3],
      [...header(2, 2, 1), 1, 2, 3, 4, 5],
    ])
      expect(() => decodeBytes(ws, n5, Uint8Array.from(bytes), chunk), bytes.join()).toThrow(DecodingError);
  });

  it("packs behind the header", async () => {
    const chunk = spec([16, 16, 8, 1], "uint32", [16, 16, 16, 1], { chain: [{ name: "lz4-block" }] });
    await n5.load?.();
    const voxels = chunkVoxels(chunk, "labels", seeded(3));
    const packed = await n5.pack!(ws, encodeBytes(ws, n5, voxels, chunk), chunk);
    expect([...packed.subarray(0, 16)]).toEqual(header(16, 16, 8));
    expect(decodeBytes(ws, n5, packed, chunk)).toEqual(voxels);
  });
});
