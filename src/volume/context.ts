/** What every operation of a volume works with: made once by the entry, shared by all views of a volume. */
import type { OpenSpool } from "../base/spool.js";
import type { Workspace } from "../base/workspace.js";
import type { ChunkLru } from "../cache/memory/chunk-lru.js";
import type { Codec, CodecUse } from "../codecs/codec.js";
import type { Outputs } from "../compute/outputs.js";
import type { WorkerPool } from "../compute/pool.js";
import type { Results } from "../compute/results.js";
import type { Store } from "../stores/store.js";
import type { LocalFilesSource } from "./local-files.js";

/** The platform: how this process decodes, where it has threads. */
export interface Runtime {
  /** The calling thread's own memory. */
  readonly workspace: Workspace;
  /** Worker threads; undefined where there are none. */
  readonly pool: WorkerPool | undefined;
  /** Memories that workers share with this thread; undefined where memory cannot be shared. */
  readonly outputs: Outputs | undefined;
  /** A codec ready for synchronous use. @throws UnsupportedFormatError for an unknown encoding. */
  readonly codec: (name: string, use?: CodecUse) => Promise<Codec>;
  /** Where bytes are put that memory should not hold; undefined: it holds them. */
  readonly spool?: OpenSpool | undefined;
  /** Arrays of small results. */
  readonly results: Results;
  /** Lets the event loop handle what has arrived. */
  readonly turn: () => Promise<void>;
  /** Cores that are worth using. */
  readonly cores: number;
  /** Files of this machine; undefined where there are none. */
  readonly files?: LocalFilesSource | undefined;
}

/** Whether there are workers that share memory with this thread; in a page that is not isolated they cannot. */
export function hasSharedWorkers({ pool, outputs }: Runtime): boolean {
  return pool !== undefined && outputs !== undefined;
}

export interface VolumeContext {
  readonly runtime: Runtime;
  /** The layer: its info, its provenance, and below its scales' keys whatever chunks are in. */
  readonly store: Store;
  /** The store behind the disk cache, for reading what is to be changed. Undefined: `store` itself. */
  readonly source?: Store | undefined;
  /** Chunks in memory; undefined or of size 0: none are kept. */
  readonly lru?: ChunkLru | undefined;
}

/** The same, reading from storage itself: what is read to be changed and written must be what is stored. */
export function withoutCaches({ runtime, store, source }: VolumeContext): VolumeContext {
  return { runtime, store: source ?? store };
}
