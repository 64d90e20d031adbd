import { expect, it } from "vitest";
import { DecodingError, EncodingError } from "../base/errors.js";
import { createWorkspace } from "../base/memory-workspace.js";
import type { ChunkSpec } from "./codec.js";
import { type CodecEntry, type CodecFunctions, lazyCodec } from "./lazy.js";

const ws = createWorkspace();
const spec: ChunkSpec = { shape: [1, 1, 1, 1], dtype: "uint8" };
const none = { ptr: 0, length: 0 };
const target = { ptr: 0, stride: [1, 1, 1], from: [0, 0, 0], size: [1, 1, 1] } as const;
const work: CodecFunctions = { decode: () => {}, encode: () => new Uint8Array(3), labels: () => [5n] };

const entry: CodecEntry = { name: "x", contentType: "image/x.x", gzipByDefault: true, check: () => {} };

it("works once it is loaded", async () => {
  let brought = 0;
  const codec = lazyCodec(entry, async () => {
    brought++;
    return work;
  });
  expect(codec.labels).toBeUndefined();
  expect(() => codec.encode(ws, none, spec)).toThrow(EncodingError);
  expect(() => codec.decode(ws, none, spec, target)).toThrow(DecodingError);
  await Promise.all([codec.load?.(), codec.load?.()]);
  await codec.load?.();
  expect(brought).toBe(1);
  expect(codec.encode(ws, none, spec)).toHaveLength(3);
  expect(codec.labels?.(ws, none, spec)).toEqual([5n]);
  expect(codec.remap).toBeUndefined();
});

it("tries a failed load again", async () => {
  let tries = 0;
  const codec = lazyCodec(entry, async () => {
    if (++tries === 1) throw new Error("offline");
    return work;
  });
  await expect(codec.load?.()).rejects.toThrow("offline");
  await codec.load?.();
  expect(codec.encode(ws, none, spec)).toHaveLength(3);
});
