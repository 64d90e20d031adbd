/** How the indices of annotations are best kept in shards. */
import type { ShardEncoding, ShardingSpec } from "../../../shards/neuroglancer-uint64/spec.js";
import { hashedSharding } from "../skeleton/sharding.js";

/** What is known of a shard's labels is held while it is written. */
const LABELS_OF_SHARD = 1 << 16;

/** For ids of annotations or objects, of which there are about so many. */
export function idSharding(numLabels: number, dataEncoding: ShardEncoding): ShardingSpec {
  return hashedSharding({ numLabels, maxLabelsPerShard: LABELS_OF_SHARD, dataEncoding });
}

/** For cells of a grid: neighbours stay together, so that few indices are read for a box. */
export function cellSharding(
  gridShape: readonly number[],
  cells: number,
  dataEncoding: ShardEncoding,
): ShardingSpec {
  const hashed = idSharding(cells, dataEncoding);
  const bits = gridShape.reduce((sum, n) => sum + Math.ceil(Math.log2(n)), 0);
  const minishardBits = Math.min(hashed.minishardBits, bits);
  const shardBits = Math.min(hashed.shardBits, bits - minishardBits);
  return {
    ...hashed,
    hash: "identity",
    preshiftBits: bits - minishardBits - shardBits,
    minishardBits,
    shardBits,
  };
}
