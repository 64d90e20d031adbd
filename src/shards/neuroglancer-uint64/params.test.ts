import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { goldenEntries, goldenPath } from "../../../test/support/golden.js";
import type { DataType } from "../../base/dtype.js";
import { ArgumentError, SpecViolation } from "../../base/errors.js";
import {
  computeShardParamsForHashed,
  computeShardParamsForImage,
  imageShardShape,
  parseSharding,
  shardingJson,
} from "./index.js";

const functions = goldenEntries(["functions"], "the golden tables of shard parameters").filter((e) =>
  e.path.startsWith("sharded/"),
);

describe.runIf(functions.length > 0)("the golden tables", () => {
  const tables = functions.map(({ path }) => JSON.parse(readFileSync(goldenPath(path), "utf8")));

  test("of hashed labels", () => {
    const rows = tables.flatMap((t) => t.compute_shard_params_for_hashed);
    expect(rows.length).toBeGreaterThan(5);
    for (const { num_labels, min_shards, shard_index_bytes, minishard_index_bytes, ...row } of rows) {
      const found = computeShardParamsForHashed({
        numLabels: num_labels,
        minShards: min_shards,
        shardIndexBytes: shard_index_bytes,
        minishardIndexBytes: minishard_index_bytes,
      });
      const { shardBits, minishardBits, preshiftBits } = found;
      expect([shardBits, minishardBits, preshiftBits], `${num_labels}, ${min_shards}`).toEqual(
        row.result_shard_minishard_preshift,
      );
    }
  });

  test("of images", () => {
    const rows = tables.flatMap((t) => t.compute_shard_params_for_image);
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) {
      const spec = computeShardParamsForImage({
        datasetSize: row.dataset_size,
        chunkSize: row.chunk_size,
        encoding: row.encoding,
        dataType: row.dtype as DataType,
        uncompressedShardBytesize: row.uncompressed_shard_bytesize,
      });
      expect(shardingJson(spec), JSON.stringify(row)).toEqual(row.spec);
      if (row.image_shard_shape !== undefined)
        expect(imageShardShape(spec, row.dataset_size, row.chunk_size)).toEqual(row.image_shard_shape);
    }
  });
});

test("test_sharding.py::test_compute_shard_params_for_hashed", () => {
  const of = (numLabels: number, more: object = {}): number[] => {
    const { shardBits, minishardBits, preshiftBits } = computeShardParamsForHashed({ numLabels, ...more });
    return [shardBits, minishardBits, preshiftBits];
  };
  expect(of(1e9)).toEqual([11, 9, 0]);
  expect(of(1e6)).toEqual([1, 9, 0]);
  expect(of(1e7)).toEqual([4, 9, 0]);
  expect(of(1000)).toEqual([0, 0, 0]);
  expect(of(1000, { minShards: 1000 })).toEqual([10, 0, 0]);
  expect(of(0)).toEqual([0, 0, 0]);
  expect(of(1e4)).toEqual([0, 3, 0]);
  expect(of(1e9, { shardIndexBytes: 2 ** 10 })).toEqual([14, 6, 0]);
  expect(of(1e9, { minishardIndexBytes: 2 ** 13 })).toEqual([13, 9, 0]);
  expect(() => of(10, { minShards: 0 })).toThrow(ArgumentError);
});

describe("images", () => {
  const of = (
    datasetSize: number[],
    chunkSize: number[],
    dataType: DataType,
    more: object = {},
  ): ReturnType<typeof computeShardParamsForImage> =>
    computeShardParamsForImage({ datasetSize, chunkSize, dataType, encoding: "raw", ...more });
  const bits = (spec: ReturnType<typeof of>): number[] => [
    spec.preshiftBits,
    spec.minishardBits,
    spec.shardBits,
  ];

  test("CloudVolume's results", () => {
    expect(bits(of([1000, 1000, 1000], [64, 64, 64], "uint64"))).toEqual([10, 0, 2]);
    expect(bits(of([250_000, 250_000, 25_000], [128, 128, 16], "uint8"))).toEqual([11, 2, 20]);
    expect(bits(of([512, 512, 64], [64, 64, 64], "uint8"))).toEqual([8, 0, 0]);
    expect(bits(of([100_000, 100_000, 64], [64, 64, 64], "uint8"))).toEqual([16, 2, 9]);
  });

  test("test_sharding.py::test_image_sharding_hash", () => {
    const spec = parseSharding(
      {
        "@type": "neuroglancer_uint64_sharded_v1",
        hash: "identity",
        minishard_bits: 3,
        minishard_index_encoding: "gzip",
        preshift_bits: 6,
        shard_bits: 18,
        data_encoding: "gzip",
      },
      "x",
    );
    expect(imageShardShape(spec, [100_000, 100_000, 10_000], [64, 64, 64])).toEqual([512, 512, 512]);
  });

  test("test_sharding.py::test_broken_dataset: all bits of the codes are used", () => {
    const spec = of([22_939, 22_939, 6_000], [128, 128, 20], "uint64", {
      encoding: "compressed_segmentation",
    });
    const grid = [180, 180, 300];
    const total = grid.reduce((n, g) => n + Math.ceil(Math.log2(g)), 0);
    expect(bits(spec).reduce((a, b) => a + b)).toBe(total);
  });

  test("encodings that compress are stored raw; too many chunks are refused", () => {
    expect(of([512, 512, 512], [64, 64, 64], "uint8", { encoding: "jpeg" }).dataEncoding).toBe("raw");
    expect(of([512, 512, 512], [64, 64, 64], "uint8", { encoding: "jxl" }).dataEncoding).toBe("gzip");
    expect(() => of([1e15, 1e15, 1e15], [1, 1, 1], "uint8")).toThrow(SpecViolation);
  });
});
