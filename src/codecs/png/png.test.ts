import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { ChunkSpec } from "../codec.js";
import { testCodec } from "../testing.js";
import { below, chunkVoxels, decodeBytes, encodeBytes, seeded } from "../testing-chunks.js";
import { png } from "./index.js";
import { mutatePngRows, type PngParts, pngChunk, pngFile, repairPng } from "./testing.js";

const shapes = [
  [1, 1, 1],
  [7, 5, 3],
  [1, 9, 4],
  [19, 1, 1],
] as const;
const specs: ChunkSpec[] = shapes.flatMap(([x, y, z]) =>
  ([1, 2, 3, 4] as const).flatMap((c) =>
    (["uint8", "uint16"] as const).map((dtype): ChunkSpec => ({ shape: [x, y, z, c], dtype })),
  ),
);
const gray: ChunkSpec = { shape: [4, 3, 2, 1], dtype: "uint8" };
const plain: PngParts = { width: 4, height: 6, depth: 8, colorType: 0, rows: new Uint8Array(30) };
const rgb: ChunkSpec = { shape: [4, 3, 2, 3], dtype: "uint8" };

const hostile: Readonly<Record<string, Partial<PngParts> & { spec?: ChunkSpec }>> = {
  "a bomb of 200 MB in one IDAT": { data: [deflateSync(new Uint8Array(2e8))] },
  "a bomb that is interlaced": { interlace: 1, data: [deflateSync(new Uint8Array(1e8))] },
  "rows that are too few": { rows: new Uint8Array(25) },
  "one byte too many": { rows: new Uint8Array(31) },
  "a size that only multiplies right modulo 2^32": { width: 2 ** 31 - 1, height: 2 ** 31 - 1 },
  "another size": { width: 4, height: 7, rows: new Uint8Array(35) },
  "16 bits for uint8": { depth: 16, rows: new Uint8Array(54) },
  "a depth that does not exist": { depth: 3 },
  "a colour type that does not exist": { colorType: 5 },
  "a depth that the colour type excludes": { colorType: 2, depth: 4, spec: rgb },
  "colour for gray": { colorType: 2, rows: new Uint8Array(78) },
  "gray for colour": { spec: rgb },
  "an unknown interlacing": { interlace: 2 },
  "a palette image without palette": { colorType: 3, spec: rgb },
  "a palette of broken length": { colorType: 3, spec: rgb, before: [pngChunk("PLTE", new Uint8Array(4))] },
  "an index beyond the palette": {
    colorType: 3,
    spec: rgb,
    before: [pngChunk("PLTE", new Uint8Array(3))],
    rows: new Uint8Array(30).fill(1),
  },
  "a filter of 5": { rows: new Uint8Array(30).fill(5) },
  "an unknown critical chunk": { before: [pngChunk("ABCD", new Uint8Array(4))] },
  "a second header": { before: [pngChunk("IHDR", new Uint8Array(13))] },
  "no image data": { data: [] },
  "an empty stream": { data: [new Uint8Array(0)] },
  "a preset dictionary": { data: [Uint8Array.of(0x78, 0xbb, 0, 0, 0, 0, 0, 0)] },
  "a wrong Adler-32": { data: [corrupted(deflateSync(plain.rows))] },
  "deflate data without its end": { data: [deflateSync(plain.rows).subarray(0, 9)] },
};

function corrupted(stream: Uint8Array): Uint8Array {
  const out = stream.slice();
  out[out.length - 1]! ^= 1;
  return out;
}

testCodec({
  codec: png,
  specs: [...specs, { shape: [20, 16, 8, 1], dtype: "uint8", params: { png_level: 1 } }],
  refused: [
    { shape: [2, 2, 2, 1], dtype: "uint32" },
    { shape: [2, 2, 2, 1], dtype: "int8" },
    { shape: [2, 2, 2, 1], dtype: "float32" },
    { shape: [2, 2, 2, 5], dtype: "uint8" },
  ],
  repair: (bytes, random) => {
    if (random() < 0.5) return repairPng(bytes);
    try {
      return mutatePngRows(repairPng(bytes), random);
    } catch {
      return bytes;
    }
  },
  sizeFields: [
    { name: "width", offset: () => 16, bytes: 4, littleEndian: false },
    { name: "height", offset: () => 20, bytes: 4, littleEndian: false },
    { name: "length of IHDR", offset: () => 8, bytes: 4, littleEndian: false },
    { name: "length of IDAT", offset: () => 33, bytes: 4, littleEndian: false },
  ],
  hostile: Object.entries(hostile).map(([name, { spec = gray, ...parts }]) => ({
    name,
    spec,
    make: () => pngFile({ ...plain, ...parts }),
  })),
});

describe("png", () => {
  const ws = createWorkspace();
  const decode = (bytes: Uint8Array, spec: ChunkSpec): Uint8Array => decodeBytes(ws, png, bytes, spec);

  it("reads an image of any width whose product is right, in voxel order", () => {
    const rows = Uint8Array.of(
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      10,
      11,
      12,
      0,
      13,
      14,
      15,
      16,
      17,
      18,
      19,
      20,
      21,
      22,
      23,
      24,
    );
    const voxels = decode(pngFile({ ...plain, width: 12, height: 2, rows }), gray);
    expect([...voxels]).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
  });

  it("parts the channels", () => {
    const rows = Uint8Array.of(0, 1, 101, 201, 2, 102, 202);
    const file = pngFile({ width: 2, height: 1, depth: 8, colorType: 2, rows });
    expect([...decode(file, { shape: [2, 1, 1, 3], dtype: "uint8" })]).toEqual([1, 2, 101, 102, 201, 202]);
    expect([...decode(file, { shape: [1, 2, 1, 3], dtype: "uint8" })]).toEqual([1, 2, 101, 102, 201, 202]);
  });

  it("turns 16-bit samples", () => {
    const file = pngFile({
      width: 1,
      height: 1,
      depth: 16,
      colorType: 4,
      rows: Uint8Array.of(0, 1, 2, 3, 4),
    });
    expect([...decode(file, { shape: [1, 1, 1, 2], dtype: "uint16" })]).toEqual([2, 1, 4, 3]);
  });

  it("joins several IDAT chunks, empty ones too, and skips ancillary ones", () => {
    const stream = deflateSync(plain.rows.map((_, i) => (i % 5 === 0 ? 0 : i)));
    const data = [stream.subarray(0, 1), new Uint8Array(0), stream.subarray(1, 7), stream.subarray(7)];
    const file = pngFile({ ...plain, before: [pngChunk("tEXt", Uint8Array.of(65, 0, 66))], data });
    expect(decode(file, gray)[23]).toBe(29);
  });

  it("widens 1, 2 and 4 bits to the full range", () => {
    const spec: ChunkSpec = { shape: [3, 1, 1, 1], dtype: "uint8" };
    const file = (depth: number, byte: number, more: number[] = []): Uint8Array =>
      pngFile({ width: 3, height: 1, depth, colorType: 0, rows: Uint8Array.of(0, byte, ...more) });
    expect([...decode(file(1, 0b10100000), spec)]).toEqual([255, 0, 255]);
    expect([...decode(file(2, 0b11_01_10_00), spec)]).toEqual([255, 85, 170]);
    expect([...decode(file(4, 0x1f, [0x20]), spec)]).toEqual([17, 255, 34]);
  });

  it("looks up a palette as RGB, or RGBA where the volume has four channels", () => {
    const before = [pngChunk("PLTE", Uint8Array.of(1, 2, 3, 4, 5, 6)), pngChunk("tRNS", Uint8Array.of(9))];
    const file = pngFile({
      width: 2,
      height: 1,
      depth: 1,
      colorType: 3,
      rows: Uint8Array.of(0, 0b01000000),
      before,
    });
    expect([...decode(file, { shape: [2, 1, 1, 3], dtype: "uint8" })]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...decode(file, { shape: [2, 1, 1, 4], dtype: "uint8" })]).toEqual([1, 4, 2, 5, 3, 6, 9, 255]);
  });

  it("reads interlaced images", () => {
    const rows = [
      [0, 1],
      [0, 3],
      [0, 7, 9],
      [0, 2],
      [0, 8],
      [0, 4, 5, 6],
    ].flat();
    const file = pngFile({
      width: 3,
      height: 3,
      depth: 8,
      colorType: 0,
      interlace: 1,
      rows: Uint8Array.from(rows),
    });
    expect([...decode(file, { shape: [3, 3, 1, 1], dtype: "uint8" })]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it.each([1, 2, 3, 4])("undoes each filter on wide rows of %i channels", (channels) => {
    const random = seeded(channels);
    const [width, height] = [53, 11];
    const bpp = channels;
    const image = Uint8Array.from({ length: width * height * channels }, () => below(random, 256));
    for (let filter = 0; filter < 5; filter++) {
      const rows = filterRows(image, width * channels, bpp, filter);
      const colorType = [0, 4, 2, 6][channels - 1]!;
      const voxels = decode(pngFile({ width, height, depth: 8, colorType, rows }), {
        shape: [width, height, 1, channels],
        dtype: "uint8",
      });
      const first = Array.from({ length: width * height }, (_, i) => image[i * channels + channels - 1]!);
      expect([...voxels.subarray((channels - 1) * width * height)], `filter ${filter}`).toEqual(first);
    }
  });

  it("keeps an image within libpng's sides by making it wider", () => {
    const spec: ChunkSpec = { shape: [1, 1200, 1000, 1], dtype: "uint8", params: { png_level: 1 } };
    const voxels = chunkVoxels(spec, "smooth", seeded(5));
    const file = encodeBytes(ws, png, voxels, spec);
    expect(new DataView(file.buffer).getUint32(16)).toBe(2);
    expect(new DataView(file.buffer).getUint32(20)).toBe(600_000);
    expect(Buffer.compare(decode(file, spec), voxels)).toBe(0);
  });

  it.each([-1, 10, 1.5, "9", true])("refuses png_level %j", (level) => {
    const spec: ChunkSpec = { ...gray, params: { png_level: level } };
    expect(() => encodeBytes(ws, png, new Uint8Array(24), spec)).toThrow(EncodingError);
  });

  it("says what is wrong", () => {
    const file = pngFile(plain);
    file[18] = 1;
    expect(() => decode(file, gray)).toThrow(/Checksum mismatch in a PNG chunk "IHDR"/);
    expect(() => decode(pngFile({ ...plain, width: 5 }), gray)).toThrow(
      /expected 4 x 3 x 2 = 24 pixels, got 5 x 6/,
    );
    expect(() => decode(Uint8Array.of(1, 2, 3), gray)).toThrow(DecodingError);
  });
});

/** The specification's filters, as plainly as can be. */
function filterRows(image: Uint8Array, rowBytes: number, bpp: number, filter: number): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < image.length; at += rowBytes) {
    out.push(filter);
    for (let i = 0; i < rowBytes; i++) {
      const a = i < bpp ? 0 : image[at + i - bpp]!;
      const b = at === 0 ? 0 : image[at + i - rowBytes]!;
      const c = at === 0 || i < bpp ? 0 : image[at + i - rowBytes - bpp]!;
      const distances = [a, b, c].map((v) => Math.abs(a + b - c - v));
      const nearest = [a, b, c][distances.indexOf(Math.min(...distances))]!;
      out.push(image[at + i]! - [0, a, b, (a + b) >> 1, nearest][filter]!);
    }
  }
  return Uint8Array.from(out);
}
