/** The codecs as targets, seeded with what they write themselves and with golden chunk files where there are any. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { DataType } from "../../src/base/dtype.js";
import { createWorkspace } from "../../src/base/memory-workspace.js";
import type { Vec3 } from "../../src/base/strided.js";
import type { ChunkSpec } from "../../src/codecs/codec.js";
import { loadedCodec } from "../../src/codecs/index.js";
import { frame, markerOffset, repairJpeg, withFrame } from "../../src/codecs/jpeg/testing.js";
import { mutatePngRows, repairPng } from "../../src/codecs/png/testing.js";
import {
  CONTENTS,
  chunkVoxels,
  encodeBytes,
  mutate,
  type Random,
  seeded,
  tryDecodeBox,
} from "../../src/codecs/testing-chunks.js";
import { goldenEntries, goldenPath } from "../support/golden.js";
import type { Seed, Target } from "./target.js";

const SHAPES: Readonly<Record<string, readonly (readonly [DataType, number])[]>> = {
  raw: [
    ["uint8", 1],
    ["float64", 3],
  ],
  compressed_segmentation: [
    ["uint32", 1],
    ["uint64", 1],
    ["uint64", 2],
  ],
  png: [
    ["uint8", 1],
    ["uint8", 3],
    ["uint16", 2],
    ["uint16", 4],
  ],
  jpeg: [
    ["uint8", 1],
    ["uint8", 3],
  ],
};

const MUTATORS: Readonly<Record<string, (bytes: Uint8Array, random: Random) => Uint8Array>> = {
  png(bytes, random) {
    const kind = random();
    if (kind < 0.2) return mutate(bytes, random);
    if (kind < 0.6) return repairPng(mutate(bytes, random));
    return mutatePngRows(bytes, random);
  },
  jpeg(bytes, random) {
    const kind = random();
    if (kind < 0.2) return mutate(bytes, random);
    if (kind < 0.8) return repairJpeg(mutate(bytes, random));
    // The same scan under a progressive frame of the same size.
    const at = markerOffset(bytes, 0xc0);
    const [h1 = 0, h0 = 0, w1 = 0, w0 = 0, components = 1] = bytes.subarray(at + 5);
    return withFrame(
      repairJpeg(mutate(bytes, random)),
      frame(0xc2, (w1 << 8) | w0, (h1 << 8) | h0, components),
    );
  },
};

export async function codecTargets(): Promise<Target[]> {
  const ws = createWorkspace();
  const targets: Target[] = [];
  for (const [name, kinds] of Object.entries(SHAPES)) {
    const codec = await loadedCodec(name);
    const seed = (bytes: Uint8Array, spec: ChunkSpec): Seed => {
      const [x, y, z] = spec.shape;
      const box = { from: [0, 0, 0], size: [x, y, z] } as const;
      return {
        bytes,
        run(input) {
          const { damage, error } = tryDecodeBox(ws, codec, input, spec, box);
          if (damage !== undefined) return damage;
          if (error !== undefined) throw error;
          return undefined;
        },
      };
    };
    const own = kinds.flatMap(([dtype, channels]) =>
      CONTENTS.map((content, i) => {
        const spec: ChunkSpec = { shape: [16, 9, 5, channels], dtype, blockSize: [8, 8, 8] };
        return seed(encodeBytes(ws, codec, chunkVoxels(spec, content, seeded(i)), spec), spec);
      }),
    );
    const golden = goldenChunks(name).map(({ bytes, spec }) => seed(bytes, spec));
    const mutator = MUTATORS[name];
    targets.push({
      name,
      seeds: [...own, ...golden],
      ...(mutator === undefined ? {} : { mutate: tolerant(mutator) }),
    });
  }
  return targets;
}

/** A mutator that takes files apart may find none of what it looks for in a damaged one. */
function tolerant(mutator: (bytes: Uint8Array, random: Random) => Uint8Array): typeof mutator {
  return (bytes, random) => {
    try {
      return mutator(bytes, random);
    } catch {
      return mutate(bytes, random);
    }
  };
}

/** Two chunks of each golden layer in this encoding. */
function goldenChunks(encoding: string): { bytes: Uint8Array; spec: ChunkSpec }[] {
  const layers = goldenEntries(["image"], `golden seeds for ${encoding}`).filter(
    (e) => e.encoding === encoding,
  );
  return layers.flatMap((entry) => {
    const { key, truth } = entry.mips[0]!;
    const dir = join(goldenPath(entry.path), key);
    const names = readdirSync(dir).filter((n) => /_-?\d+-?-?\d+(\.gz|\.br)?$/.test(n));
    return names.slice(0, 2).map((name) => {
      const stored = readFileSync(join(dir, name));
      const bytes = name.endsWith(".gz")
        ? gunzipSync(stored)
        : name.endsWith(".br")
          ? brotliDecompressSync(stored)
          : stored;
      const [x0, x1, y0, y1, z0, z1] = /(-?\d+)-(-?\d+)_(-?\d+)-(-?\d+)_(-?\d+)-(-?\d+)/
        .exec(name)!
        .slice(1)
        .map(Number) as [number, number, number, number, number, number];
      const spec: ChunkSpec = {
        shape: [x1 - x0, y1 - y0, z1 - z0, truth.shape[3] ?? 1],
        dtype: entry.dtype as DataType,
        blockSize: (entry as { block_size?: Vec3 }).block_size,
      };
      return { bytes: new Uint8Array(bytes), spec };
    });
  });
}
