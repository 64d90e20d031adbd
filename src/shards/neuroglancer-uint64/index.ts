export { type DisassembleOptions, disassembleShard } from "./disassemble.js";
export { type Datum, type MadeShard, makeShard } from "./make-shard.js";
export {
  computeShardParamsForHashed,
  computeShardParamsForImage,
  type HashedShardOptions,
  type HashedShardParams,
  type ImageShardOptions,
  imageShardShape,
} from "./params.js";
export { placeOfLabel } from "./place.js";
export { ShardHeap } from "./shard-heap.js";
export { parseSharding, type ShardingSpec, shardingJson } from "./spec.js";
export type { Location, ShardedStore, ShardedStoreOptions, ShardRead, StoredDatum } from "./store.js";
export { shardedStore } from "./store.js";
export { type ShardChanges, type UpdateOptions, updateShard } from "./update-shard.js";
export { type WriteShardsOptions, type WrittenShards, writeShards } from "./write-shards.js";
