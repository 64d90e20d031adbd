/** How many shards a number of objects is best kept in. Source: CloudVolume `compute_shard_params_for_hashed`. */
import { ArgumentError } from "../../../base/errors.js";
import { computeShardParamsForHashed } from "../../../shards/neuroglancer-uint64/params.js";
import type { ShardEncoding, ShardingSpec } from "../../../shards/neuroglancer-uint64/spec.js";

export interface HashedShardingOptions {
  readonly numLabels: number;
  /** Bytes of the index of a shard. Default 2^13. */
  readonly shardIndexBytes?: number | undefined;
  /** Bytes of the index of a minishard, before compression. Default 2^15. */
  readonly minishardIndexBytes?: number | undefined;
  /** Default 1. */
  readonly minShards?: number | undefined;
  /** More shards, so that none has more labels than this. */
  readonly maxLabelsPerShard?: number | undefined;
  /** Default "gzip". */
  readonly minishardIndexEncoding?: ShardEncoding | undefined;
  /** Default "gzip". */
  readonly dataEncoding?: ShardEncoding | undefined;
}

/** A specification for labels spread by their hash. @throws ArgumentError for numbers that are not positive. */
export function hashedSharding(options: HashedShardingOptions): ShardingSpec {
  const { numLabels, shardIndexBytes = 2 ** 13, minishardIndexBytes = 2 ** 15, maxLabelsPerShard } = options;
  const { minishardIndexEncoding = "gzip", dataEncoding = "gzip" } = options;
  const least = maxLabelsPerShard === undefined ? 1 : Math.ceil(numLabels / maxLabelsPerShard);
  const minShards = Math.max(options.minShards ?? 1, least);
  const positive = [shardIndexBytes, minishardIndexBytes, minShards, maxLabelsPerShard ?? 1];
  if (!positive.every((n) => n >= 1 && Number.isFinite(n)) || !Number.isFinite(numLabels))
    throw new ArgumentError("Shards cannot be planned from these numbers", {
      expected: "numbers of at least 1",
      got: JSON.stringify(options),
    });
  const bits = computeShardParamsForHashed({ numLabels, shardIndexBytes, minishardIndexBytes, minShards });
  return { ...bits, hash: "murmurhash3_x86_128", minishardIndexEncoding, dataEncoding };
}
