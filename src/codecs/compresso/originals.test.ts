/** compresso against the package that CloudVolume uses: the same bytes, the same voxels, the same labels. */
import { describe, expect, test } from "vitest";
import { startChunkJudge } from "../../../test/support/chunk-judge.js";
import { ARRAYS, haveOriginals } from "../../../test/support/originals.js";
import { loadSegmentation, randomLabels } from "../../../test/support/segmentations.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { ChunkSpec } from "../codec.js";
import { below, cutBox, decodeBox, decodeBytes, encodeBytes, randomBox, seeded } from "../testing-chunks.js";
import { inMemory } from "../testing-encoded.js";
import { labels, remap } from "./functions.js";
import { compresso } from "./index.js";

const TYPES = ["uint8", "uint16", "uint32", "uint64"] as const;
const STEPS = [
  [4, 4, 1],
  [8, 8, 1],
  [2, 2, 2],
  [3, 5, 2],
  [64, 1, 1],
  [1, 1, 1],
  [7, 1, 4],
  [16, 2, 2],
] as const;
const ws = createWorkspace();

describe.runIf(haveOriginals("compresso against the package"))("the compresso package", () => {
  const judge = startChunkJudge();

  test.each(TYPES)(`%s: ${ARRAYS} arrays, the same bytes`, { timeout: 120_000 }, async (dtype) => {
    await compresso.load?.();
    await loadSegmentation();
    const random = seeded(dtype.length);
    for (let i = 0; i < ARRAYS; i++) {
      const { content, shape, voxels } = randomLabels(random, i, dtype, 40);
      const spec: ChunkSpec = { shape, dtype };
      const what = `${i}: ${content} ${shape}`;
      const question = { encoding: "compresso", dtype, shape };
      const ours = encodeBytes(ws, compresso, voxels, spec);
      const theirs = await judge.ask("encode", { ...question, voxels });
      expect(Buffer.compare(ours, theirs), `${what}: encoded`).toBe(0);
      expect(Buffer.compare(decodeBytes(ws, compresso, ours, spec), voxels), `${what}: decoded`).toBe(0);
      const read = await judge.ask("decode", { ...question, bytes: ours });
      expect(Buffer.compare(read, voxels), `${what}: decoded there`).toBe(0);
      if (i % 4 !== 0) continue;
      const found = inMemory(ws, ours, (source) => labels(ws, source, spec));
      const list = await judge.ask("labels", { ...question, bytes: ours });
      expect(Buffer.from(found.buffer).toString("hex"), `${what}: labels`).toBe(list.toString("hex"));
      // Labels from 249 on would make the package wrap around where they are of 8 bits.
      const mapping = new Map([...found].map((label, k) => [label, BigInt(k % 240)]));
      const some = new Map([...mapping].filter(() => random() < 0.7));
      for (const [map, keep] of [
        [mapping, false],
        [some, true],
      ] as const) {
        const mapped = inMemory(ws, ours, (source) =>
          remap(ws, source, spec, map, { preserveMissing: keep }),
        );
        const entries = Object.fromEntries([...map].map(([k, v]) => [String(k), String(v)]));
        const wanted = await judge.ask("remap", { ...question, bytes: ours, mapping: entries, keep });
        expect(Buffer.compare(mapped, wanted), `${what}: relabelled`).toBe(0);
      }
    }
  });

  test.each(TYPES)(
    `%s: ${ARRAYS} arrays of any steps and connectivity`,
    { timeout: 120_000 },
    async (dtype) => {
      await compresso.load?.();
      await loadSegmentation();
      const random = seeded(100 + dtype.length);
      let compared = 0;
      for (let i = 0; i < ARRAYS; i++) {
        const { content, shape, voxels } = randomLabels(random, i, dtype, 30);
        const connectivity = random() < 0.5 ? 4 : 6;
        const steps = STEPS[below(random, STEPS.length)]!;
        const params = { connectivity, steps, random_access_z_index: connectivity === 4 && random() < 0.5 };
        const spec: ChunkSpec = { shape, dtype };
        const what = `${i}: ${content} ${shape} ${JSON.stringify(params)}`;
        const theirs = await judge
          .ask("compresso_encode", { dtype, shape, voxels, params })
          .catch((error: Error) => void expect(error.message, what).toContain("EncodeError"));
        if (theirs === undefined) continue; // More windows than their bits can name.
        compared++;
        const bytes = new Uint8Array(theirs);
        expect(Buffer.compare(decodeBytes(ws, compresso, bytes, spec), voxels), what).toBe(0);
        if (content === "empty") continue;
        const box = randomBox(spec, random);
        const part = decodeBox(ws, compresso, bytes, spec, box).voxels;
        expect(Buffer.compare(part, cutBox(voxels, spec, box)), what).toBe(0);
      }
      expect(compared).toBeGreaterThan(0.8 * ARRAYS);
    },
  );
});
