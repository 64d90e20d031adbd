/** jpeg and jxl recompressed into each other: libjxl and CloudVolume, as judges and as writers. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createWorkspace } from "../../src/base/memory-workspace.js";
import { jxl } from "../../src/codecs/jxl/index.js";
import { recompressJpeg, restoreJpeg } from "../../src/codecs/jxl/jpeg/index.js";
import { decodeBytes } from "../../src/codecs/testing-chunks.js";
import { CloudVolume, fortranStride, type StridedArray } from "../../src/node.js";
import { startChunkJudge } from "../support/chunk-judge.js";
import { ARRAYS, haveOriginals, startJudge } from "../support/originals.js";
import { type Random, seeded } from "../support/random.js";
import { scratchDirectory } from "../support/scratch.js";
import { bytesOf, difference } from "../support/voxels.js";

const able = haveOriginals("jpeg and jxl recompressed by libjxl and here");
const SAMPLINGS = ["444", "420", "422", "440"] as const;

/** Waves, noise, flat areas: rows, columns, channels. */
function pixels(random: Random, height: number, width: number, channels: number): Uint8Array {
  const [noise, length] = [random.integer(0, 60), random.integer(2, 30)];
  const out = new Uint8Array(height * width * channels);
  for (let i = 0; i < out.length; i++) {
    const [c, x] = [i % channels, Math.floor(i / channels) % width];
    const wave = 100 * Math.sin(x / length + c) * Math.cos(i / (length * width * channels));
    out[i] = Math.max(0, Math.min(255, 128 + wave + random.integer(-noise, noise)));
  }
  return out;
}

describe.runIf(able)("libjxl", () => {
  const judge = startChunkJudge();

  test(`${ARRAYS} images: the same files both ways, and the same pixels`, { timeout: 300_000 }, async () => {
    await jxl.load?.("decode");
    const ws = createWorkspace();
    const random = seeded(21);
    for (let i = 0; i < ARRAYS; i++) {
      const channels = i % 2 === 0 ? 1 : 3;
      const most = i % 10 === 0 ? 700 : 130;
      const [height, width] = [random.integer(1, most), random.integer(1, most)];
      const params = { quality: random.integer(1, 100), sampling: SAMPLINGS[random.integer(0, 3)]! };
      const shape = [height, width, channels];
      const what = `${i}: ${shape}, ${JSON.stringify(params)}`;
      const voxels = pixels(random, height, width, channels);
      const question = { dtype: "uint8", shape, params, voxels } as const;
      const jpeg = await judge.ask("jpeg_encode", question);
      const expected = { pixels: [height * width], channels };

      const theirs = await judge.ask("jpeg_to_jxl", { dtype: "uint8", shape, bytes: jpeg });
      expect(jpeg.equals(restoreJpeg(theirs, expected)!), what).toBe(true);

      const ours = recompressJpeg(jpeg, expected)!;
      const restored = await judge.ask("jxl_to_jpeg", { dtype: "uint8", shape, bytes: ours });
      expect(restored.equals(jpeg), what).toBe(true);
      expect(jpeg.equals(restoreJpeg(ours, expected)!), what).toBe(true);

      const decoded = channels === 1 ? [height, width] : shape;
      const read = await judge.ask("jxl_decode", { dtype: "uint8", shape: decoded, bytes: ours });
      const spec = { shape: [width, height, 1, channels], dtype: "uint8" } as const;
      const own = decodeBytes(ws, jxl, ours, spec);
      const plane = height * width;
      const step = read.reduce(
        (most, v, at) =>
          Math.max(most, Math.abs(v - own[(at % channels) * plane + Math.floor(at / channels)]!)),
        0,
      );
      expect(step, what).toBeLessThanOrEqual(1);
    }
  });
});

describe.runIf(able)("CloudVolume", () => {
  const judge = startJudge("test/parity/judge_server.py");
  const root = scratchDirectory();
  // Whole chunks: CloudVolume renders others anew.
  const size = [128, 64, 32, 1] as const;
  const array: StridedArray = {
    data: Uint8Array.from(
      { length: 128 * 64 * 32 },
      (_, i) => 128 + 90 * Math.sin((i % 128) / 9) * Math.cos(i / 4000),
    ),
    shape: size,
    stride: fortranStride(size),
  };
  const filesOf = (path: string): ReadonlyMap<string, Buffer> => {
    const folder = join(path, "1_1_1");
    return new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))]));
  };

  test("reads what is transferred here, and its own transfers are read here", {
    timeout: 120_000,
  }, async () => {
    const path = (name: string): string => join(root, name);
    const source = await CloudVolume.fromArray(array, {
      ...{ path: `file://${path("jpeg")}`, layerType: "image", encoding: "jpeg", chunkSize: [64, 64, 16] },
      resolution: [1, 1, 1],
    });
    const voxels = await source.download();
    const ours = await source.transferTo(`file://${path("jxl")}`, { encoding: "jxl" });
    const recompressed = await ours.download();
    const truth = judge.npy(recompressed);
    expect(await judge.ask("cloudvolume_reads", { path: path("jxl"), truth, tolerance: 1 })).toBe("same");

    // CloudVolume makes the JPEG files again of what was recompressed here ...
    const back = { path: path("jxl"), to: path("back"), encoding: "jpeg" };
    await judge.ask("cloudvolume_transfers", back);
    expect(filesOf(path("back"))).toEqual(filesOf(path("jpeg")));

    // ... and its own recompressed ones are restored here.
    await judge.ask("cloudvolume_transfers", { path: path("jpeg"), to: path("theirs"), encoding: "jxl" });
    const theirs = await CloudVolume.open(`file://${path("theirs")}`);
    const [a, b] = [bytesOf((await theirs.download()).data), bytesOf(recompressed.data)];
    expect(a.every((v, i) => Math.abs(v - b[i]!) <= 1)).toBe(true);
    const again = await theirs.transferTo(`file://${path("again")}`, { encoding: "jpeg" });
    expect(filesOf(path("again"))).toEqual(filesOf(path("jpeg")));
    expect(difference(await again.download(), voxels)).toBe("same");
    const npy = judge.npy(voxels);
    expect(await judge.ask("cloudvolume_reads", { path: path("again"), truth: npy })).toBe("same");
  });
});
