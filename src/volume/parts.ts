import type { Abortable } from "../base/abort.js";
import type { ChunkLru } from "../cache/memory/chunk-lru.js";
import type { ArrayOptions } from "../formats/new-level.js";
import type { Info } from "../formats/precomputed/info.js";
import type { ProvenanceRecord } from "../formats/precomputed/provenance.js";
import type { DatabaseUsers } from "../formats/precomputed/spatial-index/database/credentials.js";
import type { CloudPath, PathFormat } from "../stores/url.js";
import type { VolumeContext } from "./context.js";
import type { Graph } from "./graphene/graph.js";
import type { LayerCache } from "./layer-cache.js";
import type { LayerMetadata } from "./layer-metadata.js";

export interface SpatialIndexSource {
  /** `[sqlite://]file`, `mysql://…` or `postgres://…`. */
  readonly database: string | undefined;
  /** Who logs in there, where the address does not say so. */
  readonly users: DatabaseUsers | undefined;
}

export interface ReopenOptions extends Abortable {
  /** Taken instead of reading the info file. */
  readonly info?: Info | undefined;
  readonly provenance?: ProvenanceRecord | undefined;
  /** Zarr and N5: how the chunks of new layers and levels are stored. */
  readonly array?: ArrayOptions | undefined;
}

/** What an opened volume consists of; views at other mips share it. */
export interface VolumeParts {
  readonly path: CloudPath;
  readonly context: VolumeContext;
  readonly metadata: LayerMetadata;
  /** The disk cache, enabled or not. */
  readonly cache: LayerCache;
  /** The memory cache; of size 0 while it is not wanted. */
  readonly lru: ChunkLru;
  /** Where the spatial index of meshes and skeletons is asked, if not in its files. */
  readonly spatialIndex?: SpatialIndexSource | undefined;
  /** Graphene: the server that knows which supervoxels belong together. */
  readonly graph?: Graph | undefined;
  /** Opens another layer the way this one was opened; with an info, one that need not be there. */
  readonly reopen: (cloudpath: string, options: ReopenOptions) => Promise<VolumeParts>;
  /** The format that a path names. */
  readonly formatOf: (cloudpath: string) => Promise<PathFormat>;
  /** A new layer in memory, and what removes it at once. */
  readonly inMemory: (info: Info, options: Abortable) => Promise<{ parts: VolumeParts; free: () => void }>;
}
