import { describe, expect, it } from "vitest";
import { arrayType, type DataType } from "../base/dtype.js";
import {
  AbortError,
  ArgumentError,
  DecodingError,
  DimensionError,
  EncodingError,
  UnsupportedFormatError,
} from "../base/errors.js";
import { cStride, fortranStride, product, type StridedArray } from "../base/strided.js";
import { decodeChunk, encodeChunk } from "./chunk.js";
import { arrayCodecs, builtinCodecs, codecRegistry, getCodec, loadedCodec } from "./index.js";

function counting(dtype: DataType, shape: readonly number[], stride = fortranStride(shape)): StridedArray {
  const data = new (arrayType(dtype))(product(shape));
  for (let i = 0; i < data.length; i++) data[i] = typeof data[i] === "bigint" ? BigInt(i) : i % 251;
  return { data, shape, stride, dtype };
}

describe("chunks without a volume", () => {
  it.each([
    ["raw", "float64"],
    ["raw", "bool"],
    ["compressed_segmentation", "uint64"],
    ["compressed_segmentation", "uint32"],
    ["png", "uint16"],
  ] as const)("%s of %s comes back, whatever the order", async (encoding, dtype) => {
    const shape = [5, 4, 3, 2];
    for (const stride of [fortranStride(shape), cStride(shape)]) {
      const array = counting(dtype, shape, stride);
      if (dtype === "bool") for (let i = 0; i < array.data.length; i++) array.data[i] = i % 2;
      const bytes = await encodeChunk(encoding, array);
      const back = await decodeChunk(encoding, bytes, { shape, dtype });
      expect(back.shape).toEqual(shape);
      expect(back.stride).toEqual(fortranStride(shape));
      expect(back.dtype).toBe(dtype);
      for (const [x, y, z, c] of [
        [0, 0, 0, 0],
        [1, 2, 0, 1],
        [4, 3, 2, 1],
      ] as const) {
        const at = (s: readonly number[]): number => x * s[0]! + y * s[1]! + z * s[2]! + c * s[3]!;
        expect(back.data[at(back.stride)]).toBe(array.data[at(stride)]);
      }
    }
  });

  it("takes three axes as one channel, and the parameters of the scale", async () => {
    const array = counting("uint8", [16, 8, 4]);
    const [small, large] = await Promise.all(
      [10, 100].map((jpeg_quality) => encodeChunk("jpeg", array, { params: { jpeg_quality } })),
    );
    expect(small!.length).toBeLessThan(large!.length);
    const back = await decodeChunk("jpeg", large!, { shape: [16, 8, 4], dtype: "uint8" });
    expect(back.shape).toEqual([16, 8, 4, 1]);
    expect(back.data.every((v, i) => Math.abs(Number(v) - Number(array.data[i])) < 40)).toBe(true);
  });

  it("gives arrays of their own", async () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const a = await decodeChunk("raw", bytes, { shape: [4, 1, 1], dtype: "uint8" });
    await decodeChunk("raw", new Uint8Array(4), { shape: [4, 1, 1], dtype: "uint8" });
    expect([...(a.data as Uint8Array)]).toEqual([1, 2, 3, 4]);
    expect(a.data.buffer.byteLength).toBe(4);
  });

  it("uses the block size", async () => {
    const array = counting("uint32", [8, 8, 8]);
    const bytes = await encodeChunk("compressed_segmentation", array, { blockSize: [4, 4, 4] });
    const options = { shape: [8, 8, 8], dtype: "uint32", blockSize: [4, 4, 4] } as const;
    expect((await decodeChunk("compressed_segmentation", bytes, options)).data).toEqual(array.data);
  });

  it("refuses what it cannot hold, by type", async () => {
    const array = counting("uint8", [2, 2, 2]);
    await expect(encodeChunk("nope", array)).rejects.toThrow(UnsupportedFormatError);
    await expect(encodeChunk("jpeg", counting("float32", [2, 2, 2]))).rejects.toThrow(EncodingError);
    await expect(encodeChunk("raw", counting("uint8", [2, 2]))).rejects.toThrow(DimensionError);
    await expect(encodeChunk("raw", { ...array, stride: [4, 4, 4] })).rejects.toThrow(ArgumentError);
    const wrong = { shape: [2, 2, 2], dtype: "uint16" } as const;
    await expect(decodeChunk("png", await encodeChunk("png", array), wrong)).rejects.toThrow(DecodingError);
    await expect(decodeChunk("raw", new Uint8Array(8), { ...wrong, shape: [2, 0, 2] })).rejects.toThrow(
      DimensionError,
    );
    await expect(
      decodeChunk("raw", new Uint8Array(8), { ...wrong, shape: [2 ** 31, 2 ** 31, 2] }),
    ).rejects.toThrow(/exhausted|whole numbers/);
  });

  it("listens to the signal", async () => {
    const signal = AbortSignal.abort();
    await expect(encodeChunk("raw", counting("uint8", [1, 1, 1]), { signal })).rejects.toThrow(AbortError);
    await expect(
      decodeChunk("raw", new Uint8Array(1), { shape: [1, 1, 1], dtype: "uint8", signal }),
    ).rejects.toThrow(AbortError);
  });
});

describe("the registry", () => {
  it("has every codec under its name", () => {
    const codecs = [...builtinCodecs(), ...arrayCodecs()];
    expect([...codecRegistry.keys()]).toEqual(codecs.map(({ name }) => name));
    for (const codec of codecs) expect(getCodec(codec.name)).toBe(codec);
  });

  it("names what there is when asked for anything else", async () => {
    expect(() => getCodec("jxl2")).toThrow(UnsupportedFormatError);
    expect(() => getCodec("jxl2")).toThrow(/expected .*compressed_segmentation.*png.*raw.*, got "jxl2"/);
    await expect(loadedCodec("constructor")).rejects.toThrow(UnsupportedFormatError);
  });
});
