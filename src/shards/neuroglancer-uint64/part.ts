/**
 * What finding a label needs of its shard file, written once and run either way: a generator that yields the parts
 * it wants, and a synchronous and an asynchronous runner for it, which keep parts in a cache bounded in bytes.
 */
import { throwIfAborted } from "../../base/abort.js";
import { ByteLru } from "../../base/byte-lru.js";
import { decompress, decompressSync } from "../../compression/index.js";
import type { Store, Stored } from "../../stores/store.js";
import { checkStored, type Span } from "./shard-index.js";
import { SharedWork } from "./shared-work.js";
import type { ShardEncoding } from "./spec.js";

/** A piece of a shard file that is worth keeping. */
export interface Part<T extends Kept> {
  /** In the cache. */
  readonly name: string;
  /** The file's key in the store. */
  readonly key: string;
  readonly range: Span;
  readonly encoding: ShardEncoding;
  /** Most bytes once decompressed. */
  readonly limit: number;
  /** Under which key a cache on disk keeps the part, for CloudVolume. */
  readonly keepAs?: string | undefined;
  /** For messages: "its shard index". */
  readonly what: string;
  readonly parse: (bytes: Uint8Array, stored: Stored) => T;
}

/** What is kept says how much memory it takes. */
export interface Kept {
  /** Bytes. */
  readonly memory: number;
}

/** A part as found, with the version of the file it came from. */
export interface Found<T> {
  /** Undefined: there is no such file. */
  readonly value: T | undefined;
  readonly version: Version;
  /** When the file is known to have been at this version, by `performance.now()`. */
  seen: number;
}

/** The version of a file: `null` is none at all. Where a store tells no version, its size stands in. */
export type Version = string | null;

export function versionOf(stored: { version?: string | undefined } | undefined, size?: number): Version {
  return stored === undefined ? null : (stored.version ?? `${size ?? ""} bytes`);
}

/** What a generator asks for: a part, or the version that a file has now. */
export type Want =
  | { readonly part: Part<Kept> }
  /** `shared`: an answer will do that another caller has asked for a little earlier. */
  | { readonly versionOf: string; readonly shared: boolean };
export type Steps<T> = Generator<Want, T, unknown>;

export function* part<T extends Kept>(wanted: Part<T>): Steps<Found<T>> {
  return (yield { part: wanted }) as Found<T>;
}

export function* currentVersion(key: string, shared: boolean): Steps<Version> {
  return (yield { versionOf: key, shared }) as Version;
}

/** Runs generators over one store. Concurrent callers share what is being fetched. */
export class PartReader {
  readonly #store: Store;
  readonly #cache: ByteLru<Found<unknown>>;
  readonly #shared = new SharedWork<unknown>();

  constructor(store: Store, cacheBytes: number) {
    this.#store = store;
    this.#cache = new ByteLru(cacheBytes);
  }

  /** Drops a part, if it is still the one of this version. */
  forget(name: string, version: Version): void {
    if (this.#cache.get(name)?.version === version) this.#cache.delete(name);
  }

  /** Drops what begins at a file: its shard index. What hangs on that is of a version and never taken for another. */
  forgetFile(key: string): void {
    for (const name of this.#cache.keys()) if (name.startsWith(`${key} `)) this.#cache.delete(name);
  }

  clear(): void {
    this.#cache.clear();
  }

  async run<T>(steps: Steps<T>, signal: AbortSignal | undefined): Promise<T> {
    let step = steps.next();
    while (!step.done) {
      const want = step.value;
      let result: unknown;
      try {
        throwIfAborted(signal);
        result = "part" in want ? this.#cache.get(want.part.name) : undefined;
        result ??=
          "part" in want || want.shared
            ? await this.#shared.run(nameOf(want), (own) => this.#fetch(want, own), signal)
            : await this.#fetch(want, signal);
      } catch (error) {
        step = steps.throw(error);
        continue;
      }
      step = steps.next(result);
    }
    return step.value;
  }

  runSync<T>(steps: Steps<T>): T {
    let step = steps.next();
    while (!step.done) {
      const want = step.value;
      let result: unknown;
      try {
        result = "part" in want ? this.#cache.get(want.part.name) : undefined;
        result ??= this.#fetchSync(want);
      } catch (error) {
        step = steps.throw(error);
        continue;
      }
      step = steps.next(result);
    }
    return step.value;
  }

  async #fetch(want: Want, signal: AbortSignal | undefined): Promise<unknown> {
    if (!("part" in want)) {
      const stat = await this.#store.stat(want.versionOf, { signal });
      return versionOf(stat, stat?.size);
    }
    const { key, range, encoding, limit } = want.part;
    const begun = performance.now();
    const stored = await this.#store.read(key, { range, signal, keepAs: want.part.keepAs });
    const bytes = stored && check(want.part, stored, this.#store.url(key));
    if (bytes === undefined || encoding === "raw") return this.#keep(want.part, begun, stored, bytes);
    const content = await decompress("gzip", bytes, { limit, where: this.#store.url(key), signal });
    return this.#keep(want.part, begun, stored, content);
  }

  #fetchSync(want: Want): unknown {
    const read = this.#store.readSync;
    if (read === undefined) throw new TypeError("this store reads asynchronously only");
    if (!("part" in want)) {
      const stored = read(want.versionOf, { range: { offset: 0, length: 0 } });
      return versionOf(stored, stored?.totalSize);
    }
    const { key, range, encoding, limit } = want.part;
    const begun = performance.now();
    const stored = read(key, { range });
    const where = this.#store.url(key);
    const bytes = stored && check(want.part, stored, where);
    if (bytes === undefined || encoding === "raw") return this.#keep(want.part, begun, stored, bytes);
    return this.#keep(want.part, begun, stored, decompressSync("gzip", bytes, { limit, where }));
  }

  #keep(
    wanted: Part<Kept>,
    seen: number,
    stored: Stored | undefined,
    content: Uint8Array | undefined,
  ): Found<unknown> {
    const value = stored && content && wanted.parse(content, stored);
    const found = { value, version: versionOf(stored, stored?.totalSize), seen };
    this.#cache.set(wanted.name, found, 200 + (value?.memory ?? 0));
    return found;
  }
}

function nameOf(want: Want): string {
  return "part" in want ? want.part.name : `version of ${want.versionOf}`;
}

function check({ range, what }: Part<Kept>, stored: Stored, where: string): Uint8Array {
  checkStored(stored, range, what, where);
  return stored.bytes;
}
