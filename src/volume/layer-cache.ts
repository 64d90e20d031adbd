/** Whether and where a layer is cached on disk: settable while the volume is open. */
import { ArgumentError } from "../base/errors.js";
import type { DiskCache } from "../cache/disk/disk-cache.node.js";
import type { CacheSetting } from "../cache/disk/location.node.js";
import { withDiskCache } from "../cache/with-disk-cache.js";
import type { Compression } from "../compression/compression.js";
import { parseCompress } from "../compression/index.js";
import type { CacheSpec, Store } from "../stores/store.js";
import type { CompressSetting } from "./settings.js";

export interface CacheOptions {
  /** Keep what is read and written on the local disk: `true` in the usual place, or below this folder. Default false. */
  readonly cache?: CacheSetting | undefined;
  /** Compression of the cache's files; `null`: as they are stored in the layer. Default null. */
  readonly compressCache?: CompressSetting;
  /** Keep processes that share the cache from keeping what others have overwritten. Default true. */
  readonly cacheLocking?: boolean | undefined;
  /** Most bytes of this layer's cache, for all processes together. Default: no limit. */
  readonly cacheBytes?: number | undefined;
}

/** What the platform knows of caches. */
export interface CachePlatform {
  /** The folder of this layer's cache. */
  readonly folder: (setting: CacheSetting) => string;
  readonly open: (spec: CacheSpec) => DiskCache;
  readonly warn: (message: string) => void;
}

export class LayerCache {
  #enabled = false;
  #path: string;
  #compress: CompressSetting;
  readonly #locking: boolean;
  #limit: number | undefined;
  readonly #platform: CachePlatform;
  #disk: DiskCache | undefined;
  #wrapped: { source: Store; disk: DiskCache; store: Store } | undefined;

  /** @throws AuthorizationError, StorageError if the folder cannot be used; ArgumentError, UnsupportedCompressionType. */
  constructor(options: CacheOptions, platform: CachePlatform) {
    const { cache = false, compressCache, cacheLocking = true, cacheBytes } = options;
    this.#platform = platform;
    this.#path = platform.folder(cache);
    this.#locking = cacheLocking;
    this.#limit = checkLimit(cacheBytes);
    this.#compress = compressCache;
    this.#compression();
    if (cache !== false && cache !== "") this.enabled = true;
  }

  get enabled(): boolean {
    return this.#enabled;
  }
  /** `true`: on; text: on, below this folder; `false`: off. */
  set enabled(setting: CacheSetting) {
    if (typeof setting === "string" && setting !== "") this.path = this.#platform.folder(setting);
    if (setting !== false && setting !== "") this.disk.prepare();
    this.#enabled = setting !== false && setting !== "";
  }

  /** Moves it below a folder (or to the usual place) without using it. */
  locate(setting: CacheSetting): void {
    this.path = this.#platform.folder(setting);
  }

  /** The folder of this layer's files. */
  get path(): string {
    return this.#path;
  }
  set path(path: string) {
    this.#path = path;
    this.#disk = undefined;
    if (this.#enabled) this.disk.prepare();
  }

  /** `null`: as the files are stored in the layer; `true`: gzip; `false`: none; or a compression's name. */
  get compress(): CompressSetting {
    return this.#compress ?? null;
  }
  set compress(setting: CompressSetting) {
    const before = this.#compress;
    this.#compress = setting;
    try {
      this.#compression();
    } catch (error) {
      this.#compress = before;
      throw error;
    }
    this.#disk = undefined;
  }

  /** Most bytes; undefined: no limit. */
  get limit(): number | undefined {
    return this.#limit;
  }
  set limit(bytes: number | undefined) {
    this.#limit = checkLimit(bytes);
    this.#disk = undefined;
  }

  warn(message: string): void {
    this.#platform.warn(message);
  }

  get locking(): boolean {
    return this.#locking;
  }

  /** The cache's files, whether it is enabled or not. */
  get disk(): DiskCache {
    this.#disk ??= this.#platform.open({
      path: this.#path,
      compress: this.#compression(),
      locking: this.#locking,
      limit: this.#limit,
    });
    return this.#disk;
  }

  /** The store with the cache before it, while it is enabled. */
  over(source: Store): Store {
    if (!this.#enabled) return source;
    const { disk } = this;
    if (this.#wrapped?.source !== source || this.#wrapped.disk !== disk)
      this.#wrapped = { source, disk, store: withDiskCache(source, disk) };
    return this.#wrapped.store;
  }

  #compression(): Compression | undefined {
    return parseCompress(this.#compress, "compressCache");
  }
}

function checkLimit(bytes: number | undefined): number | undefined {
  if (bytes === undefined || (Number.isFinite(bytes) && bytes >= 0)) return bytes;
  throw new ArgumentError("Wrong limit of a cache", {
    where: "cacheBytes",
    expected: "bytes, from 0 on",
    got: String(bytes),
  });
}
