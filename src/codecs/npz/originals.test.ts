/** npz against CloudVolume. */
import { describe, expect, test } from "vitest";
import { startChunkJudge } from "../../../test/support/chunk-judge.js";
import { ARRAYS, haveOriginals } from "../../../test/support/originals.js";
import type { DataType } from "../../base/dtype.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { ChunkSpec } from "../codec.js";
import { below, CONTENTS, chunkVoxels, decodeBytes, encodeBytes, seeded } from "../testing-chunks.js";
import { npz, npzUint8 } from "./index.js";

const DTYPES: readonly DataType[] = [
  "bool",
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "uint64",
  "int64",
  "float32",
  "float64",
];
const ws = createWorkspace();

describe.runIf(haveOriginals("npz against CloudVolume"))("CloudVolume's npz", () => {
  const judge = startChunkJudge();

  test.each(DTYPES)(`%s: ${ARRAYS} arrays there and back`, { timeout: 60_000 }, async (dtype) => {
    await npz.load?.();
    const random = seeded(dtype.length);
    for (let i = 0; i < ARRAYS; i++) {
      const spec: ChunkSpec = { shape: [side(), side(), side(), 1 + below(random, 3)], dtype };
      const voxels = chunkVoxels(spec, CONTENTS[i % CONTENTS.length]!, random);
      const question = { encoding: "npz", dtype, shape: spec.shape };
      const read = await judge.ask("decode", { ...question, bytes: encodeBytes(ws, npz, voxels, spec) });
      expect(Buffer.compare(read, voxels), `${i}: ${spec.shape}`).toBe(0);
      const theirs = await judge.ask("encode", { ...question, voxels });
      const got = decodeBytes(ws, npz, new Uint8Array(theirs), spec);
      expect(Buffer.compare(got, voxels), `${i}: ${spec.shape}`).toBe(0);
    }
    function side(): number {
      return 1 + below(random, random() < 0.2 ? 1 : 12);
    }
  });

  test.each(["float32", "float64"] as const)("npz_uint8 of %s", async (dtype) => {
    await Promise.all([npz.load?.(), npzUint8.load?.()]);
    const random = seeded(3);
    const shape = [16, 16, 16, 1] as const;
    const values = Array.from({ length: 4096 }, (_, i) => (i % 4 > 0 ? random() : 8000 * (random() - 0.5)));
    const floats = dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values);
    const voxels = new Uint8Array(floats.buffer);
    const theirs = await judge.ask("encode", { encoding: "npz_uint8", dtype, shape, voxels });
    const asBytes: ChunkSpec = { shape, dtype: "uint8" };
    const wanted = decodeBytes(ws, npz, new Uint8Array(theirs), asBytes);
    const ours = encodeBytes(ws, npzUint8, voxels, { shape, dtype });
    expect(Buffer.compare(decodeBytes(ws, npz, ours, asBytes), wanted)).toBe(0);
  });
});
