import { describe, expect, it } from "vitest";
import { DecodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { Vec3 } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import { testAbilities } from "../testing-abilities.js";
import { chunkVoxels, decodeBytes, encodeBytes, seeded } from "../testing-chunks.js";
import { inMemory } from "../testing-encoded.js";
import { compressedSegmentation as codec, contains, labels, remap } from "./index.js";

testAbilities({
  codec,
  specs: (["uint32", "uint64"] as const).flatMap((dtype): ChunkSpec[] => [
    { shape: [1, 1, 1, 1], dtype, blockSize: [8, 8, 8] },
    { shape: [17, 9, 6, 1], dtype, blockSize: [8, 8, 8] },
    { shape: [13, 7, 6, 3], dtype, blockSize: [4, 4, 2] },
    { shape: [9, 9, 9, 2], dtype, blockSize: [24, 20, 12] },
    { shape: [5, 4, 3, 1], dtype, blockSize: [1, 1, 1] },
  ]),
});

describe("compressed_segmentation on encoded bytes", () => {
  const ws = createWorkspace();
  const spec: ChunkSpec = { shape: [4, 2, 1, 1], dtype: "uint32", blockSize: [4, 2, 1] };
  const words = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
  /** Channel at 1, one block with 2 bits: table at `table`, indices 0 1 2 0 1 2 0 1 at 2. */
  const block = (table: number, ...rest: number[]): Uint8Array =>
    words(1, (2 << 24) | table, 2, 0b01_00_10_01_00_10_01_00, ...rest);

  it("counts neither entries that no voxel has nor what lies behind a table", () => {
    for (const [bytes, expected] of [
      [block(3, 5, 6, 9), [5n, 6n, 9n]],
      [block(3, 9, 5, 6), [5n, 6n, 9n]],
      [block(3, 5, 6, 9, 11), [5n, 6n, 9n]],
      [block(3, 5, 6, 9, 0, 0, 0), [5n, 6n, 9n]],
      [block(3, 5, 5, 5), [5n]],
    ] as const)
      inMemory(ws, bytes, (source) => {
        const decoded = new Uint32Array(decodeBytes(ws, codec, bytes, spec).buffer);
        const voxels = [...new Set(decoded)].map(BigInt);
        expect(voxels.sort((a, b) => (a < b ? -1 : 1))).toEqual(expected);
        // A fourth ascending entry cannot be told from one that is in use: the file is as encoders write it.
        const shown = bytes.length === 4 * 8 && bytes[28] === 11 ? [...expected, 11n] : expected;
        expect([...labels(ws, source, spec)]).toEqual(shown);
        expect(contains(ws, source, spec, 0n)).toBe(false);
      });
  });

  it("knows tables that share entries", () => {
    // Two blocks: [1, 2, 3] from word 6 on, and [2, 3] from word 7 on.
    const two: ChunkSpec = { ...spec, shape: [8, 2, 1, 1] };
    const indices = 0b01_00_10_01_00_10_01_00;
    const bytes = words(1, (2 << 24) | 6, 4, (1 << 24) | 7, 5, indices, 0b10010110, 1, 2, 3);
    const voxels = [...new Uint32Array(decodeBytes(ws, codec, bytes, two).buffer)];
    expect(new Set(voxels)).toEqual(new Set([1, 2, 3]));
    inMemory(ws, bytes, (source) => {
      expect([...labels(ws, source, two)]).toEqual([1n, 2n, 3n]);
      const mapping = new Map([1n, 2n, 3n].map((l) => [l, l * 10n]));
      const mapped = decodeBytes(ws, codec, remap(ws, source, two, mapping), two);
      expect([...new Uint32Array(mapped.buffer)]).toEqual(voxels.map((v) => v * 10));
    });
  });

  it("refuses what decoding refuses", () => {
    const bad = [
      words(1),
      words(9, 0, 0),
      block(30, 5, 6, 9),
      block(3, 5, 6),
      words(1, (3 << 24) | 3, 2, 0, 5, 6, 9),
      words(1, (2 << 24) | 3, 9, 0, 5, 6, 9),
    ];
    for (const bytes of bad) {
      expect(() => decodeBytes(ws, codec, bytes, spec)).toThrow(DecodingError);
      inMemory(ws, bytes, (source) => expect(() => labels(ws, source, spec)).toThrow(DecodingError));
    }
  });

  it("lists the labels of blocks that have more of them than 16 bits count", () => {
    const wide: ChunkSpec = { shape: [64, 64, 20, 1], dtype: "uint64", blockSize: [64, 64, 32] as Vec3 };
    const voxels = BigUint64Array.from({ length: 64 * 64 * 20 }, (_, i) => BigInt(i) * 0x9e3779b97f4a7c15n);
    const encoded = encodeBytes(ws, codec, new Uint8Array(voxels.buffer), wide);
    inMemory(ws, encoded, (source) => expect(labels(ws, source, wide)).toEqual(voxels.slice().sort()));
  });

  it("finds no labels where there are no voxels", () => {
    for (const shape of [
      [0, 8, 8, 1],
      [8, 8, 0, 2],
    ] as const) {
      const none: ChunkSpec = { ...spec, shape };
      inMemory(ws, encodeBytes(ws, codec, new Uint8Array(0), none), (source) => {
        expect([...labels(ws, source, none)]).toEqual([]);
        expect(contains(ws, source, none, 0n)).toBe(false);
      });
    }
  });

  it("lists labels of all channels", () => {
    const many: ChunkSpec = { shape: [9, 8, 8, 3], dtype: "uint32", blockSize: [8, 8, 8] };
    const voxels = new Uint32Array(chunkVoxels(many, "noise", seeded(3)).buffer);
    inMemory(ws, encodeBytes(ws, codec, new Uint8Array(voxels.buffer), many), (source) => {
      expect(labels(ws, source, many)).toEqual(BigUint64Array.from(new Set(voxels.slice().sort()), BigInt));
      for (const c of [0, 1, 2])
        expect(contains(ws, source, many, BigInt(voxels[c * 9 * 64 + 77]!))).toBe(true);
    });
  });
});
