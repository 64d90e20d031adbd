import { describe, expect, it } from "vitest";
import { DATA_TYPES } from "../../base/dtype.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { ChunkSpec } from "../codec.js";
import { testAbilities } from "../testing-abilities.js";
import { inMemory } from "../testing-encoded.js";
import { contains, labels, raw, readVoxel, remap } from "./index.js";

testAbilities({
  codec: raw,
  specs: DATA_TYPES.filter((dtype) => !dtype.startsWith("float") && dtype !== "bool").flatMap(
    (dtype): ChunkSpec[] => [
      { shape: [13, 7, 6, 2], dtype },
      { shape: [1, 1, 1, 1], dtype },
    ],
  ),
});

describe("raw labels", () => {
  const ws = createWorkspace();
  const spec: ChunkSpec = { shape: [3, 1, 1, 1], dtype: "float64" };
  const values = Float64Array.of(1, -0.5, 3e300);

  it("are whole numbers", () => {
    inMemory(ws, new Uint8Array(values.buffer), (source) => {
      expect(() => labels(ws, source, spec)).toThrow(DecodingError);
      expect(() => contains(ws, source, spec, 1n)).toThrow(/whole numbers.*float64/);
      expect(() => remap(ws, source, spec, new Map())).toThrow(EncodingError);
      expect([0, 1, 2].map((x) => readVoxel(ws, source, spec, [x, 0, 0, 0]))).toEqual([...values]);
    });
  });

  it("come in the order of their type", () => {
    const signed = Int16Array.of(5, -3, 5, -32768, 0, 32767);
    inMemory(ws, new Uint8Array(signed.buffer), (source) => {
      const of: ChunkSpec = { shape: [6, 1, 1, 1], dtype: "int16" };
      expect(labels(ws, source, of)).toEqual([-32768n, -3n, 0n, 5n, 32767n]);
      expect([-3n, 65533n, 32768n, 5n].map((label) => contains(ws, source, of, label))).toEqual([
        true,
        false,
        false,
        true,
      ]);
      expect(() => remap(ws, source, of, new Map())).toThrow(/int16/);
    });
  });

  it("are refused in chunks of another length", () => {
    inMemory(ws, new Uint8Array(9), (source) => {
      const of: ChunkSpec = { shape: [10, 1, 1, 1], dtype: "uint8" };
      for (const call of [labels, contains, remap, readVoxel] as ((...args: unknown[]) => unknown)[])
        expect(() => call(ws, source, of, [0, 0, 0, 0])).toThrow(DecodingError);
    });
  });

  it("are found among many", () => {
    const random = Uint32Array.from({ length: 300_000 }, (_, i) => Math.imul(i % 100_000, 2654435761));
    inMemory(ws, new Uint8Array(random.buffer), (source) => {
      const of: ChunkSpec = { shape: [random.length, 1, 1, 1], dtype: "uint32" };
      expect(labels(ws, source, of)).toEqual(BigUint64Array.from(new Set(random.slice().sort()), BigInt));
    });
  });
});
