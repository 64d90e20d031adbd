/** The `sharding` of a scale: given, recommended, or none. */
import type { DataType } from "../../base/dtype.js";
import { product } from "../../base/strided.js";
import {
  computeShardParamsForImage,
  type ImageShardOptions,
  parseSharding,
  type ShardingSpec,
  shardingJson,
} from "../../shards/neuroglancer-uint64/index.js";
import type { ScaleInfo } from "./info.js";

/** What of a recommended sharding can be chosen. */
export type ShardingWishes = Omit<ImageShardOptions, "datasetSize" | "chunkSize" | "encoding" | "dataType">;

/** `true`: as recommended; wishes for that; a specification, or as it stands in an info document; `false`: none. */
export type ShardingChoice = boolean | ShardingWishes | ShardingSpec | { readonly "@type": string };

/** Sets or drops a scale's sharding. @throws SpecViolation for one that cannot be. */
export function setSharding(scale: ScaleInfo, dataType: DataType, choice: ShardingChoice): void {
  if (choice === false || product(scale.size) === 0) delete scale.sharding;
  else scale.sharding = shardingJson(specOf(scale, dataType, choice));
}

function specOf(scale: ScaleInfo, dataType: DataType, choice: Exclude<ShardingChoice, false>): ShardingSpec {
  const where = `sharding of ${scale.key}`;
  if (choice !== true && "@type" in choice) return parseSharding(choice, where);
  if (choice !== true && "shardBits" in choice) return parseSharding(shardingJson(choice), where);
  return computeShardParamsForImage({
    ...(choice === true ? {} : choice),
    datasetSize: scale.size,
    chunkSize: scale.chunk_sizes[0]!,
    encoding: scale.encoding,
    dataType,
  });
}
