import { describe, expect, it } from "vitest";
import { DATA_TYPES, type DataType } from "../../base/dtype.js";
import { DecodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import { cStride, product, type Vec4 } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import type { StoredArray } from "../stored-array.js";
import { testCodec } from "../testing.js";
import { chunkVoxels, decodeBytes, encodeBytes, seeded, toWorkspace } from "../testing-chunks.js";
import { zarr } from "./index.js";

/** Chunks of `whole` voxels whose stored axes are `order` (0 to 3: x to channel), the slowest first. */
function spec(
  shape: Vec4,
  dtype: DataType,
  order: readonly (0 | 1 | 2 | 3)[] = [3, 2, 1, 0],
  more: Partial<StoredArray> = {},
  whole: Vec4 = shape,
): ChunkSpec {
  const steps = cStride(order.map((axis) => whole[axis]));
  const stride = [0, 1, 2, 3].map((axis) => steps[order.indexOf(axis as 0)] ?? 0) as unknown as Vec4;
  const stored: StoredArray = {
    chain: [],
    bigEndian: false,
    shape: whole,
    stride,
    start: 0,
    elements: product(whole),
    fill: 0,
    ...more,
  };
  return { shape, dtype, params: { stored } };
}

testCodec({
  codec: zarr,
  specs: [
    ...DATA_TYPES.map((dtype) => spec([5, 4, 3, 2], dtype)),
    ...DATA_TYPES.map((dtype) => spec([5, 4, 3, 2], dtype, [3, 2, 1, 0], { bigEndian: true })),
    spec([1, 1, 1, 1], "uint8"),
    spec([7, 3, 5, 2], "float64", [0, 1, 2, 3]),
    spec([7, 3, 5, 2], "uint16", [2, 3, 0, 1], { bigEndian: true }),
    spec([7, 3, 5, 1], "uint32", [2, 1, 0]),
    spec([4, 3, 2, 1], "uint8", [3, 2, 1, 0], { fill: 9 }, [8, 5, 4, 1]),
    spec([4, 3, 2, 2], "int64", [0, 2, 1, 3], { fill: 9n }, [8, 5, 4, 2]),
    spec([4, 3, 2, 5], "uint16", [3, 2, 1, 0], { parts: 3 }, [4, 3, 2, 2]),
    spec([4, 3, 2, 1], "uint16", [3, 2, 1, 0], {}, [4, 3, 2, 3]),
  ],
  refused: [],
  mutations: 20,
});

describe("zarr", () => {
  const ws = createWorkspace();

  it("stores C order with x fastest", () => {
    const chunk = spec([3, 2, 1, 1], "uint16", [2, 1, 0]);
    const voxels = Uint8Array.from({ length: 12 }, (_, i) => i);
    expect(encodeBytes(ws, zarr, voxels, chunk)).toEqual(voxels);
  });

  it("stores F order with z fastest, big endian", () => {
    const chunk = spec([2, 1, 2, 1], "uint16", [0, 1, 2], { bigEndian: true });
    const encoded = encodeBytes(ws, zarr, Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0), chunk);
    expect(encoded).toEqual(Uint8Array.of(0, 1, 0, 3, 0, 2, 0, 4));
  });

  it("fills what lies beyond the volume", () => {
    const chunk = spec([1, 1, 1, 1], "uint8", [2, 1, 0], { fill: 7 }, [2, 2, 1, 1]);
    expect(encodeBytes(ws, zarr, Uint8Array.of(5), chunk)).toEqual(Uint8Array.of(5, 7, 7, 7));
  });

  it("reads one point in time out of a chunk of several", () => {
    const chunk = spec([2, 2, 1, 1], "uint8", [2, 1, 0], { start: 4, elements: 12 });
    const bytes = Uint8Array.from({ length: 12 }, (_, i) => i);
    expect(decodeBytes(ws, zarr, bytes, chunk)).toEqual(Uint8Array.of(4, 5, 6, 7));
  });

  it("refuses any other length, and layers that say nothing of their chunks", () => {
    const chunk = spec([4, 4, 4, 1], "uint32");
    for (const length of [0, 255, 257])
      expect(() => decodeBytes(ws, zarr, new Uint8Array(length), chunk)).toThrow(DecodingError);
    expect(() => decodeBytes(ws, zarr, new Uint8Array(64), { shape: [4, 4, 4, 1], dtype: "uint8" })).toThrow(
      /need the description/,
    );
  });

  it("packs what it stores", async () => {
    const chain = [{ name: "blosc", cname: "lz4", typesize: 4 }, { name: "crc32c" }];
    const chunk = spec([16, 16, 16, 1], "uint32", [2, 1, 0], { chain });
    await zarr.load?.();
    const voxels = chunkVoxels(chunk, "labels", seeded(3));
    const packed = await zarr.pack!(ws, encodeBytes(ws, zarr, voxels, chunk), chunk);
    expect(packed.length).toBeLessThan(voxels.length);
    expect(decodeBytes(ws, zarr, packed, chunk)).toEqual(voxels);
    const source = toWorkspace(ws, voxels);
    expect(zarr.encodeNow?.(ws, source, chunk)).toEqual(packed);
    const waits = spec([16, 16, 16, 1], "uint32", [2, 1, 0], { chain: [{ name: "br" }] });
    expect(zarr.encodeNow?.(ws, source, waits)).toBe(undefined);
  });
});
