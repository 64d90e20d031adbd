/** The codecs as targets, seeded with what they write themselves and with golden chunk files where there are any. */
import { bytesPerVoxel, type DataType } from "../../src/base/dtype.js";
import { createWorkspace, type MemoryWorkspace } from "../../src/base/memory-workspace.js";
import { product } from "../../src/base/strided.js";
import type { ChunkSpec, Codec } from "../../src/codecs/codec.js";
import { mutateCrackle } from "../../src/codecs/crackle/testing.js";
import { loadedCodec } from "../../src/codecs/index.js";
import { frame, markerOffset, repairJpeg, withFrame } from "../../src/codecs/jpeg/testing.js";
import { mutateSections } from "../../src/codecs/jxl/testing.js";
import { mutateNpy } from "../../src/codecs/npz/testing.js";
import { mutatePngRows, repairPng } from "../../src/codecs/png/testing.js";
import {
  CONTENTS,
  chunkVoxels,
  concat,
  encodeBytes,
  mutate,
  type Random,
  seeded,
  tryDecodeBox,
} from "../../src/codecs/testing-chunks.js";
import { tryAbilities } from "../../src/codecs/testing-encoded.js";
import { chunkSeeds } from "./chunk-seeds.js";
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
  compresso: [
    ["uint8", 1],
    ["uint16", 1],
    ["uint32", 1],
    ["uint64", 1],
  ],
  crackle: [
    ["uint8", 1],
    ["uint16", 1],
    ["uint32", 1],
    ["uint64", 1],
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
  jxl: [
    ["uint8", 1],
    ["uint8", 3],
    ["uint16", 1],
    ["uint16", 4],
  ],
  npz: [
    ["uint8", 1],
    ["uint16", 2],
    ["float64", 1],
  ],
  fpzip: [
    ["float32", 1],
    ["float64", 2],
  ],
  kempressed: [
    ["float32", 1],
    ["float64", 2],
  ],
  zfpc: [
    ["float32", 1],
    ["float64", 2],
    ["int32", 1],
    ["int64", 1],
  ],
};

const spare = createWorkspace();

const MUTATORS: Readonly<Record<string, (bytes: Uint8Array, random: Random) => Uint8Array>> = {
  /** Most headers that are not those of the chunk asked for are refused at once: damage what follows them. */
  compresso(bytes, random) {
    if (random() < 0.2) return mutate(bytes, random);
    return concat(bytes.subarray(0, 36), mutate(bytes.subarray(36), random));
  },
  crackle: (bytes, random) => mutateCrackle(spare, bytes, random),
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
  npz: (bytes, random) => (random() < 0.3 ? mutate : mutateNpy)(bytes, random),
  jxl: (bytes, random) => (random() < 0.4 ? mutate : mutateSections)(bytes, random),
  fpzip: mutateFpzip,
  kempressed: mutateFpzip,
  /** The index, or a stream's header, or the blocks: the length stays, or the last stream is cut at once. */
  zfpc(bytes, random) {
    const kind = random();
    if (kind < 0.2) return mutate(bytes, random);
    const start = bytes[23]! + 256 * bytes[24]!;
    const kept = kind < 0.3 ? 22 : kind < 0.5 ? start + 4 : start + 12;
    const out = bytes.slice();
    out.set(mutate(bytes.subarray(kept), random).subarray(0, Math.max(0, bytes.length - kept)), kept);
    return out;
  },
};

/** Other headers than the chunk's are refused at once. */
function mutateFpzip(bytes: Uint8Array, random: Random): Uint8Array {
  if (random() < 0.2) return mutate(bytes, random);
  return concat(bytes.subarray(0, 25), mutate(bytes.subarray(25), random));
}

export async function codecTargets(): Promise<Target[]> {
  const ws = createWorkspace();
  const targets: Target[] = [];
  for (const [name, kinds] of Object.entries(SHAPES)) {
    const codec = await loadedCodec(name);
    const own = kinds.flatMap(([dtype, channels]) =>
      CONTENTS.map((content, i) => {
        const spec: ChunkSpec = { shape: [16, 9, 5, channels], dtype, blockSize: [8, 8, 8] };
        return { bytes: encodeBytes(ws, codec, chunkVoxels(spec, content, seeded(i)), spec), spec };
      }),
    );
    const seeds = [...own, ...chunkSeeds(name)];
    const mutator = MUTATORS[name];
    const rest = mutator === undefined ? {} : { mutate: tolerant(mutator) };
    targets.push({ name, seeds: seeds.map(({ bytes, spec }) => decoding(codec, bytes, spec)), ...rest });
    if (codec.labels === undefined) continue;
    const answers = seeds.map(({ bytes, spec }): Seed => {
      const run = (input: Uint8Array): undefined => void tryAbilities(ws, codec, input, spec);
      return { bytes, run };
    });
    targets.push({ name: `${name} abilities`, seeds: answers, ...rest });
  }
  return targets;
}

/** Scratch that decoding may take beside four times what the chunk is declared to hold. */
const SLACK = 2 ** 20;

function decoding(codec: Codec, bytes: Uint8Array, spec: ChunkSpec): Seed {
  const { ws, taken } = counting();
  const [x, y, z] = spec.shape;
  const boxes = [
    { from: [0, 0, 0], size: [x, y, z] },
    { from: [x >> 1, 0, z >> 1], size: [x - (x >> 1), y, 1] },
  ] as const;
  return {
    bytes,
    run(input) {
      taken.clear();
      let thrown: unknown;
      for (const box of product(spec.shape) === 0 ? boxes.slice(0, 1) : boxes) {
        const { damage, error } = tryDecodeBox(ws, codec, input, spec, box);
        if (damage !== undefined) return damage;
        thrown ??= error;
      }
      const scratch = [...taken.values()].reduce((sum, length) => sum + length, 0);
      if (scratch > 4 * product(spec.shape) * bytesPerVoxel(spec.dtype) + SLACK)
        return `took ${scratch} bytes`;
      if (thrown !== undefined) throw thrown;
      return undefined;
    },
  };
}

let shared: { ws: MemoryWorkspace; taken: Map<string, number> } | undefined;

/** A workspace that notes how much scratch is asked for, by name. */
function counting(): { ws: MemoryWorkspace; taken: Map<string, number> } {
  if (shared !== undefined) return shared;
  const ws = createWorkspace();
  const taken = new Map<string, number>();
  const scratch: MemoryWorkspace["scratch"] = (name, length) => {
    taken.set(name, Math.max(length, taken.get(name) ?? 0));
    return ws.scratch(name, length);
  };
  shared = { ws: { ...ws, scratch }, taken };
  return shared;
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
