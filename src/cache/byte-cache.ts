/** A keeper of copies: what `withDiskCache` needs of a cache. Entries are whole objects by key. */
import type { Compression } from "../compression/compression.js";
import type { CacheSpec, ReadOptions, Stored, SyncReadOptions } from "../stores/store.js";

/** What was known when a copy was asked for; it tells later whether the object was written meanwhile. */
export type Ticket = string;

export interface Entry {
  readonly bytes: Uint8Array;
  readonly compression: Compression;
}

/** Shards are not kept whole: what is kept of them are indices and data by label, as CloudVolume does. */
export function isShard(key: string): boolean {
  return key.endsWith(".shard");
}

export interface ByteCache {
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
  /** The object changes or has changed: drops the entry. @throws StorageError if a stale entry stays. */
  invalidate(key: string): void;
  /** A shard changes or has changed: drops its indices, and the chunks of its folder that are kept by label. */
  invalidateShard(key: string): void;
  /** The object was written: its new entry. @throws StorageError if a stale entry stays. */
  replace(key: string, entry: Entry): void;
  /** Drops an entry that turned out to be bad. @returns whether there was one. */
  drop(key: string): boolean;
}
