/** jxl against libjxl, as imagecodecs and CloudVolume use it. */
import { describe, expect, test } from "vitest";
import { startChunkJudge } from "../../../test/support/chunk-judge.js";
import { goldenPath, goldenRoot, goldenTruth } from "../../../test/support/golden.js";
import { ARRAYS, haveOriginals } from "../../../test/support/originals.js";
import { bytesPerVoxel, type DataType } from "../../base/dtype.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import { product, type Vec4 } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import {
  below,
  CONTENTS,
  chunkVoxels,
  cutBox,
  decodeBytes,
  encodeBytes,
  type Random,
  seeded,
} from "../testing-chunks.js";
import { jxl } from "./index.js";

const ws = createWorkspace();
const em = goldenRoot === undefined ? undefined : realVoxels();

describe.runIf(haveOriginals("jxl against libjxl"))("libjxl", () => {
  const judge = startChunkJudge();
  const cases = (["uint8", "uint16"] as const).flatMap((dtype) => [1, 3, 4].map((c) => ({ dtype, c })));

  test.each(cases)(
    `$dtype x$c: ${ARRAYS} arrays there and back`,
    { timeout: 120_000 },
    async ({ dtype, c }) => {
      await jxl.load?.();
      const random = seeded(c + dtype.length);
      for (let i = 0; i < ARRAYS; i++) {
        const spec: ChunkSpec = { shape: randomShape(random, c), dtype, params: randomParams(random) };
        const what = `${i}: ${spec.shape} ${JSON.stringify(spec.params)}`;
        const voxels = randomVoxels(spec, i, random);
        const lossless = Number(spec.params?.jxl_quality) >= 100;
        const tolerance = lossless ? 0 : dtype === "uint8" ? 1 : 16;
        const [x, y, z] = spec.shape;
        const shape = c === 1 ? [y * z, x] : [y * z, x, c];

        const ours = encodeBytes(ws, jxl, voxels, spec);
        const decoded = decodeBytes(ws, jxl, ours, spec);
        if (lossless) expect(Buffer.compare(decoded, voxels), what).toBe(0);
        const read = await judge.ask("jxl_decode", { dtype, shape, bytes: ours });
        expect(largestStep(pixelsOf(decoded, spec), read, dtype), what).toBeLessThanOrEqual(tolerance);

        const { jxl_quality: level, jxl_effort: effort, jxl_decodingspeed: decodingspeed } = spec.params!;
        const params = { level, lossless, effort, decodingspeed, photometric: c === 1 ? "GRAY" : "RGB" };
        const question = { dtype, shape, params, voxels: pixelsOf(voxels, spec) };
        const theirs = await judge.ask("jxl_encode", question);
        const wanted = await judge.ask("jxl_decode", { dtype, shape, bytes: theirs });
        const got = decodeBytes(ws, jxl, new Uint8Array(theirs), spec);
        expect(largestStep(pixelsOf(got, spec), wanted, dtype), what).toBeLessThanOrEqual(tolerance);
        if (lossless) expect(Buffer.compare(got, voxels), what).toBe(0);
      }
    },
  );

  test("gray chunks go through CloudVolume both ways", { timeout: 60_000 }, async () => {
    await jxl.load?.();
    const random = seeded(9);
    for (let i = 0; i < 60; i++) {
      const spec: ChunkSpec = { shape: randomShape(random, 1), dtype: "uint8", params: randomParams(random) };
      const { jxl_quality: level, ...rest } = spec.params!;
      const tolerance = Number(level) >= 100 ? 0 : 1;
      const voxels = randomVoxels(spec, i, random);
      const question = { encoding: "jxl", dtype: "uint8", shape: spec.shape } as const;
      const ours = encodeBytes(ws, jxl, voxels, spec);
      const read = await judge.ask("decode", { ...question, bytes: ours });
      expect(largestStep(decodeBytes(ws, jxl, ours, spec), read, "uint8")).toBeLessThanOrEqual(tolerance);
      const theirs = await judge.ask("encode", { ...question, voxels, params: { level, ...rest } });
      const wanted = await judge.ask("decode", { ...question, bytes: theirs });
      const got = decodeBytes(ws, jxl, new Uint8Array(theirs), spec);
      expect(largestStep(got, wanted, "uint8")).toBeLessThanOrEqual(tolerance);
    }
  });

  test("reads CloudVolume's three gray frames", { timeout: 60_000 }, async () => {
    await jxl.load?.("decode");
    const random = seeded(3);
    const shapes: Vec4[] = [
      [1, 1, 1, 3],
      [1, 9, 2, 3],
      [2, 1, 1, 3],
      [2, 5, 7, 3],
      [3, 5, 2, 3],
      [4, 3, 3, 3],

      [1, 1, 1, 3],
      [64, 64, 64, 3],
      [30, 100, 30, 3],
    ];
    for (let i = 0; i < 30; i++) {
      const shape = shapes[i] ?? randomShape(random, 3);
      const spec: ChunkSpec = { shape, dtype: "uint8", params: randomParams(random) };
      const { jxl_quality: level, ...rest } = spec.params!;
      const [x, y, z] = shape;
      const voxels = randomVoxels(spec, i, random);
      const question = { encoding: "jxl", dtype: "uint8", shape, params: { level, ...rest } } as const;
      const theirs = await judge.ask("encode", { ...question, voxels });
      // Whatever the image, its samples come in the order that a chunk has.
      const read = x === 1 ? [3, y * z] : [3, y * z, x];
      const frames = { dtype: "uint8", shape: read, bytes: theirs } as const;
      const wanted = await judge.ask("jxl_decode", frames);
      const got = decodeBytes(ws, jxl, new Uint8Array(theirs), spec);
      expect(largestStep(got, wanted, "uint8"), `${i}: ${shape}`).toBeLessThanOrEqual(
        Number(level) >= 100 ? 0 : 1,
      );
    }
  });
});

function randomShape(random: Random, c: number): Vec4 {
  const sides = [0, 1, 2].map(() => 1 + below(random, random() < 0.2 ? 1 : 24));
  return [sides[0]!, sides[1]!, sides[2]!, c];
}

function randomParams(random: Random): Record<string, number> {
  return {
    jxl_quality: [100, 100, 100, 85, 60, 95, 10][below(random, 7)]!,
    jxl_effort: [1, 2, 3, 4, 5, 6, 7][below(random, 7)]!,
    jxl_decodingspeed: below(random, 5),
  };
}

/** Made voxels, and sometimes a piece of an electron micrograph. */
function randomVoxels(spec: ChunkSpec, i: number, random: Random): Uint8Array {
  if (em === undefined || spec.dtype !== "uint8" || i % 6 !== 5)
    return chunkVoxels(spec, CONTENTS[i % CONTENTS.length]!, random);
  const [x, y, z, c] = spec.shape;
  const planes = Array.from({ length: c }, () => {
    const size = [x, y, Math.min(z, em.spec.shape[2])] as const;
    const from = em.spec.shape.slice(0, 3).map((n, axis) => below(random, n - size[axis]! + 1));
    const box = { from: [from[0]!, from[1]!, from[2]!] as const, size };
    const cut = cutBox(em.voxels, em.spec, box);
    return Array.from({ length: x * y * z }, (_, at) => cut[at % cut.length]!);
  });
  return Uint8Array.from(planes.flat());
}

function realVoxels(): { voxels: Uint8Array; spec: ChunkSpec } {
  const file = "real/em_png/truth_mip0.npy.gz";
  const { data } = goldenTruth({ file, dtype: "uint8", shape: [], sha256_F: goldenPath(file) })!;
  const spec: ChunkSpec = { shape: [200, 180, 12, 1], dtype: "uint8" };
  return { voxels: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), spec };
}

/** Voxels as pixels with their channels side by side. */
function pixelsOf(voxels: Uint8Array, { shape, dtype }: ChunkSpec): Uint8Array {
  const bytes = bytesPerVoxel(dtype);
  const pixels = product(shape) / shape[3];
  const out = new Uint8Array(voxels.length);
  for (let c = 0; c < shape[3]; c++)
    for (let i = 0; i < pixels; i++)
      for (let b = 0; b < bytes; b++)
        out[(i * shape[3] + c) * bytes + b] = voxels[(c * pixels + i) * bytes + b]!;
  return out;
}

/** The largest difference of two samples. */
function largestStep(a: Uint8Array, b: Uint8Array, dtype: DataType): number {
  expect(a.length).toBe(b.length);
  const [m, n] = [samplesOf(a, dtype), samplesOf(b, dtype)];
  let most = 0;
  for (let i = 0; i < m.length; i++) most = Math.max(most, Math.abs(m[i]! - n[i]!));
  return most;
}

function samplesOf(bytes: Uint8Array, dtype: DataType): ArrayLike<number> {
  return dtype === "uint8" ? bytes : new Uint16Array(new Uint8Array(bytes).buffer);
}
