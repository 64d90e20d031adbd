import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { goldenEntries, goldenPath } from "../../../test/support/golden.js";
import type { DataType } from "../../base/dtype.js";
import { DecodingError, EncodingError, OutOfBoundsError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import { parseNpy } from "../../base/npy.js";
import { product, type Vec3, type Vec4 } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import { testCodec } from "../testing.js";
import {
  below,
  chunkVoxels,
  cutBox,
  decodeBox,
  decodeBytes,
  encodeBytes,
  randomBox,
  seeded,
} from "../testing-chunks.js";
import { compressedSegmentation, readVoxel } from "./index.js";

const codec = compressedSegmentation;
const shapes = [
  [
    [1, 1, 1, 1],
    [8, 8, 8],
  ],
  [
    [17, 9, 5, 1],
    [8, 8, 8],
  ],
  [
    [20, 16, 9, 2],
    [8, 8, 8],
  ],
  [
    [13, 7, 6, 3],
    [4, 4, 2],
  ],
  [
    [40, 5, 3, 1],
    [16, 2, 3],
  ],
  [
    [9, 9, 9, 1],
    [24, 20, 12],
  ],
  [
    [5, 4, 3, 1],
    [1, 1, 1],
  ],
  [
    [9, 4, 3, 2],
    [8, 8, 8],
  ],
] as const;
const specs: ChunkSpec[] = shapes.flatMap(([shape, blockSize]) =>
  (["uint32", "uint64"] as const).map((dtype): ChunkSpec => ({ shape, dtype, blockSize })),
);
const small: ChunkSpec = { shape: [8, 8, 8, 1], dtype: "uint64", blockSize: [8, 8, 8] };

testCodec({
  codec,
  specs,
  refused: [
    { ...small, dtype: "uint8" },
    { ...small, dtype: "int64" },
    { ...small, dtype: "float32" },
    { ...small, blockSize: undefined },
    { ...small, blockSize: [8, 0, 8] },
    { ...small, blockSize: [8, 8, 1.5] },
    { ...small, blockSize: [4096, 4096, 2] },
  ],
  sizeFields: [
    { name: "offset of the channel", offset: () => 0, bytes: 4, littleEndian: true, harmless: true },
    { name: "a block's table and bits", offset: channel, bytes: 4, littleEndian: true, harmless: true },
    {
      name: "a block's indices",
      offset: (b) => channel(b) + 4,
      bytes: 4,
      littleEndian: true,
      harmless: true,
    },
  ],
  hostile: [
    { name: "a channel behind the end", spec: small, make: () => words(6, 0, 0, 0, 0, 0) },
    { name: "headers behind the end", spec: small, make: () => words(1, 2, 2) },
    { name: "3 bits", spec: small, make: () => words(1, (3 << 24) | 2, 2, ...zeros(500)) },
    { name: "64 bits", spec: small, make: () => words(1, (64 << 24) | 2, 2, ...zeros(2000)) },
    { name: "a table behind the end", spec: small, make: () => words(1, 4, 2, 0, 0) },
    { name: "a table of half a label", spec: small, make: () => words(1, 3, 2, 0, 0) },
    { name: "indices behind the end", spec: small, make: () => words(1, (1 << 24) | 2, 6, ...zeros(19)) },
    {
      name: "indices at the end of the address space",
      spec: small,
      make: () => words(1, (1 << 24) | 2, -1, ...zeros(20)),
    },
    {
      name: "an index behind the table",
      spec: small,
      make: () => words(1, (1 << 24) | 18, 2, ...zeros(15), 1, 5, 6),
    },
    {
      name: "more blocks than bytes",
      spec: { ...small, shape: [128, 128, 64, 1] },
      make: () => words(1, 2, 2, 0, 0),
    },
  ],
  cutEverywhere: ({ shape }) => product(shape) <= 1000,
  mutations: 150,
});

function channel(bytes: Uint8Array): number {
  return 4 * new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}
function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}
function zeros(n: number): number[] {
  return Array.from({ length: n }, () => 0);
}

interface Manifest {
  readonly contents: Readonly<Record<string, { dtype: DataType; shape: Vec3; sha256: string }>>;
  readonly chunks: readonly { file: string; content: string; block: Vec3; sha256: string }[];
}

describe("compressed_segmentation", () => {
  const ws = createWorkspace();
  const folder = new URL("../../../fixtures/compressed_segmentation/", import.meta.url);
  const manifest = JSON.parse(readFileSync(new URL("MANIFEST.json", folder), "utf8")) as Manifest;
  const file = (name: string, sha256: string): Uint8Array => {
    const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
    expect(createHash("sha256").update(bytes).digest("hex"), name).toBe(sha256);
    return bytes;
  };

  it.each(manifest.chunks)(
    "has the bytes and voxels of the C++ in $file",
    ({ file: name, content, block, sha256 }) => {
      const { dtype, shape, sha256: truth } = manifest.contents[content]!;
      const spec: ChunkSpec = { shape: [...shape, 1], dtype, blockSize: block };
      const encoded = file(name, sha256);
      const voxels = file(`${content}.raw`, truth);
      expect(Buffer.compare(encodeBytes(ws, codec, voxels, spec), encoded)).toBe(0);
      expect(Buffer.compare(decodeBytes(ws, codec, encoded, spec), voxels)).toBe(0);
    },
  );

  const golden = goldenEntries(["chunk"], "golden compressed_segmentation chunks").filter((e) =>
    e.path.startsWith("codecs/cseg_"),
  ) as unknown as { path: string; options: { block_size: Vec3 }; truth: { file: string; dtype: DataType } }[];
  it.each(golden)("reads and writes golden $path", ({ path, options, truth }) => {
    const array = parseNpy(gunzipSync(readFileSync(goldenPath(truth.file))));
    const [x, y, z] = array.shape as [number, number, number];
    const spec: ChunkSpec = { shape: [x, y, z, 1], dtype: truth.dtype, blockSize: options.block_size };
    const voxels = new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength);
    const encoded = new Uint8Array(readFileSync(goldenPath(path)));
    expect(Buffer.compare(decodeBytes(ws, codec, encoded, spec), voxels)).toBe(0);
    expect(Buffer.compare(encodeBytes(ws, codec, voxels, spec), encoded)).toBe(0);
  });

  it("encodes channels one behind the other, each as if alone", () => {
    const spec: ChunkSpec = { shape: [11, 9, 8, 3], dtype: "uint64", blockSize: [8, 8, 8] };
    const one: ChunkSpec = { ...spec, shape: [11, 9, 8, 1] };
    const voxels = chunkVoxels(spec, "labels", seeded(4));
    const channels = [0, 1, 2].map((c) =>
      encodeBytes(ws, codec, voxels.subarray(c * 11 * 9 * 8 * 8, (c + 1) * 11 * 9 * 8 * 8), one).subarray(4),
    );
    const starts = [3, 3 + channels[0]!.length / 4, 3 + (channels[0]!.length + channels[1]!.length) / 4];
    const expected = Buffer.concat([words(...starts), ...channels]);
    expect(Buffer.compare(encodeBytes(ws, codec, voxels, spec), expected)).toBe(0);
  });

  it("holds more labels in a block than 16 bits count", () => {
    const spec: ChunkSpec = { shape: [64, 64, 20, 1], dtype: "uint32", blockSize: [64, 64, 32] };
    const voxels = Uint32Array.from({ length: 64 * 64 * 20 }, (_, i) => Math.imul(i, 2654435761));
    const bytes = new Uint8Array(voxels.buffer);
    const encoded = encodeBytes(ws, codec, bytes, spec);
    expect(encoded[7]).toBe(32);
    expect(Buffer.compare(decodeBytes(ws, codec, encoded, spec), bytes)).toBe(0);
  });

  it("refuses tables of labels beyond 24 bits of offset", () => {
    const spec: ChunkSpec = { shape: [256, 256, 128, 1], dtype: "uint64", blockSize: [8, 8, 8] };
    const voxels = new Uint32Array(2 * 256 * 256 * 128);
    for (let i = 0; i < voxels.length; i++) voxels[i] = i;
    const bytes = new Uint8Array(voxels.buffer);
    expect(() => encodeBytes(ws, codec, bytes, spec)).toThrow(EncodingError);
    expect(() => encodeBytes(ws, codec, bytes, spec)).toThrow(/2\^24 words/);
  });

  it("writes and reads chunks without voxels", () => {
    for (const shape of [
      [0, 8, 8, 1],
      [8, 8, 0, 2],
    ] as Vec4[]) {
      const spec: ChunkSpec = { ...small, shape };
      const encoded = encodeBytes(ws, codec, new Uint8Array(0), spec);
      expect(encoded).toEqual(words(...Array.from({ length: shape[3] }, () => shape[3])));
      expect(decodeBytes(ws, codec, encoded, spec).length).toBe(0);
    }
  });

  it("reads wide boxes through its band, at every offset", () => {
    const random = seeded(21);
    for (const blockSize of [
      [8, 8, 8],
      [6, 5, 3],
      [16, 16, 16],
      [40, 40, 2],
    ] as Vec3[])
      for (const dtype of ["uint32", "uint64"] as const) {
        const spec: ChunkSpec = { shape: [150, 21, 12, 2], dtype, blockSize };
        const voxels = chunkVoxels(spec, "labels", random);
        for (let i = 0; i < 3000; i++) voxels[below(random, voxels.length)] = below(random, 256);
        const encoded = encodeBytes(ws, codec, voxels, spec);
        for (let i = 0; i < 25; i++) {
          const box = randomBox(spec, random);
          expect(
            Buffer.compare(decodeBox(ws, codec, encoded, spec, box).voxels, cutBox(voxels, spec, box)),
          ).toBe(0);
        }
      }
  });

  it("tells one voxel", () => {
    for (const dtype of ["uint32", "uint64"] as const) {
      const spec: ChunkSpec = { shape: [11, 9, 8, 2], dtype, blockSize: [8, 8, 8] };
      const voxels = chunkVoxels(spec, "noise", seeded(5));
      const encoded = encodeBytes(ws, codec, voxels, spec);
      const source = ws.allocate(encoded.length);
      ws.bytes().set(encoded, source.ptr);
      const labels = dtype === "uint64" ? new BigUint64Array(voxels.buffer) : new Uint32Array(voxels.buffer);
      const random = seeded(6);
      for (let i = 0; i < 50; i++) {
        const at: Vec4 = [below(random, 11), below(random, 9), below(random, 8), below(random, 2)];
        const expected = labels[at[0] + 11 * (at[1] + 9 * (at[2] + 8 * at[3]))]!;
        expect(readVoxel(ws, source, spec, at)).toBe(expected);
      }
      for (const at of [
        [11, 0, 0, 0],
        [0, 0, -1, 0],
        [0, 0, 0, 2],
        [0, 0, 0, -1],
      ] as Vec4[])
        expect(() => readVoxel(ws, source, spec, at)).toThrow(OutOfBoundsError);
      ws.release(source);
    }
  });

  it("says what is wrong", () => {
    const bad = words(1, (3 << 24) | 2, 2, ...zeros(500));
    expect(() => decodeBytes(ws, codec, bad, small)).toThrow(DecodingError);
    expect(() => decodeBytes(ws, codec, bad, small)).toThrow(/damaged.*none of 0, 1, 2, 4, 8, 16, 32/);
    expect(() => codec.check({ ...small, dtype: "uint8" })).toThrow(/uint32 and uint64 only.*uint8/);
  });
});
