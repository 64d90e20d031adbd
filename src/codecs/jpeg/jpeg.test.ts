import { beforeAll, describe, expect, it } from "vitest";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { ChunkSpec, Codec } from "../codec.js";
import { testCodec } from "../testing.js";
import { chunkVoxels, concat, decodeBytes, encodeBytes, seeded } from "../testing-chunks.js";
import { encodeBaseline } from "./encode.js";
import { readJpegHeader } from "./header.js";
import { jpeg, jpegCodec } from "./index.js";
import { frame, markerOffset, repairJpeg, segment, withFrame } from "./testing.js";
import { loadTurbo } from "./turbo.js";

const gray: ChunkSpec = { shape: [16, 4, 4, 1], dtype: "uint8", params: { jpeg_quality: 100 } };
const rgb: ChunkSpec = { ...gray, shape: [16, 4, 4, 3] };
const engine = await loadTurbo();
const file = engine.encode(new Uint8Array(256).fill(99), {
  width: 16,
  height: 16,
  components: 1,
  quality: 100,
});
const scan = file.subarray(markerOffset(file, 0xda));

const hostile: Readonly<Record<string, Uint8Array>> = {
  "a header of 65500 x 65500": withFrame(file, frame(0xc0, 65500, 65500, 1)),
  "a progressive header of 65500 x 65500": withFrame(file, frame(0xc2, 65500, 65500, 1)),
  "no height": withFrame(file, frame(0xc0, 16, 0, 1)),
  "no width": withFrame(file, frame(0xc0, 0, 16, 1)),
  "four components": withFrame(file, frame(0xc0, 16, 16, 4)),
  "no components": withFrame(file, frame(0xc0, 16, 16, 0)),
  "12 bits a sample": withFrame(file, frame(0xc1, 16, 16, 1, 12)),
  "a lossless frame": withFrame(file, frame(0xc3, 16, 16, 1)),
  "an arithmetic-coded frame": withFrame(file, frame(0xc9, 16, 16, 1)),
  "two frames": withFrame(file, concat(frame(0xc0, 16, 16, 1), frame(0xc0, 16, 16, 1))),
  "a frame header that is too short": withFrame(file, segment(0xc0, 8, 0, 16, 0, 16, 1)),
  "two components": withFrame(file, frame(0xc0, 16, 16, 2)),
  "no frame": concat(Uint8Array.of(0xff, 0xd8), scan),
  "no scan": concat(file.subarray(0, file.length - scan.length), Uint8Array.of(0xff, 0xd9)),
  "thousands of scans": concat(
    withFrame(file, frame(0xc2, 16, 16, 1)).subarray(0, -2),
    ...Array.from({ length: 5000 }, () => scan.subarray(0, -2)),
    Uint8Array.of(0xff, 0xd9),
  ),
  "nothing but a start": Uint8Array.of(0xff, 0xd8, 0xff),
  "a segment that is shorter than its length": Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 1, 0xff, 0xd9),
  "a byte between segments": concat(file.subarray(0, 2), Uint8Array.of(0), file.subarray(2)),
  "data cut in the scan but ended": concat(file.subarray(0, -20), Uint8Array.of(0xff, 0xd9)),
};

testCodec({
  codec: jpeg,
  tolerance: 12,
  contents: ["constant", "smooth"],
  specs: (
    [
      [1, 1, 1, 1],
      [1, 1, 1, 3],
      [7, 5, 3, 1],
      [7, 5, 3, 3],
      [1, 9, 4, 1],
      [1, 2, 50, 3],
      [70, 1, 1, 1],
      [32, 16, 8, 1],
      [33, 16, 2, 3],
    ] as const
  ).map((shape) => ({ ...gray, shape })),
  refused: [
    { ...gray, dtype: "uint16" },
    { ...gray, dtype: "int8" },
    { ...gray, dtype: "bool" },
    { ...gray, shape: [4, 4, 4, 2] },
    { ...gray, shape: [4, 4, 4, 4] },
  ],
  repair: repairJpeg,
  mutations: 100,
  sizeFields: [
    { name: "height", offset: (bytes) => markerOffset(bytes, 0xc0) + 5, bytes: 2, littleEndian: false },
    { name: "width", offset: (bytes) => markerOffset(bytes, 0xc0) + 7, bytes: 2, littleEndian: false },
    { name: "length of a segment", offset: () => 4, bytes: 2, littleEndian: false },
  ],
  hostile: Object.entries(hostile).map(([name, bytes]) => ({ name, spec: gray, make: () => bytes })),
});

describe("jpeg", () => {
  const ws = createWorkspace();
  const decode = (bytes: Uint8Array, spec: ChunkSpec): Uint8Array => decodeBytes(ws, jpeg, bytes, spec);
  const encode = (voxels: Uint8Array, spec: ChunkSpec): Uint8Array => encodeBytes(ws, jpeg, voxels, spec);
  beforeAll(() => jpeg.load?.());

  it("refuses every cut of a noisy file: nothing is filled up", () => {
    const bytes = encode(chunkVoxels(rgb, "noise", seeded(1)), rgb);
    for (let length = 0; length < bytes.length; length++)
      expect(() => decode(bytes.subarray(0, length), rgb)).toThrow(DecodingError);
  });

  it("writes the frame of the chunk's own size, whatever was needed to encode it", () => {
    for (const [width, height] of [
      [1, 1],
      [1, 100],
      [9, 3],
      [64, 64],
    ] as const)
      for (const quality of [0, 85, 100]) {
        const spec: ChunkSpec = {
          shape: [width, height, 1, 1],
          dtype: "uint8",
          params: { jpeg_quality: quality },
        };
        const bytes = encode(chunkVoxels(spec, "noise", seeded(2)), spec);
        expect(readJpegHeader(bytes)).toMatchObject({ width, height, components: 1 });
        expect(decode(bytes, spec).length).toBe(width * height);
      }
  });

  it("reads an image of any width whose product is right, in voxel order", () => {
    const voxels = chunkVoxels(gray, "smooth", seeded(3));
    const image = { width: 64, height: 4, components: 1, quality: 100 } as const;
    const got = decode(engine.encode(voxels, image), gray);
    expect(got.every((v, i) => Math.abs(v - voxels[i]!) <= 3)).toBe(true);
  });

  it("parts the channels", () => {
    const pixels = Uint8Array.from({ length: 256 * 3 }, (_, i) => [200, 100, 50][i % 3]!);
    const got = decode(engine.encode(pixels, { width: 16, height: 16, components: 3, quality: 100 }), rgb);
    for (const [c, value] of [200, 100, 50].entries())
      expect(got.subarray(c * 256, (c + 1) * 256).every((v) => Math.abs(v - value) <= 2)).toBe(true);
  });

  it("makes an image wider where it would be too tall", () => {
    const spec: ChunkSpec = { shape: [2, 256, 256, 1], dtype: "uint8" };
    const bytes = encode(chunkVoxels(spec, "constant", seeded(4)), spec);
    expect(readJpegHeader(bytes)).toMatchObject({ width: 4, height: 32768, components: 1 });
    const prime: ChunkSpec = { shape: [1, 65521, 1, 1], dtype: "uint8" };
    expect(() => encode(new Uint8Array(65521), prime)).toThrow(EncodingError);
  });

  it("uses quality 85 unless told, and a lower one makes smaller files", () => {
    const voxels = chunkVoxels(gray, "noise", seeded(5));
    const of = (params?: object): Uint8Array => encode(voxels, { ...gray, params: { ...params } });
    expect(of()).toEqual(of({ jpeg_quality: 85 }));
    expect(of({ jpeg_quality: 30 }).length).toBeLessThan(of().length);
    for (const wrong of [-1, 101, 50.5, "85"])
      expect(() => of({ jpeg_quality: wrong })).toThrow(EncodingError);
  });

  it("works on after failures of libjpeg-turbo", () => {
    const voxels = chunkVoxels(rgb, "smooth", seeded(6));
    const good = encode(voxels, rgb);
    const right = decode(good, rgb);
    const broken = good.slice();
    broken.fill(0, markerOffset(good, 0xc4) + 4, markerOffset(good, 0xda));
    for (let i = 0; i < 100; i++) {
      expect(() => decode(broken, rgb)).toThrow(DecodingError);
      expect(decode(good, rgb)).toEqual(right);
    }
  });

  it("asks to be loaded", async () => {
    let loads = 0;
    const fresh = jpegCodec(() => {
      loads++;
      return loads === 1 ? Promise.reject(new Error("no network")) : Promise.resolve(engine);
    });
    expect(() => decodeBytes(ws, fresh, file, gray)).toThrow(/load\(\)/);
    expect(() => encodeBytes(ws, fresh, new Uint8Array(256), gray)).toThrow(EncodingError);
    await expect(fresh.load?.()).rejects.toThrow("no network");
    await Promise.all([fresh.load?.(), fresh.load?.()]);
    expect(loads).toBe(2);
    expect(decodeBytes(ws, fresh, file, gray)[0]).toBe(99);
  });

  it("loads for writing no more than the encoder, and for reading all but it", async () => {
    const loads: string[] = [];
    const fresh = (): Codec =>
      jpegCodec(
        async () => {
          loads.push("engine");
          return engine;
        },
        async () => {
          loads.push("encoder");
          return encodeBaseline;
        },
      );
    const writer = fresh();
    await writer.load?.("encode");
    const written = encodeBytes(ws, writer, new Uint8Array(256).fill(99), gray);
    expect(() => decodeBytes(ws, writer, written, gray)).toThrow(/load\(\)/);
    const reader = fresh();
    await reader.load?.("decode");
    expect(decodeBytes(ws, reader, written, gray)[0]).toBe(99);
    expect(() => encodeBytes(ws, reader, new Uint8Array(256), gray)).toThrow(/load\(\)/);
    expect(loads).toEqual(["encoder", "engine"]);
  });
});
