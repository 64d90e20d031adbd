import { describe, expect, it } from "vitest";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { Vec4 } from "../../base/strided.js";
import { pack } from "../byte-chain.js";
import type { ChunkSpec } from "../codec.js";
import { testCodec } from "../testing.js";
import { chunkVoxels, decodeBytes, encodeBytes, seeded } from "../testing-chunks.js";
import { splitMark } from "../zeros-mark.js";
import { boss } from "./index.js";

const spec = (shape: Vec4, dtype: ChunkSpec["dtype"]): ChunkSpec => ({ shape, dtype });

testCodec({
  codec: boss,
  specs: [
    spec([1, 1, 1, 1], "uint8"),
    spec([7, 5, 3, 1], "uint8"),
    spec([7, 5, 3, 1], "uint16"),
    spec([7, 5, 3, 1], "uint64"),
    spec([16, 12, 4, 1], "uint64"),
  ],
  refused: [
    spec([4, 4, 4, 2], "uint8"),
    spec([4, 4, 4, 1], "uint32"),
    spec([4, 4, 4, 1], "int8"),
    spec([4, 4, 4, 1], "float32"),
  ],
  mutations: 40,
});

describe("boss", () => {
  const ws = createWorkspace();

  it.each(["uint8", "uint16", "uint64"] as const)(
    "packs %s, as the service names its size, too",
    async (dtype) => {
      const chunk = spec([64, 48, 8, 1], dtype);
      await boss.load?.();
      const voxels = chunkVoxels(chunk, "labels", seeded(5));
      const packed = await boss.pack!(ws, encodeBytes(ws, boss, voxels, chunk), chunk);
      expect(packed.length).toBeLessThan(voxels.length);
      expect(Buffer.compare(decodeBytes(ws, boss, packed, chunk), voxels)).toBe(0);
      for (const [cname, typesize] of [
        ["lz4", 8],
        ["zlib", 16],
        ["zstd", 64],
      ] as const) {
        const frame = await pack(ws, voxels, [{ name: "blosc", cname, clevel: 5, shuffle: 1, typesize }]);
        expect(Buffer.compare(decodeBytes(ws, boss, frame, chunk), voxels)).toBe(0);
      }
    },
  );

  it.each(["uint8", "uint16", "uint64"] as const)("tells of zeros in %s", async (dtype) => {
    const chunk = spec([6, 5, 4, 1], dtype);
    const bytes = chunkVoxels(chunk, "constant", seeded(1)).length;
    const kinds = [new Uint8Array(bytes).fill(1), new Uint8Array(bytes).fill(1), new Uint8Array(bytes)];
    kinds[1]!.fill(0, bytes - bytes / 120);
    for (const [i, zeros] of (["none", "some", "all"] as const).entries()) {
      const encoded = encodeBytes(ws, boss, kinds[i]!, chunk);
      expect(splitMark(encoded).zeros).toBe(zeros);
      expect(splitMark(await boss.pack!(ws, encoded, chunk)).zeros).toBe(zeros);
    }
    expect(() => splitMark(Uint8Array.of(2, 1))).toThrow(/zeros/);
  });

  it("refuses frames of another length", async () => {
    const frame = await pack(ws, new Uint8Array(100), [{ name: "blosc", typesize: 1 }]);
    for (const shape of [
      [99, 1, 1, 1],
      [101, 1, 1, 1],
    ] as const)
      expect(() => decodeBytes(ws, boss, frame, spec(shape, "uint8"))).toThrow(/bytes/);
  });
});
