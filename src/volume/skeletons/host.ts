/** What skeletons need of the layer that they belong to. */
import type { Workspace } from "../../base/workspace.js";
import type { Compression } from "../../compression/compression.js";
import type { Info } from "../../formats/precomputed/info.js";
import type { DatabaseUsers } from "../../formats/precomputed/spatial-index/database/credentials.js";
import type { Store } from "../../stores/store.js";

export interface SkeletonHost {
  /** The layer's. */
  readonly store: Store;
  /** The calling thread's memory. */
  readonly workspace: Workspace;
  /** The folder's name in it, without a slash at its end. */
  readonly folder: string;
  /** The volume's info, where there is one: it says where the spatial index begins. */
  readonly volumeInfo: Info | undefined;
  /** Default: where the spatial index is asked. */
  readonly database: string | undefined;
  readonly users: DatabaseUsers | undefined;
  /** How files are written. */
  readonly policy: () => {
    readonly compression: Compression;
    readonly compressLevel: number | undefined;
    readonly cacheControl: string;
  };
  /** @throws ReadOnlyException. */
  readonly verifyWritable: () => void;
}

export function keyOf({ folder }: SkeletonHost, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
