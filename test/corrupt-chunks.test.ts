/** Damaged chunk files: a typed error or the right voxels, never anything else, in bounded memory. */
import { readFileSync } from "node:fs";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { crc32 } from "../src/compression/crc32.js";
import {
  CloudVolume,
  type Compression,
  DecodingError,
  DecompressionError,
  EmptyVolumeException,
  type StridedArray,
} from "../src/node.js";
import { type ChunkFile, chunkFiles } from "./support/chunk-files.js";
import { LAYER_KINDS } from "./support/layers.js";
import { seeded } from "./support/random.js";
import { difference } from "./support/voxels.js";

const FILES = 70;
const FLIPS = 150;
let files: ChunkFile[] = [];

beforeAll(async () => {
  files = await chunkFiles(FILES, 3000);
});

/** Puts other bytes in the place of a chunk and reads it. */
async function reader(file: ChunkFile): Promise<(bytes: Uint8Array) => Promise<StridedArray | Error>> {
  const vol = await CloudVolume.open(`mem://corrupt/${encodeURIComponent(file.name)}`, { info: file.info });
  const key = `${vol.key}/${file.key}`;
  return async (bytes) => {
    await vol.context.store.write?.(key, bytes, { compression: file.compression });
    return await vol.download(file.key).catch((error: Error) => error);
  };
}

describe("damaged chunk files", () => {
  test("there are enough of them, of every encoding and compression", () => {
    expect(files.length).toBeGreaterThanOrEqual(40);
    const encodings = new Set(files.map((f) => f.info.scales[0]!.encoding));
    expect(encodings).toEqual(new Set(LAYER_KINDS.map((kind) => kind.encoding)));
    const compressions = new Set(files.map((f) => f.compression));
    for (const c of ["none", "gzip", "br", "zstd"] as const) expect(compressions).toContain(c);
  });

  test("every prefix is an error, or still holds all the voxels", async () => {
    let cases = 0;
    let whole = 0;
    for (const file of files) {
      const read = await reader(file);
      const truth = await read(file.bytes);
      if (truth instanceof Error) throw new Error(file.name, { cause: truth });
      for (let length = 0; length < file.bytes.length; length++, cases++) {
        const got = await read(file.bytes.slice(0, length));
        if (length === 0 && file.compression === "none") {
          expect(got, `${file.name} without bytes`).toBeInstanceOf(EmptyVolumeException);
        } else if (got instanceof Error) {
          if (!(got instanceof DecodingError))
            throw new Error(`${file.name} cut to ${length}`, { cause: got });
        } else {
          whole++;
          expect(difference(got, truth), `${file.name} cut to ${length}`).toBe("same");
        }
      }
    }
    expect(cases).toBeGreaterThan(10_000);
    expect(whole).toBeLessThan(cases / 100);
  });

  test("flipped bits are an error, or voxels of the right shape; found wherever there is a checksum", async () => {
    const random = seeded(11);
    let found = 0;
    for (const file of files) {
      const read = await reader(file);
      const truth = await read(file.bytes);
      if (truth instanceof Error) throw new Error(file.name, { cause: truth });
      for (let i = 0; i < FLIPS; i++) {
        const bytes = file.bytes.slice();
        const at = random.integer(0, bytes.length - 1);
        const bit = random.integer(0, 7);
        bytes[at]! ^= 1 << bit;
        const got = await read(bytes);
        const what = `${file.name}, bit ${bit} of byte ${at}`;
        if (got instanceof Error) {
          found++;
          if (!(got instanceof DecodingError)) throw new Error(what, { cause: got });
        } else {
          expect(got.shape, what).toEqual(truth.shape);
          const checked =
            file.compression === "gzip" || file.compression === "xz" || file.compression === "bz2";
          if (checked) expect(difference(got, truth), what).toBe("same");
        }
      }
    }
    expect(found).toBeGreaterThan((files.length * FLIPS) / 4);
  });

  test("bytes appended, zeros, noise and other kinds of files are an error, or voxels of the right shape", async () => {
    const random = seeded(12);
    const noise = (n: number): Uint8Array => Uint8Array.from({ length: n }, () => random.bits());
    for (const file of files) {
      const read = await reader(file);
      const truth = await read(file.bytes);
      if (truth instanceof Error) throw new Error(file.name, { cause: truth });
      const others = [
        files[random.integer(0, files.length - 1)]!.bytes,
        noise(7),
        noise(500),
        new Uint8Array(900),
      ];
      for (const bytes of [
        ...others,
        Buffer.concat([file.bytes, noise(9)]),
        Buffer.concat([file.bytes, file.bytes]),
      ]) {
        const got = await read(bytes);
        if (got instanceof Error) expect(got, file.name).toBeInstanceOf(DecodingError);
        else expect(got.shape, file.name).toEqual(truth.shape);
      }
    }
  });
});

const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`../fixtures/compression/${name}`, import.meta.url));
const zeros = Buffer.alloc(64 << 20);
/** 160 MB of zeros in blocks of 128 kB, four bytes each. */
const zstdRuns = Buffer.concat([
  Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]),
  ...Array.from({ length: 1250 }, () => Buffer.from([0x02, 0x00, 0x10, 0x00])),
  Buffer.from([0x01, 0, 0]),
]);
const bombs: readonly (readonly [Compression, Uint8Array])[] = [
  ["gzip", gzipSync(zeros, { level: 9 })],
  ["br", brotliCompressSync(zeros)],
  ["zstd", zstdRuns],
  ["xz", fixture("bomb.xz")],
  ["bz2", fixture("bomb.bz2")],
];

/** A volume of one chunk of 16 x 16 x 4. */
async function oneChunk(
  encoding: string,
  dtype: "uint8" | "uint16" | "uint64",
  channels = 1,
): Promise<CloudVolume> {
  const blocks = { compressed_segmentation_block_size: [8, 8, 8] };
  const scale = {
    ...{
      key: "k",
      size: [16, 16, 4],
      resolution: [1, 1, 1],
      voxel_offset: [0, 0, 0],
      chunk_sizes: [[16, 16, 4]],
    },
    ...{ encoding, ...(encoding === "compressed_segmentation" ? blocks : {}) },
  };
  const info = { type: "segmentation", data_type: dtype, num_channels: channels, scales: [scale] } as never;
  return await CloudVolume.open(`mem://bombs/${encoding}-${dtype}-${channels}`, { info });
}

async function grownBy(act: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage().rss;
  await act();
  return process.memoryUsage().rss - before;
}

describe("decompression bombs", () => {
  const encodings = [
    ["raw", "uint8"],
    ["compressed_segmentation", "uint64"],
    ["png", "uint8"],
    ["jpeg", "uint8"],
  ] as const;
  const cases = bombs.flatMap(([compression, bytes]) =>
    encodings.map(([encoding, dtype]) => ({ compression, encoding, dtype, bytes })),
  );

  test.each(cases)(
    "$compression around a $encoding chunk stops at the chunk's size",
    async ({ compression, encoding, dtype, bytes }) => {
      const vol = await oneChunk(encoding, dtype);
      await vol.context.store.write?.("k/0-16_0-16_0-4", bytes, { compression });
      const grown = await grownBy(async () => {
        await expect(vol.download("...")).rejects.toThrow(DecompressionError);
      });
      expect(grown).toBeLessThan(48 << 20);
    },
  );

  const png = (width: number, height: number, content: Uint8Array): Uint8Array => {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header[8] = 8;
    const part = (name: string, data: Uint8Array): Buffer => {
      const body = Buffer.concat([Buffer.from(name), data]);
      const frame = Buffer.alloc(8);
      frame.writeUInt32BE(data.length, 0);
      frame.writeUInt32BE(crc32(body), 4);
      return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
    };
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    return Buffer.concat([
      signature,
      part("IHDR", header),
      part("IDAT", content),
      part("IEND", Buffer.alloc(0)),
    ]);
  };
  const images = [
    ["png that is larger than the chunk", "png", png(60_000, 60_000, deflateSync(Buffer.alloc(1000)))],
    ["png of the right size that inflates to more", "png", png(16, 64, deflateSync(zeros))],
    [
      "png with the largest sizes there are",
      "png",
      png(0x7fffffff, 0x7fffffff, deflateSync(Buffer.alloc(10))),
    ],
    ["jpeg that is larger than the chunk", "jpeg", jpegOfSize(65_500, 65_500)],
    ["jpeg without extent", "jpeg", jpegOfSize(0, 0)],
  ] as const;

  test.each(images)("a %s is refused before memory is taken for it", async (_, encoding, bytes) => {
    const vol = await oneChunk(encoding, "uint8");
    await vol.context.store.write?.("k/0-16_0-16_0-4", bytes);
    const grown = await grownBy(async () => {
      await expect(vol.download("...")).rejects.toThrow(DecodingError);
    });
    expect(grown).toBeLessThan(48 << 20);
  });

  test("a compressed_segmentation chunk whose offsets point anywhere is an error", async () => {
    const vol = await oneChunk("compressed_segmentation", "uint64");
    const random = seeded(13);
    for (let i = 0; i < 3000; i++) {
      const words = Uint32Array.from(
        { length: random.integer(1, 40) },
        () => random.bits() >>> random.integer(0, 31),
      );
      words[0] = random.of([0, 1, 1, 1, 1, words[0]!, 0xffffffff]);
      await vol.context.store.write?.("k/0-16_0-16_0-4", new Uint8Array(words.buffer));
      const got = await vol.download("...").catch((error: unknown) => error);
      if (got instanceof Error) expect(got).toBeInstanceOf(DecodingError);
      else expect((got as StridedArray).shape).toEqual([16, 16, 4, 1]);
    }
  });
});

/** The start of a baseline JPEG file that says it has this size. */
function jpegOfSize(width: number, height: number): Uint8Array {
  const quantisation = Buffer.concat([Buffer.from([0xff, 0xdb, 0, 67, 0]), Buffer.alloc(64, 1)]);
  const frame = Buffer.from([
    0xff,
    0xc0,
    0,
    11,
    8,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    1,
    1,
    0x11,
    0,
  ]);
  const codes = (kind: number): Buffer =>
    Buffer.concat([Buffer.from([0xff, 0xc4, 0, 20, kind, 1]), Buffer.alloc(15), Buffer.from([0])]);
  const scan = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    quantisation,
    frame,
    codes(0),
    codes(0x10),
    scan,
    Buffer.alloc(64),
    Buffer.from([0xff, 0xd9]),
  ]);
}
