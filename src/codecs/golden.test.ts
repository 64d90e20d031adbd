/** Chunk files of real writers, decoded one by one without a volume, against the truth of their layers. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  type GoldenEntry,
  type GoldenMip,
  goldenEntries,
  goldenPath,
  goldenTruth,
} from "../../test/support/golden.js";
import { boxOf, bytesOf } from "../../test/support/voxels.js";
import { arrayType, type DataType } from "../base/dtype.js";
import { createWorkspace } from "../base/memory-workspace.js";
import type { Vec3 } from "../base/strided.js";
import type { ChunkSpec } from "./codec.js";
import { loadedCodec } from "./index.js";
import { cutBox, decodeBox, decodeBytes, encodeBytes, randomBox, seeded } from "./testing-chunks.js";

interface ImageEntry extends GoldenEntry {
  readonly offset: Vec3;
  readonly block_size?: Vec3;
  readonly lossless: boolean;
  readonly scale_extra?: Readonly<Record<string, unknown>>;
  readonly mips: readonly (GoldenMip & { readonly input?: GoldenMip["truth"] })[];
  readonly tool: Readonly<Record<string, string>>;
}

const ENCODINGS = [
  ...["raw", "compressed_segmentation", "compresso", "crackle", "png", "jpeg", "jxl"],
  ...["fpzip", "kempressed", "zfpc"],
];
const entries = (goldenEntries(["image"], "decoding golden chunk files") as ImageEntry[]).filter(
  (e) => ENCODINGS.includes(e.encoding) && e.mips.length === 1 && e.mips[0]!.truth.file !== undefined,
);
const ws = createWorkspace();
const UNPACK: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  "": (bytes) => bytes,
  ".gz": gunzipSync,
  ".br": brotliDecompressSync,
};

/** The largest difference of two bytes; infinite if there are more of one. */
function largestStep(got: Uint8Array, wanted: Uint8Array): number {
  if (got.length !== wanted.length) return Number.POSITIVE_INFINITY;
  return got.reduce((most, byte, i) => Math.max(most, Math.abs(byte - wanted[i]!)), 0);
}

/** CloudVolume reads zfpc chunks of every type as float32: so much of the truth is true. */
function asFloat32(bytes: Uint8Array, dtype: DataType): Uint8Array {
  const data = new (arrayType(dtype))(bytes.slice().buffer);
  return bytesOf(Float32Array.from(data as ArrayLike<number | bigint>, Number));
}

interface ChunkFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly at: readonly number[];
  readonly spec: ChunkSpec;
}

/** The chunk files of a layer that are not in a compression of a later room. */
function chunkFiles(entry: ImageEntry): ChunkFile[] {
  const channels = entry.mips[0]!.truth.shape[3] ?? 1;
  const dir = join(goldenPath(entry.path), entry.mips[0]!.key);
  return readdirSync(dir).flatMap((name) => {
    const match = /^(-?\d+)-(-?\d+)_(-?\d+)-(-?\d+)_(-?\d+)-(-?\d+)(\.\w+)?$/.exec(name);
    const unpack = UNPACK[match?.[7] ?? ""];
    if (match === null || unpack === undefined) return [];
    const [x0, x1, y0, y1, z0, z1] = match.slice(1, 7).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const spec: ChunkSpec = {
      shape: [x1 - x0, y1 - y0, z1 - z0, channels],
      dtype: entry.dtype as DataType,
      blockSize: entry.block_size,
      params: entry.scale_extra,
    };
    const at = [x0 - entry.offset[0], y0 - entry.offset[1], z0 - entry.offset[2], 0];
    return [{ name, bytes: new Uint8Array(unpack(readFileSync(join(dir, name)))), at, spec }];
  });
}

describe.runIf(entries.length > 0)("golden chunk files", () => {
  test.each(entries.map((entry) => [entry.path, entry] as const))("%s", async (_path, entry) => {
    const codec = await loadedCodec(entry.encoding);
    const truth = goldenTruth(entry.mips[0]!.truth)!;
    const random = seeded(1);
    for (const { name, bytes, at, spec } of chunkFiles(entry)) {
      const wanted = bytesOf(boxOf(truth, at, spec.shape).data);
      const got = decodeBytes(ws, codec, bytes, spec);
      // Decoders of lossy JPEG XL may round differently.
      const tolerance = entry.encoding === "jxl" && entry.lossless !== true ? 1 : 0;
      const [left, right] =
        entry.encoding === "zfpc" ? [got, wanted].map((b) => asFloat32(b, spec.dtype)) : [got, wanted];
      expect(largestStep(left!, right!), name).toBeLessThanOrEqual(tolerance);
      const box = randomBox(spec, random);
      expect(Buffer.compare(decodeBox(ws, codec, bytes, spec, box).voxels, cutBox(got, spec, box))).toBe(0);
    }
  });

  const ours = entries.filter((e) => e.encoding === "jpeg" && "cloud-volume" in e.tool);
  test.each(ours.map((entry) => [entry.path, entry] as const))(
    "%s: we write the same bytes",
    async (_path, entry) => {
      const codec = await loadedCodec("jpeg");
      const input = goldenTruth(entry.mips[0]!.input!)!;
      for (const { name, bytes, at, spec } of chunkFiles(entry)) {
        const voxels = bytesOf(boxOf(input, at, spec.shape).data);
        expect(Buffer.compare(encodeBytes(ws, codec, voxels, spec), bytes), name).toBe(0);
      }
    },
  );
});
