/**
 * A layer's cache in a browser, by the Cache API: an entry is a response under its file's name, and its length stands in the
 * address, so that the addresses alone tell what is there. They come in the order in which they were put: the oldest go first.
 */
import { StorageError } from "../../base/errors.js";
import { contradicts, SUFFIXES, splitSuffix } from "../../compression/names.js";
import { isPlainKey } from "../../stores/keys.js";
import { placeFor } from "../../stores/ranges.js";
import type { CacheSpec, ReadOptions, Stored } from "../../stores/store.js";
import { type ByteCache, type Change, type Entry, isShard, type Ticket } from "../byte-cache.js";

/** No server: names of entries have to be addresses. */
const ORIGIN = "https://cloudvolume.invalid/";
/** Bytes of a layer's cache, where nobody says otherwise: a browser that runs out of room takes all that an origin has. */
const USUAL_LIMIT = 1 << 30;
const METADATA: ReadonlySet<string> = new Set(["info", "provenance"]);

interface Kept {
  readonly file: string;
  readonly bytes: number;
}

export class DiskCache implements ByteCache {
  readonly spec: CacheSpec;
  readonly #limit: number;
  #opening: Promise<Cache> | undefined;
  /** What is there, by key; those used last stand last. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;
  /** How often each key was written by this page. */
  readonly #generations = new Map<string, number>();
  readonly #changing = new Map<string, number>();
  /** Changes of the cache, one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(spec: CacheSpec) {
    this.spec = spec;
    this.#limit = spec.limit ?? USUAL_LIMIT;
  }

  get path(): string {
    return this.spec.path;
  }

  /** @throws StorageError where the page has no caches. */
  prepare(): void {
    if (globalThis.caches !== undefined) return;
    throw new StorageError("This page has no cache to use", {
      where: this.path,
      expected: "a page of https:// or of this computer",
      fix: "Serve the page by https, or open the volume without `cache`.",
    });
  }

  holds(key: string): boolean {
    return isPlainKey(key) && !isShard(key);
  }

  /** Whether there is an entry, as far as this page has looked: it looks when it first reads. */
  has(key: string): boolean {
    return this.#kept.has(key);
  }

  readSync(): undefined {
    return undefined;
  }

  async read(key: string, { into, signal }: ReadOptions = {}): Promise<Stored | undefined> {
    try {
      const cache = await this.#open();
      const kept = this.#kept.get(key);
      const answer = kept && (await cache.match(addressOf(kept)));
      signal?.throwIfAborted();
      if (kept === undefined || answer === undefined) {
        if (kept !== undefined) this.#forget(key);
        return undefined;
      }
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const { compression } = splitSuffix(kept.file);
      if (bytes.length !== kept.bytes || bytes.length === 0 || contradicts(compression, bytes)) {
        this.drop(key);
        return undefined;
      }
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      const totalSize = bytes.length;
      if (into === undefined) return { bytes, compression, totalSize };
      const place = placeFor(totalSize, into, key);
      place.set(bytes);
      return { bytes: place, compression, totalSize };
    } catch {
      signal?.throwIfAborted();
      return undefined; // The source has it, too.
    }
  }

  ticket(key: string): Ticket {
    return String(this.#generations.get(key) ?? 0);
  }

  fill(key: string, entry: Entry, ticket: Ticket): void {
    void this.#queue(async (cache) => {
      const isCurrent = ticket === this.ticket(key) && !this.#changing.has(key);
      if (isCurrent && !this.#kept.has(key)) await this.#put(cache, key, entry);
    }).catch(() => {}); // No room, or none any more: the cache goes without.
  }

  begin(key: string): Change {
    this.#changing.set(key, (this.#changing.get(key) ?? 0) + 1);
    this.#dropAll(key);
    return {
      done: (entry) => {
        this.#generations.set(key, (this.#generations.get(key) ?? 0) + 1);
        const others = (this.#changing.get(key) ?? 1) - 1;
        if (others > 0) this.#changing.set(key, others);
        else this.#changing.delete(key);
        this.#dropAll(key);
        if (entry !== undefined && others === 0) this.fill(key, entry, this.ticket(key));
      },
    };
  }

  replace(key: string, entry: Entry): void {
    this.begin(key).done(entry);
  }

  drop(key: string): boolean {
    const kept = this.#forget(key);
    if (kept !== undefined) void this.#queue((cache) => cache.delete(addressOf(kept))).catch(() => {});
    return kept !== undefined;
  }

  /** Names of the files in a folder of the cache, with the suffixes of their compressions. */
  async names(folder: string): Promise<string[]> {
    return (await this.#filesIn(folder)).map(({ file }) => file.slice(file.lastIndexOf("/") + 1));
  }

  /** Bytes of the files in a folder. */
  async bytes(folder: string): Promise<number> {
    return (await this.#filesIn(folder)).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Number and bytes of all entries, as far as this page has looked. */
  total(): { files: number; bytes: number } {
    return { files: this.#kept.size, bytes: this.#bytes };
  }

  removeFile(name: string): void {
    this.drop(splitSuffix(name).name);
  }

  /** Removes the layer's cache. Other pages go on, and begin a new one. */
  async flush(): Promise<void> {
    await this.#queue(async () => {
      await caches.delete(this.path);
      this.#opening = undefined;
      this.#kept.clear();
      this.#bytes = 0;
    });
  }

  async #filesIn(folder: string): Promise<Kept[]> {
    await this.#queue(async () => {});
    const inside = folder === "" || folder.endsWith("/") ? folder : `${folder}/`;
    return [...this.#kept.values()].filter(
      ({ file }) => file.startsWith(inside) && !file.slice(inside.length).includes("/"),
    );
  }

  #open(): Promise<Cache> {
    this.#opening ??= this.#look();
    this.#opening.catch(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** Learns what is there, of this page and of others. */
  async #look(): Promise<Cache> {
    this.prepare();
    const cache = await caches.open(this.path);
    this.#kept.clear();
    this.#bytes = 0;
    for (const { url } of await cache.keys()) {
      const kept = keptOf(url);
      if (kept === undefined) continue;
      const { name } = splitSuffix(kept.file);
      const older = this.#forget(name);
      if (older !== undefined && addressOf(older) !== url) await cache.delete(addressOf(older));
      this.#remember(name, kept);
    }
    return cache;
  }

  async #put(cache: Cache, key: string, { bytes, compression }: Entry): Promise<void> {
    if (bytes.length > this.#limit) return;
    if (this.#bytes + bytes.length > this.#limit) await this.#evict(bytes.length);
    const kept = { file: key + SUFFIXES[compression], bytes: bytes.length };
    // A copy: bytes of a shared memory are no body.
    await cache.put(addressOf(kept), new Response(new Uint8Array(bytes)));
    this.#forget(key);
    this.#remember(key, kept);
  }

  /** Removes the entries that were not used for the longest time, down to seven eighths, other pages' too. */
  async #evict(more: number): Promise<void> {
    const used = [...this.#kept.keys()];
    const cache = await this.#look();
    const order = new Map(used.map((key, i) => [key, i]));
    const byUse = [...this.#kept.keys()].sort((a, b) => (order.get(a) ?? -1) - (order.get(b) ?? -1));
    const wanted = Math.max(0, Math.floor(this.#limit * 0.875) - more);
    for (const key of byUse) {
      if (this.#bytes <= wanted) break;
      if (METADATA.has(key)) continue;
      const kept = this.#forget(key);
      if (kept !== undefined) await cache.delete(addressOf(kept));
    }
    // The order of use is this page's: it goes on with it.
    for (const key of byUse) {
      const kept = this.#kept.get(key);
      if (kept === undefined) continue;
      this.#kept.delete(key);
      this.#kept.set(key, kept);
    }
  }

  /** Drops the entry of an object; of a shard what is kept by label in its folder. */
  #dropAll(key: string): void {
    if (!isShard(key)) {
      this.drop(key);
      return;
    }
    const folder = key.slice(0, key.lastIndexOf("/") + 1);
    for (const name of [...this.#kept.keys()])
      if (name.startsWith(folder) && /^(\d+|.*\.(index|msi))$/.test(name.slice(folder.length)))
        this.drop(name);
  }

  #remember(key: string, kept: Kept): void {
    this.#kept.set(key, kept);
    this.#bytes += kept.bytes;
  }

  #forget(key: string): Kept | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    this.#bytes -= kept.bytes;
    return kept;
  }

  #queue<T>(change: (cache: Cache) => Promise<T>): Promise<T> {
    const run = this.#last.then(async () => await change(await this.#open()));
    this.#last = run.catch(() => {});
    return run;
  }
}

function addressOf({ file, bytes }: Kept): string {
  return `${ORIGIN}${encodeURIComponent(file)}?bytes=${bytes}`;
}

function keptOf(url: string): Kept | undefined {
  const { pathname, searchParams } = new URL(url);
  const bytes = Number(searchParams.get("bytes") ?? Number.NaN);
  return url.startsWith(ORIGIN) && Number.isSafeInteger(bytes)
    ? { file: decodeURIComponent(pathname.slice(1)), bytes }
    : undefined;
}
