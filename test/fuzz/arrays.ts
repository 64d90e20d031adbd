/** Zarr and N5 as targets: metadata, byte codecs, chunks, shard indices. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InfoError } from "../../src/base/errors.js";
import { type JsonObject, parseJson } from "../../src/base/json.js";
import { createWorkspace } from "../../src/base/memory-workspace.js";
import { cStride, fortranStride, product, type Vec4 } from "../../src/base/strided.js";
import { object, placeOf } from "../../src/base/verify.js";
import { type ByteCodecConfig, loadByteCodecs, unpack } from "../../src/codecs/byte-chain.js";
import type { ChunkSpec, Codec } from "../../src/codecs/codec.js";
import { n5 } from "../../src/codecs/n5/index.js";
import {
  below,
  chunkVoxels,
  decodeBytes,
  encodeBytes,
  mutate,
  type Random,
  seeded,
} from "../../src/codecs/testing-chunks.js";
import { zarr } from "../../src/codecs/zarr/index.js";
import { type ArrayLevel, levelChunk, levelSize, storedArray } from "../../src/formats/array-level.js";
import { readDataset } from "../../src/formats/n5/dataset.js";
import { readOme } from "../../src/formats/ome.js";
import { readZarr2 } from "../../src/formats/zarr/v2.js";
import { readZarr3 } from "../../src/formats/zarr/v3.js";
import type { ArraySharding } from "../../src/shards/zarr-indexed/index.js";
import { makeShard, parseIndex } from "../../src/shards/zarr-indexed/shard-index.js";
import type { Seed, Target } from "./target.js";

const FIXTURES = "fixtures/byte-codecs";
const LIMIT = 200_000;
const ws = createWorkspace();

export async function arrayTargets(): Promise<Target[]> {
  await loadByteCodecs();
  return [...byteCodecs(), ...metadata(), ...(await chunks()), shardIndices()];
}

function byteCodecs(): Target[] {
  const { files } = JSON.parse(readFileSync(join(FIXTURES, "MANIFEST.json"), "utf8")) as {
    readonly files: Readonly<Record<string, { readonly config: ByteCodecConfig }>>;
  };
  const byName = new Map<string, Seed[]>();
  for (const [file, { config }] of Object.entries(files)) {
    const bytes = new Uint8Array(readFileSync(join(FIXTURES, file)));
    const seeds = byName.get(config.name) ?? [];
    byName.set(config.name, [...seeds, { bytes, run: (input) => unpacked(input, config) }]);
  }
  return [...byName].map(([name, seeds]) => ({ name: `bytes ${name}`, seeds }));
}

const GUARD = 64;

/** Decodes between guards, which must stay, as the source must. */
function unpacked(input: Uint8Array, config: ByteCodecConfig): string | undefined {
  const region = ws.allocate(input.length + 2 * GUARD);
  const source = { ptr: region.ptr + GUARD, length: input.length };
  ws.bytes().fill(0xa5, region.ptr, region.ptr + region.length);
  ws.bytes().set(input, source.ptr);
  try {
    const { length } = unpack(ws, source, [config], LIMIT);
    if (length > LIMIT) return `${length} bytes came out`;
    const around = ws.bytes().subarray(region.ptr, region.ptr + region.length);
    const guards = [...around.subarray(0, GUARD), ...around.subarray(GUARD + input.length)];
    if (guards.some((b) => b !== 0xa5)) return "a guard was overwritten";
    const same = Buffer.compare(around.subarray(GUARD, GUARD + input.length), input) === 0;
    return same ? undefined : "the source was changed";
  } finally {
    ws.release(region);
  }
}

const ZARRAY = {
  zarr_format: 2,
  shape: [2, 13, 45, 61],
  chunks: [1, 8, 16, 32],
  dtype: "<u2",
  compressor: { id: "blosc", cname: "lz4", clevel: 5, shuffle: 1, blocksize: 0 },
  filters: [{ id: "delta", dtype: "<u2" }],
  fill_value: 7,
  order: "C",
  dimension_separator: "/",
};
const ZARR3 = {
  zarr_format: 3,
  node_type: "array",
  shape: [13, 45, 61],
  data_type: "int64",
  chunk_grid: { name: "regular", configuration: { chunk_shape: [8, 16, 32] } },
  chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
  fill_value: -9007199254740991,
  codecs: [
    {
      name: "sharding_indexed",
      configuration: {
        chunk_shape: [4, 8, 8],
        codecs: [
          { name: "transpose", configuration: { order: [2, 1, 0] } },
          { name: "bytes", configuration: { endian: "little" } },
          { name: "zstd", configuration: { level: 1, checksum: true } },
        ],
        index_codecs: [{ name: "bytes", configuration: { endian: "little" } }, { name: "crc32c" }],
        index_location: "end",
      },
    },
  ],
  dimension_names: ["z", "y", "x"],
  attributes: {},
};
const N5 = {
  dimensions: [61, 45, 13],
  blockSize: [32, 16, 8],
  dataType: "uint64",
  compression: { type: "blosc", cname: "lz4", clevel: 5, shuffle: 1 },
  pixelResolution: { unit: "nm", dimensions: [4, 4, 40] },
  transform: { axes: ["z", "y", "x"], scale: [40, 4, 4], translate: [0, 8, 16], units: ["nm", "nm", "nm"] },
};
const OME = {
  multiscales: [
    {
      version: "0.4",
      axes: [
        { name: "c", type: "channel" },
        { name: "z", type: "space", unit: "micrometer" },
        { name: "y", type: "space", unit: "micrometer" },
        { name: "x", type: "space", unit: "micrometer" },
      ],
      datasets: [
        {
          path: "0",
          coordinateTransformations: [
            { type: "scale", scale: [1, 0.05, 0.008, 0.008] },
            { type: "translation", translation: [0, 1.5, 0.08, 0.16] },
          ],
        },
      ],
    },
  ],
};

const ODD: readonly unknown[] = [
  ...[null, true, "", "0", "__proto__", "../../x", -1, 0, 1, 1.5, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 64, 1e308],
  ...[
    "x".repeat(5000),
    [],
    [[]],
    {},
    [0],
    [-1, 2, 3],
    [1, 2, 3, 4, 5, 6],
    [2 ** 53, 2 ** 53, 2 ** 53],
    { id: "gzip" },
  ],
  ...[
    "NaN",
    "Infinity",
    "0x7fc00000",
    "<f2",
    ">u8",
    "zstd",
    { name: "crc32c" },
    { name: "sharding_indexed" },
    "c",
    "t",
  ],
];

/** A value somewhere in the document replaced by an odd one, taken away, or said twice; sometimes bytes changed. */
function mutateJson(bytes: Uint8Array, random: Random): Uint8Array {
  if (below(random, 4) === 0) return mutate(bytes, random);
  const root = JSON.parse(new TextDecoder().decode(bytes)) as JsonObject;
  for (let n = 1 + below(random, 2); n > 0; n--) {
    let at: Record<string, unknown> = root;
    for (;;) {
      const keys = Object.keys(at);
      const key = keys[below(random, Math.max(1, keys.length))];
      if (key === undefined) break;
      const value = at[key];
      if (typeof value === "object" && value !== null && below(random, 3) > 0) {
        at = value as Record<string, unknown>;
        continue;
      }
      const how = below(random, 6);
      if (how === 0) delete at[key];
      else if (how === 1 && Array.isArray(at)) at.push(structuredClone(value));
      else at[key] = structuredClone(ODD[below(random, ODD.length)]);
      break;
    }
  }
  return new TextEncoder().encode(JSON.stringify(root));
}

function metadata(): Target[] {
  const scale = { resolution: [1, 1, 1], offset: [0, 0, 0] } as const;
  const place = placeOf("fuzz");
  const read: Readonly<Record<string, [JsonObject, (json: JsonObject) => unknown]>> = {
    ".zarray": [ZARRAY, (json) => sane(readZarr2(json, { key: "0" }, place))],
    "zarr.json": [ZARR3, (json) => sane(readZarr3(json, { key: "0" }, place))],
    "attributes.json": [N5, (json) => sane(readDataset(json, "s0", scale, place))],
    multiscales: [OME, (json) => void readOme(json, place)],
  };
  return Object.entries(read).map(([name, [good, run]]) => ({
    name: `metadata ${name}`,
    mutate: mutateJson,
    seeds: [
      {
        bytes: new TextEncoder().encode(JSON.stringify(good)),
        run: (input) =>
          run(object(parseJson(input, { where: "fuzz" }), placeOf("fuzz", InfoError))) as undefined,
      },
    ],
  }));
}

/** What is accepted can be worked with. */
function sane(level: ArrayLevel): string | undefined {
  const sizes = [...levelSize(level), ...levelChunk(level)];
  if (!sizes.every((n) => Number.isSafeInteger(n) && n >= 0)) return `sizes ${sizes}`;
  const { elements, start } = storedArray(level, 0) as { elements: number; start: number };
  return elements * 8 <= 2 ** 32 && start >= 0 ? undefined : `${elements} elements from ${start}`;
}

async function chunks(): Promise<Target[]> {
  const shape: Vec4 = [12, 9, 5, 2];
  const chains: ByteCodecConfig[][] = [
    [],
    [{ name: "blosc", cname: "lz4", typesize: 2 }],
    [{ name: "blosc", cname: "zstd", typesize: 2, shuffle: 2 }],
    [{ name: "gzip" }],
    [{ name: "zstd" }, { name: "crc32c" }],
    [{ name: "lz4" }],
  ];
  const targets: Target[] = [];
  for (const codec of [zarr, n5]) {
    const seeds: Seed[] = [];
    for (const chain of chains) {
      const spec = chunkSpecOf(codec, shape, chain);
      const voxels = chunkVoxels(spec, "labels", seeded(5));
      const bytes = await (codec.pack ?? ((_, b) => Promise.resolve(b)))(
        ws,
        encodeBytes(ws, codec, voxels, spec),
        spec,
      );
      seeds.push({ bytes, run: (input) => void decodeBytes(ws, codec, input, spec) as undefined });
    }
    targets.push({ name: `chunk ${codec.name}`, seeds });
  }
  targets.push({ name: "chunk zarr in place", seeds: await inPlace() });
  return targets;
}

/** Chunks whose rows lie as here: blocks of blosc one by one, gzip through a window. */
async function inPlace(): Promise<Seed[]> {
  const cases: readonly (readonly [Vec4, ByteCodecConfig])[] = [
    [[32, 32, 16, 1], { name: "blosc", cname: "lz4", typesize: 2, shuffle: 1, blocksize: 8192 }],
    [[32, 32, 16, 1], { name: "blosc", cname: "lz4", typesize: 2, shuffle: 0, blocksize: 8192 }],
    [[64, 64, 32, 1], { name: "gzip" }],
  ];
  return await Promise.all(
    cases.map(async ([shape, codec]): Promise<Seed> => {
      const spec = chunkSpecOf(zarr, shape, [codec]);
      const params = {
        stored: { ...(spec.params?.stored as object), bigEndian: false, stride: fortranStride(shape) },
      };
      const dense: ChunkSpec = { ...spec, params };
      const encoded = encodeBytes(ws, zarr, chunkVoxels(dense, "labels", seeded(5)), dense);
      const bytes = (await zarr.pack?.(ws, encoded, dense)) ?? encoded;
      return { bytes, run: (input) => void decodeBytes(ws, zarr, input, dense) as undefined };
    }),
  );
}

function chunkSpecOf(codec: Codec, shape: Vec4, chain: readonly ByteCodecConfig[]): ChunkSpec {
  const steps = codec.name === "n5" ? fortranStride(shape) : cStride(shape);
  const stored = {
    chain,
    bigEndian: true,
    shape,
    stride: steps,
    start: 0,
    elements: product(shape),
    fill: 0,
  };
  return { shape, dtype: "uint16", params: { stored, axes: [0, 1, 2, 3] } };
}

function shardIndices(): Target {
  const seeds = ([true, false] as const).flatMap((checksum) =>
    (["start", "end"] as const).map((location): Seed => {
      const sharding: ArraySharding = {
        ...{ start: "c/", separator: "/", perShard: [2, 3, 2], counts: [9, 9, 9], location, checksum },
      };
      const parts = Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? undefined : new Uint8Array(5 + i)));
      const file = makeShard(sharding, parts)!;
      const length = 12 * 16 + (checksum ? 4 : 0);
      const bytes = location === "start" ? file.slice(0, length) : file.slice(-length);
      const run = (input: Uint8Array): string | undefined => {
        const index = parseIndex(sharding, input, file.length, "fuzz");
        for (let i = 0; i < 12; i++) {
          const span = index.span(i);
          if (span !== undefined && span.offset + span.length > file.length)
            return "a place outside of the file";
        }
        return undefined;
      };
      return { bytes, run };
    }),
  );
  return { name: "shard index of zarr", seeds };
}
