/** Valid chunk files to start from: golden layers, golden chunks and committed fixtures. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { DataType } from "../../src/base/dtype.js";
import type { Vec3 } from "../../src/base/strided.js";
import type { ChunkSpec } from "../../src/codecs/codec.js";
import { bytesOf, contentOf, streams } from "../../src/codecs/compresso/testing.js";
import * as crackle from "../../src/codecs/crackle/testing.js";
import * as jxl from "../../src/codecs/jxl/testing.js";
import { floatStreams } from "../support/float-streams.js";
import { goldenEntries, goldenPath } from "../support/golden.js";

export interface ChunkSeed {
  readonly bytes: Uint8Array;
  readonly spec: ChunkSpec;
}

/** Larger files make a run slow and find no more. */
const MOST_BYTES = 64 * 1024;
/** How bare golden chunks of an encoding are named. */
const PREFIX: Readonly<Record<string, string>> = { compressed_segmentation: "cseg" };

export function chunkSeeds(encoding: string): ChunkSeed[] {
  const all = [...layerChunks(encoding), ...bareChunks(encoding), ...fixtureChunks(encoding)];
  return all.filter(({ bytes }) => bytes.length < MOST_BYTES);
}

function fixtureChunks(encoding: string): ChunkSeed[] {
  if (encoding === "compressed_segmentation") return csegFixtures();
  if (encoding === "crackle")
    return crackle.streams.map(({ content, bytes }) => ({
      bytes: crackle.bytesOf(bytes),
      spec: crackle.contentOf(content).spec,
    }));
  if (encoding === "jxl") return [...jxl.files];
  if (encoding === "fpzip" || encoding === "kempressed" || encoding === "zfpc") return floatStreams(encoding);
  if (encoding !== "compresso") return [];
  return streams.map(({ content, bytes }) => ({ bytes: bytesOf(bytes), spec: contentOf(content).spec }));
}

function csegFixtures(): ChunkSeed[] {
  const folder = "fixtures/compressed_segmentation";
  const { contents, chunks } = JSON.parse(readFileSync(join(folder, "MANIFEST.json"), "utf8")) as {
    readonly contents: Readonly<Record<string, { dtype: DataType; shape: Vec3 }>>;
    readonly chunks: readonly { file: string; content: string; block: Vec3 }[];
  };
  return chunks.map(({ file, content, block }) => {
    const { dtype, shape } = contents[content]!;
    const spec: ChunkSpec = { shape: [...shape, 1], dtype, blockSize: block };
    return { bytes: new Uint8Array(readFileSync(join(folder, file))), spec };
  });
}

interface BareChunk {
  readonly path: string;
  readonly options: { readonly block_size?: Vec3; readonly header?: unknown };
  readonly truth?: { readonly dtype: DataType; readonly shape: readonly number[] };
}

/** Chunks without a layer. */
function bareChunks(encoding: string): ChunkSeed[] {
  const entries = goldenEntries(["chunk"], `golden chunks in ${encoding}`) as unknown as BareChunk[];
  const start = `codecs/${PREFIX[encoding] ?? encoding}_`;
  return entries.flatMap(({ path, options, truth }) => {
    if (!path.startsWith(start) || truth === undefined || !existsSync(goldenPath(path))) return [];
    const [x = 1, y = 1, z = 1, channels = 1] = truth.shape;
    // The zfpc package reads every type as float32; the names tell what the chunks hold.
    const dtype = (/_(u?int\d+|float\d+)_/.exec(path)?.[1] ?? truth.dtype) as DataType;
    const spec: ChunkSpec = { shape: [x, y, z, channels], dtype, blockSize: options.block_size };
    return [{ bytes: new Uint8Array(readFileSync(goldenPath(path))), spec }];
  });
}

/** Chunks to take of each golden layer; two unless told. */
const OF_EACH: Readonly<Record<string, number>> = { fpzip: 20, kempressed: 80, zfpc: 6 };

/** Some chunks of each golden layer in this encoding. */
function layerChunks(encoding: string): ChunkSeed[] {
  const layers = goldenEntries(["image"], `golden seeds for ${encoding}`).filter(
    (e) => e.encoding === encoding,
  );
  return layers.flatMap((entry) => {
    const { key, truth } = entry.mips[0]!;
    const dir = join(goldenPath(entry.path), key);
    const names = readdirSync(dir).filter((n) => /_-?\d+-?-?\d+(\.gz|\.br)?$/.test(n));
    return names.slice(0, OF_EACH[encoding] ?? 2).map((name) => {
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
