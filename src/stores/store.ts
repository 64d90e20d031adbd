/**
 * Bytes by key: the one seam between this library and storage. A store is rooted at a layer's path; keys
 * are relative to it and never carry a compression suffix. A missing key is `undefined`; a refused or
 * failed request throws, so that missing, denied and failed stay three different outcomes.
 */
import type { Abortable } from "../base/abort.js";
import type { Compression } from "../compression/compression.js";

/**
 * Part of an object's stored bytes (never of its decompressed content). Fewer bytes than asked for come only
 * where the object ends: none at all for a range that begins there, all for a longer suffix.
 */
export type ByteRange =
  | { readonly offset: number; readonly length: number }
  | { readonly suffixLength: number };

export interface ReadOptions extends Abortable {
  readonly range?: ByteRange | undefined;
  /**
   * Gives the place for the stored bytes, e.g. in a WebAssembly memory: at least `length` bytes, of which the
   * first `length` are the result. It must stay valid until the read is over; it is asked again if a read is tried again.
   */
  readonly into?: ((length: number) => Uint8Array) | undefined;
  /** Read only if the object is at this version, so that several parts are of one object. Else ConflictError. */
  readonly ifVersion?: string | undefined;
  /** The key under which a disk cache leaves a range for CloudVolume to find, e.g. `8_8_40/0.shard.index`. Default: it does not. */
  readonly keepAs?: string | undefined;
}

export interface SyncReadOptions {
  /** A range, or one chosen once the object's compression and stored size are known (undefined: all of it). */
  readonly range?: ByteRange | ((stat: Stat) => ByteRange | undefined) | undefined;
  /** Gives the place for the stored bytes, e.g. in a WebAssembly memory; asked once, with the exact length. */
  readonly into?: ((length: number) => Uint8Array) | undefined;
}

export interface Stored {
  /** The bytes as they lie in storage: compressed if `compression` says so. */
  readonly bytes: Uint8Array;
  /** How the object is compressed at rest: by suffix on disk and in memory, by Content-Encoding on http. */
  readonly compression: Compression;
  /** Stored size of the whole object, where the store told it. */
  readonly totalSize?: number | undefined;
  /** An opaque version (ETag, generation, mtime), for conditional writes. */
  readonly version?: string | undefined;
  /** The checksum that was compared with one that the storage told, e.g. "crc32c". Undefined: only lengths were. */
  readonly checked?: string | undefined;
}

export interface Stat {
  readonly size: number | undefined;
  readonly compression: Compression;
  readonly version?: string | undefined;
}

export interface WriteOptions extends Abortable {
  /** What `bytes` are compressed with already: stored as suffix or Content-Encoding. Default "none". */
  readonly compression?: Compression | undefined;
  readonly contentType?: string | undefined;
  readonly cacheControl?: string | undefined;
  /** Write only if the object is still at this version; `null`: only if it does not exist. Else ConflictError. */
  readonly ifVersion?: string | null | undefined;
  /**
   * Accept `ifVersion` where the storage cannot promise it: the version is then compared before writing, and another
   * writer in between is not noticed. Default false: such a write is refused.
   */
  readonly unsafe?: boolean | undefined;
  /** False: it need not survive a crash of the machine until `sync` is called for it. Default true. */
  readonly lasting?: boolean | undefined;
  /** Told the version of what was written, where the storage tells it. */
  readonly onVersion?: ((version: string) => void) | undefined;
}

/** An object that comes in pieces, for those too large to be held at once. */
export interface Source {
  /** Bytes in all. A source that gives fewer or more is an IntegrityError, and nothing is stored. */
  readonly size: number;
  /** Begins anew with each call, as a failed upload does. A piece may be used again once the next one is asked for. */
  pieces(): AsyncIterable<Uint8Array>;
}

/** What another thread needs to open the same store. */
export type StoreSpec =
  /** `fileStore(path, options)`. */
  | {
      readonly kind: "file";
      readonly path: string;
      readonly options?: { readonly root?: string; readonly durability?: "full" | "data" | "none" };
    }
  /** `withDiskCache(source, cache)`. */
  | { readonly kind: "cached"; readonly source: StoreSpec; readonly cache: CacheSpec };

/** What another thread needs to open the same disk cache. */
export interface CacheSpec {
  readonly path: string;
  readonly compress: Compression | undefined;
  readonly locking: boolean;
  readonly limit: number | undefined;
}

/** What was known when a copy was asked for; it tells later whether the object was written meanwhile. */
export type Ticket = string;

export interface Entry {
  readonly bytes: Uint8Array;
  readonly compression: Compression;
}

/** Copies of objects, or of parts of them, by key: what a store's disk cache lets adapters over it keep. */
export interface Copies {
  readonly spec: CacheSpec;
  /** Whether a key can have an entry: those that leave the layer and shards have none. */
  holds(key: string): boolean;
  /** @returns undefined where there is no entry, or one that cannot be whole. */
  readSync(key: string, how?: SyncReadOptions): Stored | undefined;
  read(key: string, how?: ReadOptions): Promise<Stored | undefined>;
  /** To be taken before an object is fetched that is to be kept. */
  ticket(key: string): Ticket;
  /** Keeps a fetched object, unless there is an entry or it was written since the ticket. Never throws: a cache that cannot keep it goes without. */
  fill(key: string, entry: Entry, ticket: Ticket): void;
  /** Drops an entry that turned out to be bad. @returns whether there was one. */
  drop(key: string): boolean;
}

/** A file as it lies in a folder. */
export interface StoredFile {
  /** With suffix, without folder. */
  readonly name: string;
  /** The key that it is taken for. */
  readonly key: string;
  readonly compression: Compression;
  /** Being written, or left behind by a writer that died; also locks. */
  readonly isTemporary: boolean;
  /** Other files of the same key, which come before it in the order of suffixes. */
  readonly twins: readonly string[];
}

export interface Store {
  readonly protocol: string;
  /** Whole objects or ranges. @returns undefined for a missing object. */
  read(key: string, options?: ReadOptions): Promise<Stored | undefined>;
  /** The same on the calling thread, where the storage allows it (disk, memory). */
  readSync?(key: string, options?: SyncReadOptions): Stored | undefined;
  stat(key: string, options?: Abortable): Promise<Stat | undefined>;
  /** Atomic: afterwards a reader sees the old or the new object, and twins under other suffixes are gone. */
  write?(key: string, bytes: Uint8Array, options?: WriteOptions): Promise<void>;
  writeSync?(key: string, bytes: Uint8Array, options?: WriteOptions): void;
  /** The same of what comes in pieces: all of it or nothing is stored. @throws IntegrityError for a wrong size. */
  writeFrom?(key: string, source: Source, options?: WriteOptions): Promise<void>;
  /**
   * Runs `work` alone: others that ask for the same key wait, in any process on the same storage. Writers that do not ask
   * are not kept out. Absent where the storage has no locks: conditional writes have to do. @throws WriteLockAcquisitionError.
   */
  locked?<T>(key: string, work: () => Promise<T>, options?: Abortable): Promise<T>;
  /** Removes the object in every compression; no error if it does not exist. */
  remove?(key: string, options?: Abortable): Promise<void>;
  /** The same for many, with fewer requests where the storage can. All are tried; then the first failure is thrown. */
  removeAll?(keys: readonly string[], options?: Abortable): Promise<void>;
  /** Logical keys that start with `prefix` (no suffixes, each key once). Throws where listing is impossible. */
  list?(prefix: string, options?: Abortable): AsyncIterable<string>;
  /** The files of one folder as they lie there; for those who look for what does not belong. */
  files?(folder: string, options?: Abortable): AsyncIterable<StoredFile>;
  /** For messages only. */
  url(key: string): string;
  /**
   * Told that an object cannot be decoded: a store that keeps copies of another one's objects drops its copy.
   * @returns whether reading it again may give something else.
   */
  distrust?(key: string): boolean;
  readonly spec?: StoreSpec | undefined;
  /** The disk cache before it, for adapters that keep parts of objects. */
  readonly copies?: Copies | undefined;
  /** Makes objects last that were written with `lasting: false`: together, which is quicker than each by itself. */
  sync?(keys: Iterable<string>): Promise<void>;
  /** Releases sockets and descriptors. */
  close?(): Promise<void>;
}
