/** The files of a spatial index, read and kept for a while. */
import { type Abortable, throwIfAborted } from "../../../base/abort.js";
import { SpatialIndexGapError } from "../../../base/errors.js";
import { nextTurn } from "../../../base/turn.js";
import { decompress, decompressSync, isSyncDecompression } from "../../../compression/index.js";
import { Limiter } from "../../../stores/limit.js";
import type { Store, Stored } from "../../../stores/store.js";
import { type IndexFile, parseIndexFile } from "./parse.js";

export interface IndexFilesOptions {
  /** Most bytes of memory for files that were read. Default 64 MiB. */
  readonly cacheBytes?: number | undefined;
  /** Milliseconds for which a file in the cache is believed without asking for its version. Default 1000. */
  readonly freshness?: number | undefined;
}

interface Kept {
  readonly file: IndexFile;
  readonly bytes: number;
  readonly version: string | undefined;
  checked: number;
}

/** Most bytes of a file, once decompressed. */
const FILE_LIMIT = 2 ** 30;
const MOST_REQUESTS = 64;
/** Milliseconds of synchronous reading between two turns of the event loop. */
const SLICE_MS = 10;

export class IndexFiles {
  readonly #store: Store;
  readonly #folder: string;
  readonly #most: number;
  readonly #freshness: number;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(store: Store, folder: string, options: IndexFilesOptions = {}) {
    this.#store = store;
    this.#folder = folder;
    this.#most = options.cacheBytes ?? 64 << 20;
    this.#freshness = options.freshness ?? 1000;
  }

  /**
   * Hands each file to `visit`, in no particular order; undefined for one that is not there.
   * Costs a request for each that is not in the cache. @throws SpecViolation, DecompressionError, StorageError.
   */
  async forEach(
    names: readonly string[],
    visit: (name: string, file: IndexFile | undefined) => void,
    { signal }: Abortable = {},
  ): Promise<void> {
    throwIfAborted(signal);
    const later: string[] = [];
    let started = performance.now();
    for (const name of names) {
      const file = this.#recent(name) ?? this.#readSync(name);
      if (file === "later") later.push(name);
      else visit(name, file === "missing" ? undefined : file);
      if (performance.now() - started < SLICE_MS) continue;
      await nextTurn();
      throwIfAborted(signal);
      started = performance.now();
    }
    const limiter = new Limiter(MOST_REQUESTS);
    await Promise.all(
      later.map((name) => limiter.run(async () => visit(name, await this.#read(name, signal)), signal)),
    );
  }

  clear(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }

  url(name: string): string {
    return this.#store.url(this.#folder + name);
  }

  gap(name: string): SpatialIndexGapError {
    return new SpatialIndexGapError("A file of the spatial index is not there", {
      where: this.url(name),
      fix: "Index the layer again, or pass allowMissing: true.",
    });
  }

  #recent(name: string): IndexFile | undefined {
    const kept = this.#kept.get(name);
    if (kept === undefined || performance.now() - kept.checked > this.#freshness) return undefined;
    return kept.file;
  }

  #readSync(name: string): IndexFile | "missing" | "later" {
    const { readSync } = this.#store;
    if (readSync === undefined) return "later";
    const old = this.#kept.get(name);
    let unchanged = false;
    const stored = readSync(this.#folder + name, {
      range: ({ version }) => {
        unchanged = old !== undefined && version !== undefined && version === old.version;
        return unchanged ? { offset: 0, length: 0 } : undefined;
      },
    });
    if (stored === undefined) return "missing";
    if (old !== undefined && unchanged) return this.#confirm(old);
    if (!isSyncDecompression(stored.compression)) return "later";
    const bytes = decompressSync(stored.compression, stored.bytes, {
      limit: FILE_LIMIT,
      where: this.url(name),
    });
    return this.#keep(name, bytes, stored);
  }

  async #read(name: string, signal: AbortSignal | undefined): Promise<IndexFile | undefined> {
    const key = this.#folder + name;
    const old = this.#kept.get(name);
    if (old?.version !== undefined) {
      const stat = await this.#store.stat(key, { signal });
      if (stat?.version === old.version) return this.#confirm(old);
    }
    const stored = await this.#store.read(key, { signal });
    if (stored === undefined) return undefined;
    const limits = { limit: FILE_LIMIT, where: this.url(name), signal };
    return this.#keep(name, await decompress(stored.compression, stored.bytes, limits), stored);
  }

  #confirm(kept: Kept): IndexFile {
    kept.checked = performance.now();
    return kept.file;
  }

  /** The oldest files leave the cache first. */
  #keep(name: string, content: Uint8Array, { version }: Stored): IndexFile {
    const file = parseIndexFile(content, this.url(name));
    const bytes = file.labels.byteLength + file.boxes.byteLength;
    this.#drop(name);
    if (bytes > this.#most) return file;
    this.#kept.set(name, { file, bytes, version, checked: performance.now() });
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#most) break;
      this.#drop(oldest);
    }
    return file;
  }

  #drop(name: string): void {
    this.#bytes -= this.#kept.get(name)?.bytes ?? 0;
    this.#kept.delete(name);
  }
}
