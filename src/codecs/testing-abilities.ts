/** The contract of a codec's abilities on encoded bytes: the same answers as from the decoded voxels. */
import { describe, expect, it } from "vitest";
import { arrayType, bytesPerVoxel } from "../base/dtype.js";
import { CloudVolumeError, EncodingError, OutOfBoundsError } from "../base/errors.js";
import { createSharedMemory, createWorkspace } from "../base/memory-workspace.js";
import type { Vec4 } from "../base/strided.js";
import type { ChunkSpec, Codec } from "./codec.js";
import { below, CONTENTS, chunkVoxels, decodeBytes, encodeBytes, mutate, seeded } from "./testing-chunks.js";
import { inMemory, tryAbilities } from "./testing-encoded.js";

export interface AbilityContract {
  readonly codec: Codec;
  /** Chunks of whole numbers. */
  readonly specs: readonly ChunkSpec[];
}

/** Registers tests of `labels`, `contains`, `readVoxel` and, where there is one, `remap`. */
export function testAbilities({ codec, specs }: AbilityContract): void {
  const titled = specs.flatMap((spec, i) =>
    CONTENTS.map(
      (content) => [`${content}, ${spec.dtype} ${spec.shape.join("x")}`, spec, content, i] as const,
    ),
  );
  describe.each([
    ["private", createWorkspace()],
    ["shared", createWorkspace({ memory: createSharedMemory() })],
  ] as const)(`abilities of ${codec.name} in %s memory`, (_, ws) => {
    it.each(titled)("answers for %s", async (_title, spec, content, seed) => {
      await codec.load?.();
      const random = seeded(seed);
      const voxels = chunkVoxels(spec, content, random);
      const values = valuesOf(voxels, spec);
      const encoded = encodeBytes(ws, codec, voxels, spec);
      const distinct = [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
      inMemory(ws, encoded, (source) => {
        expect([...codec.labels!(ws, source, spec)]).toEqual(distinct);
        for (const label of distinct.slice(0, 20))
          expect(codec.contains!(ws, source, spec, label)).toBe(true);
        for (const label of [distinct.at(-1)! + 1n, -(2n ** 63n) - 1n, 2n ** 64n, distinct[0]! + 2n ** 64n])
          expect(codec.contains!(ws, source, spec, label), `${label}`).toBe(false);
        const [x, y, z, c] = spec.shape;
        for (let i = 0; i < 20; i++) {
          const at: Vec4 = [below(random, x), below(random, y), below(random, z), below(random, c)];
          const voxel = codec.readVoxel!(ws, source, spec, at);
          expect(typeof voxel).toBe(spec.dtype.endsWith("64") ? "bigint" : "number");
          expect(BigInt(voxel)).toBe(values[at[0] + x * (at[1] + y * (at[2] + z * at[3]))]);
        }
        for (const at of [[x, 0, 0, 0] as const, [0, 0, -1, 0] as const, [0, 0, 0, c] as const])
          expect(() => codec.readVoxel!(ws, source, spec, at)).toThrow(OutOfBoundsError);
      });
      if (codec.remap === undefined || spec.dtype.startsWith("int")) return;
      const most = 2n ** BigInt(8 * bytesPerVoxel(spec.dtype)) - 1n;
      const all = new Map(
        distinct.map((label, i) => [label, i % 3 === 0 ? most - BigInt(i % 9) : BigInt(i % 5)]),
      );
      const some = new Map([...all].filter((_entry, i) => i % 2 === 0));
      inMemory(ws, encoded, (source) => {
        const read = (bytes: Uint8Array): bigint[] => valuesOf(decodeBytes(ws, codec, bytes, spec), spec);
        const remapped = codec.remap!(ws, source, spec, all);
        expect(read(remapped)).toEqual(values.map((v) => all.get(v)));
        expect(inMemory(ws, remapped, (region) => [...codec.labels!(ws, region, spec)])).toEqual(
          [...new Set(all.values())].sort((a, b) => (a < b ? -1 : 1)),
        );
        expect(read(codec.remap!(ws, source, spec, some, { preserveMissing: true }))).toEqual(
          values.map((v) => some.get(v) ?? v),
        );
        expect(read(codec.remap!(ws, source, spec, new Map(), { preserveMissing: true }))).toEqual(values);
        const lacking = new Map([...all].slice(1));
        expect(() => codec.remap!(ws, source, spec, lacking)).toThrow(EncodingError);
        expect(() => codec.remap!(ws, source, spec, lacking)).toThrow(new RegExp(`lacks.*${distinct[0]}`));
        const wide = new Map([...all].map(([from]) => [from, most + 1n]));
        expect(() => codec.remap!(ws, source, spec, wide)).toThrow(CloudVolumeError);
        expect(() => codec.remap!(ws, source, spec, new Map([[distinct[0]!, -1n]]))).toThrow(
          CloudVolumeError,
        );
      });
    });

    it.each(titled.filter((_t, i) => i % 3 === 0))("survives damage to %s", async (_title, spec, content) => {
      await codec.load?.();
      const random = seeded(5);
      const encoded = encodeBytes(ws, codec, chunkVoxels(spec, content, random), spec);
      for (let i = 0; i < 100; i++) tryAbilities(ws, codec, mutate(encoded, random), spec);
      for (let n = 0; n < 60; n++)
        tryAbilities(ws, codec, encoded.subarray(0, Math.floor((n * encoded.length) / 60)), spec);
    });
  });
}

function valuesOf(voxels: Uint8Array, { dtype }: ChunkSpec): bigint[] {
  return Array.from(new (arrayType(dtype))(voxels.slice().buffer) as ArrayLike<number | bigint>, BigInt);
}
