import { beforeAll, describe, expect, it } from "vitest";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { ChunkSpec } from "../codec.js";
import { testCodec } from "../testing.js";
import { chunkVoxels, concat, decodeBytes, encodeBytes, seeded } from "../testing-chunks.js";
import type { JxlDecoder, JxlEncoder, JxlSettings } from "./engine.js";
import { jxl, jxlCodec } from "./index.js";
import { loadLibjxl } from "./libjxl.js";
import { installedLibjxl } from "./libjxl-files.node.js";
import { bitsOf, fileNamed, files, framesOf } from "./testing.js";
import { loadVips } from "./vips.js";

const gray: ChunkSpec = { shape: [16, 4, 4, 1], dtype: "uint8", params: { jxl_quality: 100, jxl_effort: 3 } };
const ws = createWorkspace();
const three = fileNamed("three frames").bytes;
const [first, second] = framesOf(three);
const animation = three.subarray(0, first!.start);
const frame = three.subarray(first!.start, second!.start);

/** A header of any size, gray of 8 bits, and frame headers that say nothing. */
function sized(width: number, height: number): Uint8Array {
  const size = [
    [0, 1],
    [3, 2],
    [height - 1, 30],
    [0, 3],
    [3, 2],
    [width - 1, 30],
  ] as const;
  const metadata = [
    [0, 1],
    [0, 1],
    [0, 1],
    [0, 2],
    [1, 1],
    [0, 2],
    [0, 1],
  ] as const;
  const colors = [
    [0, 1],
    [0, 1],
    [1, 2],
    [1, 2],
    [0, 1],
    [2, 2],
    [11, 4],
    [0, 2],
    [0, 2],
    [1, 1],
  ] as const;
  return concat(Uint8Array.of(0xff, 0x0a), bitsOf(...size, ...metadata, ...colors), new Uint8Array(60));
}

testCodec({
  codec: jxl,
  specs: (
    [
      [[1, 1, 1, 1], "uint8"],
      [[1, 1, 1, 3], "uint16"],
      [[7, 5, 3, 1], "uint8"],
      [[7, 5, 3, 3], "uint8"],
      [[7, 5, 3, 4], "uint8"],
      [[1, 9, 4, 1], "uint16"],
      [[5, 2, 3, 3], "uint16"],
      [[3, 2, 3, 3], "uint8"],
      [[5, 2, 3, 4], "uint16"],
      [[70, 1, 1, 1], "uint8"],
      [[3, 64, 50, 1], "uint8"],
    ] as const
  ).map(([shape, dtype]) => ({ ...gray, shape, dtype })),
  refused: [
    { ...gray, dtype: "uint32" },
    { ...gray, dtype: "int8" },
    { ...gray, dtype: "bool" },
    { ...gray, dtype: "float32" },
    { ...gray, shape: [4, 4, 4, 2] },
    { ...gray, shape: [4, 4, 4, 5] },
  ],
  cutEverywhere: ({ shape }) => shape[0] * shape[1] * shape[2] <= 64,
  hostile: [
    { name: "a header of 2^30 x 2^30", spec: gray, make: () => sized(2 ** 30, 2 ** 30) },
    { name: "a header of 2^30 x 1", spec: gray, make: () => sized(2 ** 30, 1) },
    { name: "boxes of nothing", spec: gray, make: () => fileNamed("in boxes").bytes.subarray(0, 12) },
    {
      name: "thousands of frames",
      spec: { shape: [20, 9, 5, 3], dtype: "uint8" },
      make: () => concat(animation, ...Array.from({ length: 5000 }, () => frame)),
    },
    {
      name: "a frame for each of three channels in a chunk of four",
      spec: { shape: [20, 9, 5, 4], dtype: "uint8" },
      make: () => three,
    },
    {
      name: "three frames in a gray chunk",
      spec: { shape: [20, 9, 5, 1], dtype: "uint8" },
      make: () => three,
    },
  ],
});

describe("jxl", () => {
  beforeAll(() => jxl.load?.());

  it.each(files.map((file) => [file.name, file] as const))("decodes libjxl's file: %s", (_name, file) => {
    const { spec, bytes, voxels } = file;
    const tolerance = file.lossless ? 0 : spec.dtype === "uint8" ? 1 : 16;
    expect(largestStep(decodeBytes(ws, jxl, bytes, spec), voxels, spec)).toBeLessThanOrEqual(tolerance);
  });

  it("compares depth, channels and size with the chunk", () => {
    const { bytes, spec } = fileNamed("uint8 x3");
    const refuse = (other: Partial<ChunkSpec>): void =>
      expect(() => decodeBytes(ws, jxl, bytes, { ...spec, ...other })).toThrow(DecodingError);
    refuse({ dtype: "uint16" });
    refuse({ shape: [12, 7, 3, 1] });
    refuse({ shape: [12, 7, 3, 4] });
    refuse({ shape: [12, 7, 4, 3] });
    const turned: ChunkSpec = { ...spec, shape: [21, 3, 4, 3] };
    expect(decodeBytes(ws, jxl, bytes, turned)).toHaveLength(12 * 7 * 3 * 3);
  });

  it("is nearer to the voxels with higher quality, and smaller with lower", () => {
    const spec: ChunkSpec = { shape: [40, 30, 10, 1], dtype: "uint8" };
    const random = seeded(5);
    const voxels = chunkVoxels(spec, "smooth", seeded(1)).map((v) => v + 24 * random());
    const results = [30, 60, 85, 95, 100].map((jxl_quality) => {
      const bytes = encodeBytes(ws, jxl, voxels, { ...spec, params: { jxl_quality } });
      const decoded = decodeBytes(ws, jxl, bytes, spec);
      return { size: bytes.length, error: decoded.reduce((sum, v, i) => sum + (v - voxels[i]!) ** 2, 0) };
    });
    for (const [i, { size, error }] of results.entries()) {
      if (i === 0) continue;
      expect(size).toBeGreaterThan(results[i - 1]!.size);
      expect(error).toBeLessThan(results[i - 1]!.error);
    }
    expect(results.at(-1)!.error).toBe(0);
  });

  it("keeps colours under transparent pixels when lossless", () => {
    const spec: ChunkSpec = { ...gray, shape: [16, 4, 4, 4] };
    const voxels = chunkVoxels(spec, "noise", seeded(2)).map((v, i) => (i >= 3 * 256 && i % 3 > 0 ? 0 : v));
    expect(decodeBytes(ws, jxl, encodeBytes(ws, jxl, voxels, spec), spec)).toEqual(voxels);
  });

  it("leaves nothing in the global object", () => {
    expect(Object.keys(globalThis).filter((name) => /icodec|vips/i.test(name))).toEqual([]);
    expect("_icodec_ImageData" in globalThis).toBe(false);
  });
});

describe("the parameters of jxl", () => {
  const seen: JxlSettings[] = [];
  const encoder: JxlEncoder = {
    encode: (_pixels, _image, settings) => {
      seen.push(settings);
      return new Uint8Array(1);
    },
  };
  const codec = jxlCodec({ loadEncoder: async () => encoder });
  const settings = (params: Readonly<Record<string, unknown>>): JxlSettings => {
    encodeBytes(ws, codec, new Uint8Array(256), { ...gray, params });
    return seen.at(-1)!;
  };
  beforeAll(() => codec.load?.("encode"));

  it("are those of CloudVolume", () => {
    expect(settings({})).toEqual({ distance: expect.closeTo(1.45), effort: 5, decodingSpeed: 0 });
    expect(settings({ jxl_quality: 100 }).distance).toBe(0);
    expect(settings({ jxl_quality: 250 }).distance).toBe(0);
    expect(settings({ jxl_quality: 99.5 }).distance).toBeCloseTo(0.145);
    expect(settings({ jxl_quality: 30 }).distance).toBeCloseTo(6.4);
    expect(settings({ jxl_quality: 0 }).distance).toBeCloseTo(25);
    expect(settings({ jxl_effort: 7, jxl_decodingspeed: 3 })).toMatchObject({ effort: 7, decodingSpeed: 3 });
    expect(settings({ jxl_effort: 99, jxl_decodingspeed: -1 })).toMatchObject({
      effort: 9,
      decodingSpeed: 0,
    });
    expect(settings({ jxl_effort: 0, jxl_decodingspeed: 9 })).toMatchObject({ effort: 1, decodingSpeed: 4 });
  });

  it.each([
    { jxl_quality: -1 },
    { jxl_quality: "85" },
    { jxl_effort: Number.NaN },
    { jxl_decodingspeed: {} },
  ])("are refused: %o", (params) => {
    expect(() => settings(params)).toThrow(EncodingError);
  });
});

describe("decoders and encoders of jxl", () => {
  const { spec, bytes } = fileNamed("gray");

  it("are loaded for what they are needed", async () => {
    const loaded: string[] = [];
    const codec = jxlCodec({
      loadDecoder: async () => {
        loaded.push("decoder");
        return { decode: () => [new Uint8Array(20 * 9 * 5 * 4)] };
      },
      loadEncoder: async () => {
        loaded.push("encoder");
        return { encode: () => new Uint8Array(0) };
      },
    });
    expect(() => decodeBytes(ws, codec, bytes, spec)).toThrow(DecodingError);
    await codec.load?.("decode");
    await codec.load?.("decode");
    expect(loaded).toEqual(["decoder"]);
    expect(decodeBytes(ws, codec, bytes, spec)).toHaveLength(900);
    expect(() => encodeBytes(ws, codec, new Uint8Array(900), spec)).toThrow(EncodingError);
    await codec.load?.();
    expect(loaded).toEqual(["decoder", "encoder"]);
  });

  it("may not give another image", async () => {
    const decoder: JxlDecoder = { decode: () => [new Uint8Array(7)] };
    const codec = jxlCodec({ loadDecoder: async () => decoder });
    await codec.load?.("decode");
    expect(() => decodeBytes(ws, codec, bytes, spec)).toThrow(DecodingError);
  });

  it("start another encoder after one that broke down", async () => {
    let started = 0;
    const loadEncoder = async (): Promise<JxlEncoder> => {
      const broken = ++started === 1;
      return { broken, encode: () => (broken ? trap() : new Uint8Array(started)) };
    };
    const codec = jxlCodec({ loadEncoder });
    await codec.load?.("encode");
    expect(() => encodeBytes(ws, codec, new Uint8Array(900), spec)).toThrow();
    await codec.load?.("encode");
    await codec.load?.("encode");
    expect(encodeBytes(ws, codec, new Uint8Array(900), spec)).toHaveLength(2);
    expect(started).toBe(2);
  });

  it("tell what libvips says", async () => {
    const vips = await loadVips();
    const image = { width: 8, height: 8, channels: 1, bits: 8 } as const;
    const settings = { distance: 1, effort: 3, decodingSpeed: 0 };
    const tooFew = (): unknown => vips.encode(new Uint8Array(10), image, settings);
    expect(tooFew).toThrow(EncodingError);
    expect(tooFew).toThrow(/at least 64 bytes|memory area/);
    expect(vips.broken).toBe(false);
    expect(vips.encode(new Uint8Array(64), image, settings).length).toBeGreaterThan(10);
  });

  it("start a fresh instance after one that failed", async () => {
    const { factory, wasm } = await installedLibjxl();
    let started = 0;
    const counted = (module: object): Promise<object> => {
      started++;
      const made = factory(module);
      const libjxl = module as { decode: (file: Uint8Array) => unknown };
      const { decode } = libjxl;
      libjxl.decode = (file) => (started === 1 ? trap() : decode(file));
      return made;
    };
    const codec = jxlCodec({ loadDecoder: () => loadLibjxl(async () => ({ factory: counted, wasm })) });
    await codec.load?.("decode");
    expect(() => decodeBytes(ws, codec, bytes, spec)).toThrow(DecodingError);
    for (let i = 0; i < 3; i++) expect(decodeBytes(ws, codec, bytes, spec)).toHaveLength(900);
    const damaged = bytes.slice();
    damaged.fill(0x55, framesOf(bytes)[0]!.sections);
    expect(() => decodeBytes(ws, codec, damaged, spec)).toThrow(DecodingError);
    expect(decodeBytes(ws, codec, bytes, spec)).toHaveLength(900);
    expect(started).toBe(2);
  });
});

function trap(): never {
  throw new WebAssembly.RuntimeError("unreachable");
}

function largestStep(a: Uint8Array, b: Uint8Array, { dtype }: ChunkSpec): number {
  expect(a.length).toBe(b.length);
  const samples = (bytes: Uint8Array): ArrayLike<number> =>
    dtype === "uint8" ? bytes : new Uint16Array(bytes.slice().buffer);
  const [m, n] = [samples(a), samples(b)];
  let most = 0;
  for (let i = 0; i < m.length; i++) most = Math.max(most, Math.abs(m[i]! - n[i]!));
  return most;
}
