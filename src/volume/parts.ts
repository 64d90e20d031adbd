import type { Abortable } from "../base/abort.js";
import type { ChunkLru } from "../cache/memory/chunk-lru.js";
import type { Info } from "../formats/precomputed/info.js";
import type { PrecomputedMetadata } from "../formats/precomputed/metadata.js";
import type { CloudPath } from "../stores/url.js";
import type { VolumeContext } from "./context.js";
import type { LayerCache } from "./layer-cache.js";

/** What an opened volume consists of; views at other mips share it. */
export interface VolumeParts {
  readonly path: CloudPath;
  readonly context: VolumeContext;
  readonly metadata: PrecomputedMetadata;
  /** The disk cache, enabled or not. */
  readonly cache: LayerCache;
  /** The memory cache; of size 0 while it is not wanted. */
  readonly lru: ChunkLru;
  /** Opens another layer the way this one was opened. */
  readonly reopen: (cloudpath: string, options: Abortable) => Promise<VolumeParts>;
  /** A new layer in memory, and what removes it at once. */
  readonly inMemory: (info: Info, options: Abortable) => Promise<{ parts: VolumeParts; free: () => void }>;
}
