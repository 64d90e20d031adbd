import { describe, expect, it } from "vitest";
import { DATA_TYPES } from "../../base/dtype.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { ChunkSpec } from "../codec.js";
import { testCodec } from "../testing.js";
import { decodeBytes, encodeBytes } from "../testing-chunks.js";
import { raw } from "./index.js";

testCodec({
  codec: raw,
  specs: [
    ...DATA_TYPES.map((dtype): ChunkSpec => ({ shape: [5, 4, 3, 2], dtype })),
    { shape: [1, 1, 1, 1], dtype: "uint8" },
    { shape: [70, 3, 2, 1], dtype: "uint8" },
    { shape: [17, 2, 1, 3], dtype: "uint64" },
  ],
  refused: [],
});

describe("raw", () => {
  const ws = createWorkspace();
  const spec: ChunkSpec = { shape: [3, 2, 1, 2], dtype: "uint16" };

  it("is the voxels themselves", () => {
    const voxels = Uint8Array.from({ length: 24 }, (_, i) => i);
    expect(encodeBytes(ws, raw, voxels, spec)).toEqual(voxels);
    expect(decodeBytes(ws, raw, voxels, spec)).toEqual(voxels);
  });

  it("refuses any other length", () => {
    for (const length of [0, 1, 12, 23, 25, 48])
      expect(() => decodeBytes(ws, raw, new Uint8Array(length), spec)).toThrow(DecodingError);
    expect(() => decodeBytes(ws, raw, new Uint8Array(25), spec)).toThrow(
      /expected 3 x 2 x 1 x 2 voxels of uint16: 24 bytes, got 25/,
    );
    expect(() => encodeBytes(ws, raw, new Uint8Array(23), spec)).toThrow(EncodingError);
  });
});
