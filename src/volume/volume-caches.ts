/** A volume's caches: on disk and in memory. All views of a volume share them. */
import type { ChunkLru, LruEncoding } from "../cache/memory/chunk-lru.js";
import type { LayerCache } from "./layer-cache.js";
import { VolumeCache } from "./volume-cache.js";
import { VolumeMeshes } from "./volume-meshes.js";

export abstract class VolumeCaches extends VolumeMeshes {
  get layerCache(): LayerCache {
    return this.parts.cache;
  }

  /** The disk cache. */
  get cache(): VolumeCache {
    return new VolumeCache(this);
  }

  /** The folder of the disk cache, whether it is enabled or not. */
  get cachePath(): string {
    return this.layerCache.path;
  }

  /** Chunks in memory: `resize(bytes)`, `clear()`, `nbytes`, `items()`, `get`, `has`, `delete`. */
  get lru(): ChunkLru {
    return this.parts.lru;
  }

  /** Limit of the memory cache in bytes; 0: none. Settable, as `lru.resize`. */
  get lruBytes(): number {
    return this.lru.size;
  }
  set lruBytes(bytes: number) {
    this.lru.resize(bytes);
  }

  /** How chunks are kept in memory: `same` as they are stored, `raw` decoded, or another encoding. Settable. */
  get lruEncoding(): LruEncoding {
    return this.lru.encoding;
  }
  set lruEncoding(encoding: LruEncoding) {
    this.lru.encoding = encoding;
  }

  override get image(): VolumeMeshes["image"] & { readonly lru: ChunkLru } {
    const { lru } = this;
    return Object.defineProperties(
      { lru },
      Object.getOwnPropertyDescriptors(super.image),
    ) as VolumeMeshes["image"] & {
      readonly lru: ChunkLru;
    };
  }
}
