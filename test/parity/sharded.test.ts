/** Sharded layers: CloudVolume and tensorstore read what is written here, and the other way round; and they number alike. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Bbox } from "../../src/base/bbox.js";
import type { DataType } from "../../src/base/dtype.js";
import { fortranStride, type StridedArray } from "../../src/base/strided.js";
import {
  CloudVolume,
  computeShardParamsForHashed,
  computeShardParamsForImage,
  type Info,
  imageShardShape,
  type JsonObject,
  SpecViolation,
} from "../../src/node.js";
import { haveOriginals, startJudge } from "../support/originals.js";
import { type Random, seeded } from "../support/random.js";
import { scratchDirectory } from "../support/scratch.js";
import { boxOf, difference } from "../support/voxels.js";

const able = haveOriginals("sharded layers crossing to the originals and back");
const TYPE = "neuroglancer_uint64_sharded_v1";

const KINDS = [
  ["raw", "uint8", 1],
  ["raw", "uint16", 3],
  ["compressed_segmentation", "uint64", 1],
  ["compressed_segmentation", "uint32", 1],
  ["compresso", "uint32", 1],
  ["crackle", "uint64", 1],
  ["png", "uint8", 1],
] as const;

function sharding(random: Random): JsonObject {
  const pick = <T>(...values: T[]): T => values[random.integer(0, values.length - 1)]!;
  return {
    "@type": TYPE,
    preshift_bits: random.integer(0, 4),
    hash: pick("identity", "murmurhash3_x86_128"),
    minishard_bits: random.integer(0, 3),
    shard_bits: random.integer(0, 4),
    minishard_index_encoding: pick("raw", "gzip"),
    data_encoding: pick("raw", "gzip"),
  };
}

interface Made {
  readonly info: Info;
  readonly array: StridedArray;
}

function made(seed: number, [encoding, dtype, channels]: (typeof KINDS)[number]): Made {
  const random = seeded(seed);
  const size = [random.integer(20, 60), random.integer(20, 50), random.integer(8, 30)] as const;
  const info = CloudVolume.createNewInfo({
    ...{
      numChannels: channels,
      layerType: channels > 1 ? "image" : "segmentation",
      dataType: dtype,
      encoding,
    },
    ...{ resolution: [4, 4, 40], voxelOffset: [random.integer(-20, 20), random.integer(-20, 20), 5] },
    ...{ volumeSize: size, chunkSize: [16, 8, 8], compressedSegmentationBlockSize: [8, 8, 8] },
  });
  info.scales[0]!.sharding = sharding(random);
  const shape = [...size, channels];
  const length = shape.reduce((a, b) => a * b);
  const value = (i: number): number => Math.floor(i / 9) % 200;
  const data =
    dtype === "uint64"
      ? BigUint64Array.from({ length }, (_, i) => BigInt(value(i)) * 0x100000001n)
      : new { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array }[dtype](length).map((_, i) =>
          value(i),
        );
  return { info, array: { data, shape, stride: fortranStride(shape), dtype } };
}

const cases = KINDS.flatMap((kind, k) =>
  [0, 1, 2].map((n) => ({ name: `${kind.join(" ")}, ${n}`, kind, seed: 100 + 10 * k + n })),
);
const forTensorstore = cases.filter(({ kind }) =>
  ["raw", "compressed_segmentation", "png"].includes(kind[0]),
);

describe.runIf(able)("sharded layers", () => {
  const judge = startJudge();
  const root = scratchDirectory();

  test.each(cases)("$name: read by the originals", async ({ kind, seed }) => {
    const { info, array } = made(seed, kind);
    const path = join(root, `${seed}-ours`);
    const vol = await CloudVolume.create(`file://${path}`, { info });
    await vol.upload("...", array);
    const question = { path, truth: judge.npy(array) };
    expect(await judge.ask("cloudvolume_reads", question)).toBe("same");
    if (kind[0] !== "compresso" && kind[0] !== "crackle")
      expect(await judge.ask("tensorstore_reads", question)).toBe("same");
    const random = seeded(seed);
    const box = randomBox(random, vol.bounds);
    const part = boxOf(array, [...box.minpt.sub(vol.bounds.minpt), 0], [...box.size3(), kind[2]]);
    const some = { path, truth: judge.npy(part), box: box.toList() };
    expect(await judge.ask("cloudvolume_reads", some)).toBe("same");
    const files = readdirSync(join(path, vol.key)).filter((f) => f.endsWith(".shard"));
    const theirs = await judge.ask<Record<string, string[]>>("list_labels", { path, files });
    const ours: Record<string, string[]> = {};
    for await (const { file, label } of vol.shardReader().entries()) {
      ours[file] ??= [];
      ours[file].push(String(label));
    }
    expect(Object.fromEntries(Object.entries(ours).map(([f, l]) => [f, l.sort()]))).toEqual(theirs);
  });

  test.each(cases)("$name: CloudVolume's shards, also changed in part here", async ({ kind, seed }) => {
    const { info, array } = made(seed, kind);
    const path = join(root, `${seed}-theirs`);
    await judge.ask("cloudvolume_shards", { path, info, array: judge.npy(array) });
    const vol = await CloudVolume.open(`file://${path}`);
    await readsEqual(vol, array, seed);
    const chunk = new Bbox([...vol.bounds.minpt], [...vol.bounds.minpt.add(vol.chunkSize)]);
    await vol.upload(chunk, 7);
    const whole = await vol.download();
    expect(whole.get(0, 0, 0)).toBe(kind[1] === "uint64" ? 7n : 7);
    expect(await judge.ask("cloudvolume_reads", { path, truth: judge.npy(whole) })).toBe("same");
  });

  test.each(forTensorstore)("$name: tensorstore's shards", async ({ kind, seed }) => {
    const { info, array } = made(seed, kind);
    const path = join(root, `${seed}-tensorstore`);
    const { scales, ...multiscale } = info;
    const { size, voxel_offset, chunk_sizes, resolution, encoding, sharding: sharded, ...more } = scales[0]!;
    const block = more.compressed_segmentation_block_size;
    await judge.ask("tensorstore_writes", {
      path,
      array: judge.npy(array),
      multiscale: {
        type: multiscale.type,
        data_type: multiscale.data_type,
        num_channels: multiscale.num_channels,
      },
      scale: {
        ...{ size, voxel_offset, chunk_size: chunk_sizes[0], resolution, encoding, sharding: sharded },
        ...(block && { compressed_segmentation_block_size: block }),
      },
    });
    const vol = await CloudVolume.open(`file://${path}`, { fillMissing: true });
    await readsEqual(vol, array, seed);
  });

  test.each(cases.filter(({ seed }) => seed % 10 === 0))(
    "$name: chunks that a writer padded",
    async ({ kind, seed }) => {
      const { info, array } = made(seed, kind);
      const path = join(root, `${seed}-padded`);
      await judge.ask("cloudvolume_shards", { path, info, array: judge.npy(array), padded: true });
      const vol = await CloudVolume.open(`file://${path}`);
      await readsEqual(vol, array, seed);
      const unpadded = await vol.transferTo(`file://${path}-files`, { sharded: false });
      expect(difference(await unpadded.download(), array)).toBe("same");
      expect(await judge.ask("cloudvolume_reads", { path: `${path}-files`, truth: judge.npy(array) })).toBe(
        "same",
      );
    },
  );

  test("recommended specifications are CloudVolume's, for arguments of any kind", async () => {
    const random = seeded(42);
    const power = (most: number): number => Math.ceil(2 ** (random.integer(0, most * 16) / 16));
    const hashed = Array.from({ length: 500 }, () => ({
      num_labels: power(40),
      min_shards: power(12),
      shard_index_bytes: 2 ** random.integer(8, 16),
      minishard_index_bytes: 2 ** random.integer(10, 18),
    }));
    const encodings = ["raw", "jpeg", "png", "compressed_segmentation", "crackle", "jxl", "fpzip", "zfpc"];
    const images = Array.from({ length: 500 }, () => ({
      dataset_size: [power(19), power(19), power(15)],
      chunk_size: [0, 1, 2].map(() => 2 ** random.integer(3, 8)),
      encoding: encodings[random.integer(0, encodings.length - 1)]!,
      dtype: (["uint8", "uint16", "uint32", "uint64"] as const)[random.integer(0, 3)]!,
      uncompressed_shard_bytesize: power(34) + 1e6,
      max_shard_index_bytes: 2 ** random.integer(9, 16),
      max_labels_per_minishard: random.integer(50, 8000),
    }));
    const theirs = await judge.ask<{ hashed: number[][]; images: unknown[] }>("shard_params", {
      hashed,
      images,
    });
    const ours = hashed.map((a) => {
      const { shardBits, minishardBits, preshiftBits } = computeShardParamsForHashed({
        ...{ numLabels: a.num_labels, minShards: a.min_shards },
        ...{ shardIndexBytes: a.shard_index_bytes, minishardIndexBytes: a.minishard_index_bytes },
      });
      return [shardBits, minishardBits, preshiftBits];
    });
    expect(ours).toEqual(theirs.hashed);
    const specs = images.map((a) => {
      try {
        const spec = computeShardParamsForImage({
          ...{ datasetSize: a.dataset_size, chunkSize: a.chunk_size, encoding: a.encoding },
          ...{ dataType: a.dtype as DataType, uncompressedShardBytesize: a.uncompressed_shard_bytesize },
          ...{
            maxShardIndexBytes: a.max_shard_index_bytes,
            maxLabelsPerMinishard: a.max_labels_per_minishard,
          },
        });
        const { preshiftBits, minishardBits, shardBits, dataEncoding } = spec;
        return [
          preshiftBits,
          minishardBits,
          shardBits,
          dataEncoding,
          imageShardShape(spec, a.dataset_size, a.chunk_size),
        ];
      } catch (error) {
        if (error instanceof SpecViolation) return null;
        throw error;
      }
    });
    expect(specs).toEqual(theirs.images);
    expect(specs.filter((s) => s !== null).length).toBeGreaterThan(200);
  });
});

async function readsEqual(vol: CloudVolume, array: StridedArray, seed: number): Promise<void> {
  expect(difference(await vol.download(), array)).toBe("same");
  const random = seeded(seed);
  for (let i = 0; i < 5; i++) {
    const box = randomBox(random, vol.bounds);
    const part = boxOf(array, [...box.minpt.sub(vol.bounds.minpt), 0], [...box.size3(), vol.numChannels]);
    expect(difference(await vol.download(box, { asyncIo: i % 2 === 0 }), part)).toBe("same");
  }
}

function randomBox(random: Random, { minpt, maxpt }: Bbox): Bbox {
  const low = [...minpt].map((n, i) => random.integer(n, [...maxpt][i]! - 1));
  return new Bbox(
    low,
    low.map((n, i) => random.integer(n + 1, [...maxpt][i]!)),
  );
}
