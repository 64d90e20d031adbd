import { describe, expect, it } from "vitest";
import { DecodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { ChunkSpec } from "../codec.js";
import { testAbilities } from "../testing-abilities.js";
import { decodeBytes, encodeBytes } from "../testing-chunks.js";
import { inMemory } from "../testing-encoded.js";
import { contains, labels, readVoxel, remap } from "./functions.js";
import { compresso } from "./index.js";
import { bytesOf, contentOf, remaps, streams } from "./testing.js";

testAbilities({
  codec: compresso,
  specs: (["uint8", "uint16", "uint32", "uint64"] as const).flatMap((dtype): ChunkSpec[] => [
    { shape: [9, 7, 5, 1], dtype },
    { shape: [70, 6, 2, 1], dtype },
    { shape: [1, 1, 1, 1], dtype },
  ]),
});

describe("compresso on encoded bytes", () => {
  const ws = createWorkspace();

  it.each(streams.map((s, i) => ({ ...s, i })))(
    "answers for $content, version $version, connectivity $connectivity, steps $steps",
    async ({ content, bytes, i }) => {
      await compresso.load?.();
      const { spec, voxels } = contentOf(content);
      const [x, y, z] = spec.shape;
      const size = voxels.length / (x * y * z);
      const value = (voxel: number): bigint =>
        voxels
          .subarray(voxel * size, (voxel + 1) * size)
          .reduceRight((n, byte) => (n << 8n) | BigInt(byte), 0n);
      const values = Array.from({ length: x * y * z }, (_, voxel) => value(voxel));
      inMemory(ws, bytesOf(bytes), (source) => {
        expect([...labels(ws, source, spec)]).toEqual([...new Set(values)].sort((a, b) => (a < b ? -1 : 1)));
        if (values.length === 0) return;
        expect(contains(ws, source, spec, values.at(-1)!)).toBe(true);
        const at = (i * 7919) % values.length;
        const voxel = [at % x, Math.floor(at / x) % y, Math.floor(at / x / y), 0] as const;
        expect(BigInt(readVoxel(ws, source, spec, voxel))).toBe(values[at]);
        const up = new Map(values.map((v) => [v, 2n ** BigInt(8 * size) - 1n - v]));
        const remapped = decodeBytes(ws, compresso, remap(ws, source, spec, up), spec);
        expect(
          Buffer.compare(
            remapped,
            voxels.map((byte) => 255 - byte),
          ),
        ).toBe(0);
      });
    },
  );

  it.each(remaps)("gives $content other labels as the C++ does", (fixture) => {
    const { spec, voxels } = contentOf(fixture.content);
    const mapping = new Map(Object.entries(fixture.mapping).map(([k, v]) => [BigInt(k), BigInt(v)]));
    const some = new Map(fixture.some.map((k) => [BigInt(k), mapping.get(BigInt(k))!]));
    inMemory(ws, encodeBytes(ws, compresso, voxels, spec), (source) => {
      expect([...labels(ws, source, spec)].map(String)).toEqual(fixture.labels);
      expect(remap(ws, source, spec, mapping)).toEqual(bytesOf(fixture.remapped));
      expect(remap(ws, source, spec, some, { preserveMissing: true })).toEqual(bytesOf(fixture.kept));
    });
  });

  it("keeps the z index right where new labels take two entries", () => {
    const { spec, voxels } = contentOf("noise_u16");
    const [x, y, z] = spec.shape;
    inMemory(ws, encodeBytes(ws, compresso, voxels, spec), (source) => {
      const all = new Map([...labels(ws, source, spec)].map((l, i) => [l, 65535n - BigInt(i % 7)]));
      const bytes = remap(ws, source, spec, all);
      expect(bytes.length).toBeGreaterThan(source.length);
      inMemory(ws, bytes, (remapped) => {
        for (let slice = 0; slice < z; slice++) {
          const at = x * y * slice + 5;
          const before = BigInt(voxels[2 * at]! + 256 * voxels[2 * at + 1]!);
          expect(BigInt(readVoxel(ws, remapped, spec, [5, 0, slice, 0]))).toBe(all.get(before));
        }
      });
    });
  });

  it("refuses locations that end within a label, and other chunks", () => {
    const { spec, voxels } = contentOf("highest_u8");
    const bytes = encodeBytes(ws, compresso, voxels, spec);
    const view = new DataView(bytes.buffer);
    const [ids, values, locations] = [15, 23, 27].map((at) => view.getUint32(at, true)) as [
      number,
      number,
      number,
    ];
    const last = 36 + ids + 2 * values + locations - 1;
    bytes.set([0, 6], last - 1);
    inMemory(ws, bytes, (source) => {
      for (const ability of [labels, contains, remap] as ((...args: unknown[]) => unknown)[])
        expect(() => ability(ws, source, spec, new Map(), { preserveMissing: true })).toThrow(DecodingError);
      expect(() => labels(ws, source, { ...spec, shape: [1, 1, 1, 1] })).toThrow(DecodingError);
    });
  });
});
