/** compressed_segmentation against the package that CloudVolume uses: the same bytes, voxels and labels. */
import { describe, expect, test } from "vitest";
import { startChunkJudge } from "../../../test/support/chunk-judge.js";
import { ARRAYS, haveOriginals } from "../../../test/support/originals.js";
import { loadSegmentation, randomLabels } from "../../../test/support/segmentations.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { Vec3 } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import { below, decodeBytes, encodeBytes, seeded } from "../testing-chunks.js";
import { inMemory } from "../testing-encoded.js";
import { compressedSegmentation as codec, labels, remap } from "./index.js";

const BLOCKS: readonly Vec3[] = [
  [8, 8, 8],
  [8, 8, 8],
  [4, 4, 2],
  [16, 8, 4],
  [5, 3, 7],
];
const ws = createWorkspace();

describe.runIf(haveOriginals("compressed_segmentation against the package"))("the package", () => {
  const judge = startChunkJudge();

  test.each(["uint32", "uint64"] as const)(`%s: ${ARRAYS} arrays`, { timeout: 120_000 }, async (dtype) => {
    await loadSegmentation();
    const random = seeded(dtype.length + 1);
    for (let i = 0; i < ARRAYS; i++) {
      const { content, shape, voxels } = randomLabels(random, i, dtype, 40);
      const blockSize = BLOCKS[below(random, BLOCKS.length)]!;
      const spec: ChunkSpec = { shape, dtype, blockSize };
      const what = `${i}: ${content} ${shape} in blocks of ${blockSize}`;
      const question = { encoding: "compressed_segmentation", dtype, shape, block_size: blockSize };
      const ours = encodeBytes(ws, codec, voxels, spec);
      expect(Buffer.compare(decodeBytes(ws, codec, ours, spec), voxels), `${what}: decoded`).toBe(0);
      const theirs = await judge.ask("encode", { ...question, voxels });
      expect(Buffer.compare(ours, theirs), `${what}: encoded`).toBe(0);
      const read = await judge.ask("decode", { ...question, bytes: ours });
      expect(Buffer.compare(read, voxels), `${what}: decoded there`).toBe(0);
      const found = inMemory(ws, ours, (source) => labels(ws, source, spec));
      const list = await judge.ask("labels", { ...question, bytes: ours });
      expect(Buffer.from(found.buffer).toString("hex"), `${what}: labels`).toBe(list.toString("hex"));
      const mapping = new Map([...found].map((label, k) => [label, BigInt(k % 50)]));
      const mapped = inMemory(ws, ours, (source) => remap(ws, source, spec, mapping));
      const entries = Object.fromEntries([...mapping].map(([k, v]) => [String(k), String(v)]));
      const wanted = await judge.ask("remap", { ...question, bytes: ours, mapping: entries, keep: false });
      expect(Buffer.compare(mapped, wanted), `${what}: relabelled`).toBe(0);
    }
  });
});
