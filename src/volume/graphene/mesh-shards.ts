/** Sharded meshes of a graphene layer: a sharding for each layer of the graph, and files for each chunk of it. */
import { InfoError } from "../../base/errors.js";
import { INITIAL, shardFileName } from "../../formats/graphene/mesh-files.js";
import { isSharded, type MeshInfo } from "../../formats/precomputed/mesh/info.js";
import { parseSharding, type ShardedStore, shardedStore } from "../../shards/neuroglancer-uint64/index.js";
import type { Store } from "../../stores/store.js";
import { type MeshFiles, urlOf } from "../meshes/files.js";
import type { Graph } from "./graph.js";

export interface GrapheneMeshFiles extends MeshFiles {
  readonly graph: Graph;
  readonly info: MeshInfo;
}

/** The adapters of a store, with their caches of indices, by folder, layer and sharding. */
const opened = new WeakMap<Store, Map<string, ShardedStore>>();

/** The meshes of a layer by label; undefined where the info has no sharding for it. @throws SpecViolation. */
export function shardsOfLayer(files: GrapheneMeshFiles, layer: number): ShardedStore | undefined {
  const { store, prefix, graph, info } = files;
  const member = isSharded(info) ? info.sharding?.[String(layer)] : undefined;
  if (member === undefined || member === null) return undefined;
  const known = opened.get(store) ?? new Map<string, ShardedStore>();
  opened.set(store, known);
  const name = JSON.stringify([prefix, layer, member]);
  const shards =
    known.get(name) ??
    shardedStore(store, `${prefix}${INITIAL}/${layer}/`, parseSharding(member, urlOf(files, "info")), {
      fileOf: (file, label) => shardFileName(graph, file, label),
    });
  known.set(name, shards);
  return shards;
}

/** The same. @throws InfoError where the info has no sharding for the layer. */
export function needShardsOfLayer(files: GrapheneMeshFiles, layer: number): ShardedStore {
  const shards = shardsOfLayer(files, layer);
  if (shards !== undefined) return shards;
  throw new InfoError("The info of the meshes has no sharding for a layer", {
    where: urlOf(files, "info"),
    expected: `one of ${Object.keys(files.info.sharding ?? {}).join(", ")}`,
    got: `layer ${layer}`,
  });
}
