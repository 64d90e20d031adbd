/** crackle against the package that CloudVolume uses: the same bytes, the same voxels, the same labels. */
import { describe, expect, test } from "vitest";
import { startChunkJudge } from "../../../test/support/chunk-judge.js";
import { ARRAYS, haveOriginals } from "../../../test/support/originals.js";
import { loadSegmentation, randomLabels } from "../../../test/support/segmentations.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import { product } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import { below, cutBox, decodeBox, decodeBytes, encodeBytes, randomBox, seeded } from "../testing-chunks.js";
import { inMemory } from "../testing-encoded.js";
import { encode, labels, remap } from "./functions.js";
import { crackle } from "./index.js";

const TYPES = ["uint8", "uint16", "uint32", "uint64"] as const;
const ws = createWorkspace();

describe.runIf(haveOriginals("crackle against the package"))("the crackle package", () => {
  const judge = startChunkJudge();

  test.each(TYPES)(`%s: ${ARRAYS} arrays, the same bytes`, { timeout: 120_000 }, async (dtype) => {
    await crackle.load?.();
    await loadSegmentation();
    const random = seeded(dtype.length);
    for (let i = 0; i < ARRAYS; i++) {
      const { content, shape, voxels } = randomLabels(random, i, dtype, 40);
      const spec: ChunkSpec = { shape, dtype };
      const what = `${i}: ${content} ${shape}`;
      const question = { encoding: "crackle", dtype, shape };
      const ours = encodeBytes(ws, crackle, voxels, spec);
      const theirs = await judge.ask("encode", { ...question, voxels });
      expect(Buffer.compare(ours, theirs), `${what}: encoded`).toBe(0);
      expect(Buffer.compare(decodeBytes(ws, crackle, ours, spec), voxels), `${what}: decoded`).toBe(0);
      const read = await judge.ask("decode", { ...question, bytes: ours });
      expect(Buffer.compare(read, voxels), `${what}: decoded there`).toBe(0);
      if (i % 4 !== 0 || product(shape) === 0) continue;
      const found = inMemory(ws, ours, (source) => labels(ws, source, spec)) as BigUint64Array;
      const list = await judge.ask("labels", { ...question, bytes: ours });
      expect(Buffer.from(found.buffer).toString("hex"), `${what}: labels`).toBe(list.toString("hex"));
      const mapping = new Map([...found].map((label, k) => [label, BigInt((k * 77) % 240)]));
      const mapped = inMemory(ws, ours, (source) => remap(ws, source, spec, mapping));
      const wanted = voxels.slice();
      const size = voxels.length / product(shape);
      for (let at = 0; at < voxels.length; at += size) {
        const old = voxels.subarray(at, at + size).reduceRight((n, byte) => (n << 8n) | BigInt(byte), 0n);
        wanted.fill(0, at, at + size)[at] = Number(mapping.get(old));
      }
      const relabelled = await judge.ask("decode", { ...question, bytes: mapped });
      expect(Buffer.compare(relabelled, wanted), `${what}: relabelled`).toBe(0);
      expect(String(await judge.ask("crackle_check", { ...question, bytes: mapped })), what).toBe("[]");
    }
  });

  test.each(TYPES)(`%s: ${ARRAYS} arrays with pins and models`, { timeout: 120_000 }, async (dtype) => {
    await crackle.load?.();
    await loadSegmentation();
    const random = seeded(100 + dtype.length);
    for (let i = 0; i < ARRAYS; i++) {
      const { content, shape, voxels } = randomLabels(random, i, dtype, 30);
      const spec: ChunkSpec = { shape, dtype };
      const markovOrder = below(random, 7);
      const pins = random() < 0.7;
      const params = { allow_pins: pins ? 1 + below(random, 2) : 0, markov_model_order: markovOrder };
      const what = `${i}: ${content} ${shape} ${JSON.stringify(params)}`;
      const question = { encoding: "crackle", dtype, shape };
      const theirs = await judge.ask("crackle_encode", { dtype, shape, voxels, params });
      const bytes = new Uint8Array(theirs);
      expect(Buffer.compare(decodeBytes(ws, crackle, bytes, spec), voxels), what).toBe(0);
      const codec = {
        ...crackle,
        encode: (...[memory, source]: Parameters<typeof encode>) =>
          encode(memory, source, spec, { pins, markovOrder }),
      };
      const ours = encodeBytes(ws, codec, voxels, spec);
      const read = await judge.ask("decode", { ...question, bytes: ours });
      expect(Buffer.compare(read, voxels), `${what}: decoded there`).toBe(0);
      if (product(shape) === 0) continue;
      expect(String(await judge.ask("crackle_check", { ...question, bytes: ours })), what).toBe("[]");
      const box = randomBox(spec, random);
      for (const file of [bytes, ours]) {
        const part = decodeBox(ws, crackle, file, spec, box).voxels;
        expect(Buffer.compare(part, cutBox(voxels, spec, box)), what).toBe(0);
      }
    }
  });
});
