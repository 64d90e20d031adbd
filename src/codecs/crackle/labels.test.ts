import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { goldenEntries, goldenPath } from "../../../test/support/golden.js";
import { EncodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { ChunkSpec } from "../codec.js";
import { testAbilities } from "../testing-abilities.js";
import { decodeBytes } from "../testing-chunks.js";
import { inMemory } from "../testing-encoded.js";
import { contains, labels, readVoxel, remap } from "./functions.js";
import { crackle } from "./index.js";
import { bytesOf, contentOf, remaps, streams } from "./testing.js";

testAbilities({
  codec: crackle,
  specs: (["uint8", "uint16", "uint32", "uint64"] as const).flatMap((dtype): ChunkSpec[] => [
    { shape: [9, 7, 5, 1], dtype },
    { shape: [70, 6, 2, 1], dtype },
    { shape: [1, 1, 1, 1], dtype },
  ]),
});

describe("crackle on encoded bytes", () => {
  const ws = createWorkspace();

  it.each(streams.map((s, i) => ({ ...s, i })))(
    "answers for $content: $kind, pins $pins, order $order",
    async ({ content, bytes, i, kind }) => {
      await crackle.load?.();
      const { spec, voxels } = contentOf(content);
      const values = valuesOf(voxels, spec);
      const [x, y] = spec.shape;
      inMemory(ws, bytesOf(bytes), (source) => {
        expect([...labels(ws, source, spec)]).toEqual([...new Set(values)].sort((a, b) => (a < b ? -1 : 1)));
        if (values.length === 0) return;
        expect(contains(ws, source, spec, values.at(-1)!)).toBe(true);
        const [absent] = [12345678901n, 99n, 98n, 97n].filter((v) => !values.includes(v));
        expect(contains(ws, source, spec, absent!)).toBe(false);
        for (const at of [0, values.length - 1, (i * 7919) % values.length]) {
          const voxel = [at % x, Math.floor(at / x) % y, Math.floor(at / x / y), 0] as const;
          expect(BigInt(readVoxel(ws, source, spec, voxel))).toBe(values[at]);
        }
        if (kind === "signed") {
          expect(() => remap(ws, source, spec, new Map())).toThrow(EncodingError);
          return;
        }
        const most = 2n ** BigInt((8 * voxels.length) / values.length) - 1n;
        const up = new Map(values.map((v) => [v, most - v]));
        const remapped = remap(ws, source, spec, up);
        expect(valuesOf(decodeBytes(ws, crackle, remapped, spec), spec)).toEqual(values.map((v) => most - v));
      });
    },
  );

  it.each(remaps)("gives $content with pins $pins other labels", (fixture) => {
    const { spec, voxels } = contentOf(`remapped_${fixture.content}`);
    const mapping = new Map(Object.entries(fixture.mapping).map(([k, v]) => [BigInt(k), BigInt(v)]));
    inMemory(ws, bytesOf(fixture.source), (source) => {
      expect([...labels(ws, source, spec)].map(String)).toEqual(fixture.labels);
      const remapped = remap(ws, source, spec, mapping);
      expect(Buffer.compare(decodeBytes(ws, crackle, remapped, spec), voxels)).toBe(0);
      const theirs = bytesOf(fixture.remapped);
      // With pins the original says of any labels that they are sorted.
      if (fixture.pins > 0) expect(remapped.length).toBe(theirs.length);
      // It stores 64-bit labels with 64 bits then, needed or not.
      else if (fixture.content === "small_labels_u64") expect(remapped.length).toBe(source.length);
      else expect(remapped).toEqual(theirs);
    });
  });

  const golden = goldenEntries(["chunk"], "golden crackle remap").filter((e) =>
    e.path.endsWith("remap_crackle.bin"),
  ) as unknown as { path: string; options: { input: string; mapping: Record<string, number> } }[];
  it.each(golden)("gives the golden chunk other labels: $path", ({ path, options }) => {
    const spec: ChunkSpec = { shape: [40, 33, 9, 1], dtype: "uint64" };
    const lists = JSON.parse(readFileSync(goldenPath("codecs/labels.json"), "utf8"));
    inMemory(ws, new Uint8Array(readFileSync(goldenPath(`codecs/${options.input}`))), (source) => {
      const wanted = lists.crackle.labels as string[];
      expect([...labels(ws, source, spec)].map(String)).toEqual(wanted);
      const mapping = new Map(Object.entries(options.mapping).map(([k, v]) => [BigInt(k), BigInt(v)]));
      const remapped = remap(ws, source, spec, mapping, { preserveMissing: true });
      expect(remapped).toEqual(new Uint8Array(readFileSync(goldenPath(path))));
    });
  });
});

function valuesOf(voxels: Uint8Array, { dtype, shape }: ChunkSpec): bigint[] {
  const size = voxels.length / Math.max(1, shape[0] * shape[1] * shape[2]);
  const read = (at: number): bigint =>
    voxels.subarray(at, at + size).reduceRight((n, byte) => (n << 8n) | BigInt(byte), 0n);
  const count = size === 0 ? 0 : voxels.length / size;
  const values = Array.from({ length: count }, (_, i) => read(i * size));
  return dtype.startsWith("int") ? values.map((v) => BigInt.asIntN(8 * size, v)) : values;
}
