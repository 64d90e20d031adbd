import type { MeshInfo } from "../../formats/precomputed/mesh/info.js";
import { parseSharding, type ShardedStore, shardedStore } from "../../shards/neuroglancer-uint64/index.js";
import type { Store } from "../../stores/store.js";
import { type MeshFiles, urlOf } from "./files.js";

/** The adapter of each folder, with its cache of indices; a folder whose sharding is changed gets another one. */
const opened = new WeakMap<
  MeshFiles,
  { readonly sharding: string; readonly store: Store; readonly shards: ShardedStore }
>();

/** The meshes of sharded files, by segment. @throws SpecViolation for an info whose sharding is none. */
export function shardsOf(files: MeshFiles, info: MeshInfo): ShardedStore {
  const sharding = JSON.stringify(info.sharding);
  const known = opened.get(files);
  const { store } = files;
  if (known?.sharding === sharding && known.store === store) return known.shards;
  const spec = parseSharding(info.sharding, urlOf(files, "info"));
  const shards = shardedStore(store, files.prefix, spec);
  opened.set(files, { sharding, store, shards });
  return shards;
}
