/**
 * A layer's cache on the local disk, in CloudVolume's layout: an entry is a file under its key, with the suffix of its
 * compression. What is our own (files being written, counts of writes, the sum of the limit) lies in `.cloudvolume`.
 */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
} from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type CloudVolumeError, StorageError } from "../../base/errors.js";
import { contradicts, SUFFIXES, splitSuffix } from "../../compression/names.js";
import { fileFailure } from "../../stores/file/failure.js";
import { type FileStore, fileStore } from "../../stores/file/index.js";
import { versionOf } from "../../stores/file/read.js";
import { isPlainKey } from "../../stores/keys.js";
import type { CacheSpec, ReadOptions, Stored, SyncReadOptions } from "../../stores/store.js";
import { type ByteCache, type Change, type Entry, isShard, type Ticket } from "../byte-cache.js";
import { Additions } from "./additions.node.js";
import { Budget, cacheFiles } from "./budget.node.js";
import { Changes } from "./changes.node.js";
import { bucketOf, EVERY, Generations } from "./generations.node.js";

/** The folder in a cache that holds no entries. */
const OWN = ".cloudvolume";
/** With a limit, an entry counts as used now if it was not marked so for this long, in milliseconds. */
const TOUCH_AFTER = 10_000;
/** A ticket that nothing answers to: without locking, every fetched object may be kept. */
const NO_TICKET = "";

export class DiskCache implements ByteCache {
  readonly spec: CacheSpec;
  readonly #store: FileStore;
  readonly #generations: Generations;
  readonly #changes: Changes;
  readonly #additions: Additions;
  readonly #budget: Budget | undefined;
  readonly #touched = new Map<string, number>();

  constructor(spec: CacheSpec) {
    this.spec = spec;
    const { path, limit } = spec;
    this.#store = fileStore(path, { durability: "none", temporaries: join(path, OWN, "writing") });
    this.#generations = new Generations(join(path, OWN, "generations"));
    this.#changes = new Changes(join(path, OWN, "changes"), this.#generations);
    this.#additions = new Additions(join(path, OWN, "additions"));
    this.#budget = limit === undefined ? undefined : new Budget(path, OWN, limit);
  }

  get path(): string {
    return this.spec.path;
  }

  /** Makes the folder. @throws AuthorizationError if it may not be read and written, StorageError. */
  prepare(): void {
    try {
      mkdirSync(this.path, { recursive: true });
      accessSync(this.path, constants.R_OK | constants.W_OK);
    } catch (error) {
      throw fileFailure(error, "Opening the cache for reading and writing", this.path);
    }
  }

  holds(key: string): boolean {
    return isPlainKey(key) && !key.startsWith(`${OWN}/`) && !isShard(key);
  }

  /** Whether there is a usable entry. */
  has(key: string): boolean {
    return this.readSync(key) !== undefined;
  }

  readSync(key: string, how: SyncReadOptions = {}): Stored | undefined {
    try {
      return this.#checked(key, this.#store.readSync(key, how), how);
    } catch {
      return undefined; // The source has it, too.
    }
  }

  async read(key: string, how: ReadOptions = {}): Promise<Stored | undefined> {
    let stored: Stored | undefined;
    try {
      stored = await this.#store.read(key, how);
    } catch {
      how.signal?.throwIfAborted();
      return undefined;
    }
    return this.#checked(key, stored, how);
  }

  /**
   * An entry that is whole as far as can be told without decoding it. CloudVolume writes in place: an entry that changes
   * while it is read is none.
   */
  #checked(key: string, stored: Stored | undefined, { range }: { range?: unknown }): Stored | undefined {
    if (stored === undefined) return undefined;
    const partly = range !== undefined && stored.bytes.length < (stored.totalSize ?? 0);
    if (stored.totalSize === 0 || (!partly && contradicts(stored.compression, stored.bytes))) {
      this.drop(key);
      return undefined;
    }
    const now = statSync(join(this.path, key + SUFFIXES[stored.compression]), { throwIfNoEntry: false });
    if (now !== undefined && versionOf(now) !== stored.version) return undefined;
    if (this.#budget !== undefined) this.#touch(key, stored);
    return stored;
  }

  /** Marks an entry as used, so that others are removed before it. */
  #touch(key: string, { compression }: Stored): void {
    const now = Date.now();
    if (now - (this.#touched.get(key) ?? 0) < TOUCH_AFTER) return;
    if (this.#touched.size > 100_000) this.#touched.clear();
    this.#touched.set(key, now);
    try {
      utimesSync(join(this.path, key + SUFFIXES[compression]), now / 1000, now / 1000);
    } catch {
      // It was removed, or belongs to someone else.
    }
  }

  ticket(key: string): Ticket {
    return this.spec.locking ? this.#generations.of(bucketOf(key)) : NO_TICKET;
  }

  fill(key: string, { bytes, compression }: Entry, ticket: Ticket): void {
    try {
      this.#adding(() => {
        if (!this.#mayFill(key, ticket)) return;
        let created = false;
        this.#within(bytes.length, () => {
          created = this.#store.createSync(key, bytes, { compression });
        });
        // A writer may have begun between the last look and now.
        if (created && !this.#mayFill(key, ticket)) this.#store.removeSync(key);
      });
    } catch {
      // A full disk, a folder that became read-only: the cache goes without.
    }
  }

  #adding<T>(add: () => T): T {
    return this.spec.locking ? this.#additions.during(add) : add();
  }

  /** Whether what was fetched since the ticket still is what is stored. */
  #mayFill(key: string, ticket: Ticket): boolean {
    if (!this.spec.locking) return true;
    const bucket = bucketOf(key);
    if (this.#changes.pending(bucket) || this.#changes.pending(EVERY)) return false;
    return this.#generations.of(bucket) === ticket;
  }

  begin(key: string): Change {
    const bucket = isShard(key) ? EVERY : bucketOf(key);
    // On a full disk this cannot be said, and nothing can be added either.
    const own = this.spec.locking ? attempt(() => this.#changes.begin(bucket)) : undefined;
    const end = (): void => {
      if (own !== undefined) this.#changes.end(own);
    };
    const before = this.#generations.counts(bucket);
    try {
      if (own !== undefined) this.#additions.settle();
      this.#dropAll(key);
    } catch (error) {
      end();
      throw error;
    }
    return {
      done: (entry) => {
        try {
          this.#finish(key, bucket, entry, own, before);
        } finally {
          end();
        }
      },
    };
  }

  /** Puts the new entry, unless others write objects of the bucket, too: whose object is the last one, the cache cannot know. */
  #finish(
    key: string,
    bucket: string,
    entry: Entry | undefined,
    own: string | undefined,
    before: readonly [number, number],
  ): void {
    const { locking } = this.spec;
    if (!locking) {
      if (entry === undefined) this.#dropAll(key);
      else this.#put(key, entry);
      return;
    }
    const told = attempt(() => {
      this.#generations.advance(bucket);
      return true;
    });
    const isAlone = (): boolean => {
      const [mine, every] = this.#generations.counts(bucket);
      const unchanged = mine === before[0] + 1 && (bucket === EVERY || every === before[1]);
      return unchanged && !this.#changes.pending(bucket, own) && !this.#changes.pending(EVERY, own);
    };
    const putAlone = (put: Entry): boolean => {
      if (!isAlone()) return false;
      this.#put(key, put);
      return isAlone();
    };
    const mayPut = entry !== undefined && told !== undefined && own !== undefined;
    const isKept = mayPut && attempt(() => this.#adding(() => putAlone(entry))) === true;
    if (!isKept) this.#dropAll(key);
  }

  replace(key: string, entry: Entry): void {
    this.begin(key).done(entry);
  }

  #put(key: string, { bytes, compression }: Entry): void {
    this.#update(key, () => {
      let fits = false;
      try {
        fits = this.#within(bytes.length, () => this.#store.writeSync(key, bytes, { compression }));
      } finally {
        if (!fits) this.#store.removeSync(key);
      }
    });
  }

  /** Drops the entry of an object; of a shard its indices, and what is kept by label in its folder. */
  #dropAll(key: string): void {
    if (!isShard(key)) {
      this.#update(key, () => {
        this.#store.removeSync(key);
      });
      return;
    }
    const cut = key.lastIndexOf("/") + 1;
    const [folder, shard] = [key.slice(0, cut), key.slice(cut)];
    for (const file of isPlainKey(key) ? this.#namesSync(folder) : []) {
      const { name } = splitSuffix(file);
      const isIndex = name === `${shard}.index` || (name.startsWith(`${shard}-`) && name.endsWith(".msi"));
      if (isIndex || /^\d+$/.test(name)) this.#dropAll(folder + name);
    }
  }

  #namesSync(folder: string): string[] {
    try {
      return readdirSync(join(this.path, folder));
    } catch {
      return [];
    }
  }

  /** A change of the cache that may fail as long as no stale entry stays. */
  #update(key: string, change: () => void): void {
    try {
      change();
    } catch (cause) {
      if (this.#isAbsent(key)) return;
      throw new StorageError("The cache keeps a stale entry that cannot be removed", {
        where: join(this.path, key),
        fix: "Remove it, or open the volume with another cache",
        cause,
      });
    }
  }

  #isAbsent(key: string): boolean {
    return Object.values(SUFFIXES).every((suffix) => !existsSync(join(this.path, key + suffix)));
  }

  #within(bytes: number, add: () => void): boolean {
    if (this.#budget !== undefined) return this.#budget.add(bytes, add);
    add();
    return true;
  }

  drop(key: string): boolean {
    try {
      return this.#store.removeSync(key);
    } catch {
      return false;
    }
  }

  /** Names of the files in a folder of the cache, as they are on disk; none if it does not exist. */
  async names(folder: string): Promise<string[]> {
    try {
      const entries = await readdir(join(this.path, folder), { withFileTypes: true });
      return entries.filter((e) => e.isFile()).map((e) => e.name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw fileFailure(error, "Listing the cache", join(this.path, folder));
    }
  }

  /** Bytes of the files in a folder. */
  async bytes(folder: string): Promise<number> {
    let sum = 0;
    for (const name of await this.names(folder)) {
      sum += await stat(join(this.path, folder, name)).then(
        (s) => s.size,
        () => 0, // It was removed meanwhile.
      );
    }
    return sum;
  }

  /** Number and bytes of all entries, info and provenance included. */
  total(): { files: number; bytes: number } {
    const sum = { files: 0, bytes: 0 };
    for (const { size } of cacheFiles(this.path, OWN)) {
      sum.files++;
      sum.bytes += size;
    }
    return sum;
  }

  /** Removes a file by its name on disk; no error if there is none. */
  removeFile(name: string): void {
    const path = join(this.path, name);
    try {
      unlinkSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw this.#failure(error, path);
    }
  }

  /** Removes the layer's cache. Other processes go on, and begin a new one. */
  flush(): void {
    try {
      rmSync(this.path, { recursive: true, force: true, maxRetries: 10, retryDelay: 5 });
    } catch (error) {
      throw this.#failure(error, this.path);
    }
  }

  #failure(error: unknown, path: string): CloudVolumeError {
    return fileFailure(error, "Removing from the cache", path);
  }
}

/** @returns undefined if it fails. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
