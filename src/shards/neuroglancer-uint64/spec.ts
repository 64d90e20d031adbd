/**
 * The sharding specification `neuroglancer_uint64_sharded_v1`: which of 2^64 labels lies in which file.
 * Specification: neuroglancer `src/datasource/precomputed/sharded.md`.
 */
import { SpecViolation } from "../../base/errors.js";
import type { JsonObject } from "../../base/json.js";
import { inside, integer, object, oneOf, optional, placeOf, record, reject } from "../../base/verify.js";

export type ShardHash = "identity" | "murmurhash3_x86_128";
export type ShardEncoding = "raw" | "gzip";

/** Plain values: it crosses to workers as it is. */
export interface ShardingSpec {
  /** Low bits of a label that do not take part in the hash: neighbours stay together. */
  readonly preshiftBits: number;
  readonly hash: ShardHash;
  readonly minishardBits: number;
  readonly shardBits: number;
  readonly minishardIndexEncoding: ShardEncoding;
  readonly dataEncoding: ShardEncoding;
}

export const SHARDING_TYPE = "neuroglancer_uint64_sharded_v1";

const fields = record({
  "@type": oneOf([SHARDING_TYPE]),
  preshift_bits: integer({ min: 0, max: 63 }),
  hash: oneOf(["identity", "murmurhash3_x86_128"]),
  minishard_bits: integer({ min: 0, max: 64 }),
  shard_bits: integer({ min: 0, max: 64 }),
  minishard_index_encoding: optional(oneOf(["raw", "gzip"])),
  data_encoding: optional(oneOf(["raw", "gzip"])),
});

/** Reads the `sharding` member of an info document. @throws SpecViolation naming the field. */
export function parseSharding(json: unknown, where: string): ShardingSpec {
  const place = placeOf(where, SpecViolation);
  const found = fields(object(json, place), place);
  const sum = found.minishard_bits + found.shard_bits;
  if (sum > 64) reject(inside(place, "shard_bits"), "at most 64 bits together with minishard_bits", sum);
  return {
    preshiftBits: found.preshift_bits,
    hash: found.hash,
    minishardBits: found.minishard_bits,
    shardBits: found.shard_bits,
    minishardIndexEncoding: found.minishard_index_encoding ?? "raw",
    dataEncoding: found.data_encoding ?? "raw",
  };
}

/** The specification as it stands in an info document. */
export function shardingJson(spec: ShardingSpec): JsonObject {
  return {
    "@type": SHARDING_TYPE,
    preshift_bits: spec.preshiftBits,
    hash: spec.hash,
    minishard_bits: spec.minishardBits,
    shard_bits: spec.shardBits,
    minishard_index_encoding: spec.minishardIndexEncoding,
    data_encoding: spec.dataEncoding,
  };
}

/** Bytes of the index at the start of every shard file. May exceed what any file has: check before use. */
export function shardIndexLength({ minishardBits }: ShardingSpec): number {
  return 16 * 2 ** minishardBits;
}
