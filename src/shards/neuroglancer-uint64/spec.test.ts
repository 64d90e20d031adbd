import { describe, expect, test } from "vitest";
import { SpecViolation } from "../../base/errors.js";
import { murmur } from "./hash.js";
import { isShardFile, placeOfLabel } from "./place.js";
import { parseSharding, shardingJson } from "./spec.js";

const RAW = {
  "@type": "neuroglancer_uint64_sharded_v1",
  preshift_bits: 1,
  hash: "murmurhash3_x86_128",
  minishard_bits: 3,
  shard_bits: 3,
};

describe("sharding specifications", () => {
  test("have defaults, and are written whole", () => {
    const spec = parseSharding(RAW, "here");
    expect(spec).toMatchObject({ minishardIndexEncoding: "raw", dataEncoding: "raw" });
    const json = shardingJson(spec);
    expect(json).toEqual({ ...RAW, minishard_index_encoding: "raw", data_encoding: "raw" });
    expect(parseSharding(json, "here")).toEqual(spec);
  });

  test("test_sharding.py::test_sharding_spec_validation", () => {
    const good: object[] = [
      { shard_bits: 0, minishard_bits: 0 },
      { shard_bits: 64, minishard_bits: 0 },
      { shard_bits: 0, minishard_bits: 64 },
      { shard_bits: 32, minishard_bits: 32 },
      { preshift_bits: 0 },
      { preshift_bits: 63 },
      { hash: "identity" },
    ];
    const bad: object[] = [
      { shard_bits: 1, minishard_bits: 64 },
      { shard_bits: 64, minishard_bits: 1 },
      { shard_bits: 65 },
      { shard_bits: -1 },
      { minishard_bits: -1 },
      { minishard_bits: 1.5 },
      { preshift_bits: 64 },
      { preshift_bits: -1 },
      { hash: "murmurhash3_X86_128" },
      { hash: "" },
      { "@type": "neuroglancer_sharded_v1" },
      { "@type": undefined },
      { data_encoding: "br" },
      { minishard_index_encoding: null },
      { preshift_bits: "1" },
    ];
    for (const change of good) expect(() => parseSharding({ ...RAW, ...change }, "x")).not.toThrow();
    for (const change of bad) {
      expect(() => parseSharding({ ...RAW, ...change }, "x"), JSON.stringify(change)).toThrow(SpecViolation);
    }
    for (const json of [null, [], 5, "x"]) expect(() => parseSharding(json, "x")).toThrow(SpecViolation);
  });
});

describe("places of labels", () => {
  test("MurmurHash3_x86_128 gives CloudVolume's numbers", () => {
    const known: [bigint, bigint][] = [
      [0n, 5148371408780832321n],
      [1n, 16770674756601302682n],
      [7n, 15959679207757848918n],
      [2n ** 53n + 1n, 16131450183714694040n],
      [2n ** 64n - 1n, 6291360166951214362n],
    ];
    for (const [label, hash] of known) {
      const n = { low: Number(label & 0xffffffffn), high: Number(label >> 32n) };
      murmur(n);
      expect((BigInt(n.high) << 32n) | BigInt(n.low)).toBe(hash);
    }
  });

  test("hashed ones are CloudVolume's", () => {
    const spec = parseSharding({ ...RAW, preshift_bits: 0, minishard_bits: 9, shard_bits: 11 }, "x");
    const known: [bigint, string, number][] = [
      [0n, "457.shard", 65],
      [1n, "267.shard", 154],
      [7n, "410.shard", 342],
      [2n ** 53n + 1n, "4b1.shard", 408],
      [2n ** 64n - 1n, "5ae.shard", 282],
    ];
    for (const [label, file, minishard] of known) {
      expect(placeOfLabel(spec, label)).toEqual({ file, minishard });
      expect(isShardFile(spec, file)).toBe(true);
    }
  });

  test("agree with arithmetic of whole numbers, for every split of the bits", () => {
    let label = 0x9e3779b97f4a7c15n;
    for (let bits = 0; bits <= 64; bits++) {
      for (const minishard of [0, 1, 31, 32, 33, 52].filter((m) => m <= 64 - bits)) {
        for (const preshift of [0, 1, 31, 32, 33, 63]) {
          label = (label * 6364136223846793005n + 1n) & (2n ** 64n - 1n);
          const spec = parseSharding(
            {
              ...RAW,
              hash: "identity",
              preshift_bits: preshift,
              minishard_bits: minishard,
              shard_bits: bits,
            },
            "x",
          );
          const id = label >> BigInt(preshift);
          const shard = (id >> BigInt(minishard)) & (2n ** BigInt(bits) - 1n);
          const hex = shard.toString(16).padStart(Math.ceil(bits / 4), "0");
          const file = `${hex}.shard`;
          expect(placeOfLabel(spec, label)).toEqual({
            file,
            minishard: Number(id & (2n ** BigInt(minishard) - 1n)),
          });
          expect(isShardFile(spec, file)).toBe(true);
        }
      }
    }
  });

  test("other files are no shards", () => {
    const spec = parseSharding({ ...RAW, shard_bits: 6 }, "x");
    expect(isShardFile(spec, "3f.shard")).toBe(true);
    for (const name of ["40.shard", "f.shard", "03f.shard", "3F.shard", "3f.shard.tmp", "info", "x/3f.shard"])
      expect(isShardFile(spec, name), name).toBe(false);
  });
});
