/** A keeper of copies: what `withDiskCache` needs of a cache. Entries are whole objects by key. */
import type { Copies, Entry } from "../stores/store.js";

export type { Entry, Ticket } from "../stores/store.js";

/** Shards are not kept whole: what is kept of them are indices and data by label, as CloudVolume does. */
export function isShard(key: string): boolean {
  return key.endsWith(".shard");
}

export interface ByteCache extends Copies {
  /** The object changes or has changed: drops the entry. @throws StorageError if a stale entry stays. */
  invalidate(key: string): void;
  /** A shard changes or has changed: drops its indices, and the chunks of its folder that are kept by label. */
  invalidateShard(key: string): void;
  /** The object was written: its new entry. @throws StorageError if a stale entry stays. */
  replace(key: string, entry: Entry): void;
}
