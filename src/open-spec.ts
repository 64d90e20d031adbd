/** Opens the store that a spec describes, in a worker. */
import { DiskCache } from "./cache/disk/disk-cache.node.js";
import { withDiskCache } from "./cache/with-disk-cache.js";
import { threadFileSystem } from "./stores/file/fs.js";
import { fileStore } from "./stores/file/index.js";
import type { Store, StoreSpec } from "./stores/store.js";

export function openSpec(spec: StoreSpec): Store {
  if (spec.kind === "file") return fileStore(spec.path, { ...spec.options, fs: threadFileSystem });
  return withDiskCache(openSpec(spec.source), new DiskCache(spec.cache));
}
