/** A keeper of copies: what `withDiskCache` needs of a cache. Entries are whole objects by key. */
import type { Copies, Entry } from "../stores/store.js";

export type { Entry, Ticket } from "../stores/store.js";

/** Shards are not kept whole: what is kept of them are indices and data by label, as CloudVolume does. */
export function isShard(key: string): boolean {
  return key.endsWith(".shard");
}

/** An object that is being written. */
export interface Change {
  /** It was written, or not: its new entry, or none. @throws StorageError if a stale entry stays. */
  done(entry?: Entry): void;
}

export interface ByteCache extends Copies {
  /**
   * An object is about to be written: drops its entry (of a shard: its indices, and the chunks of its folder that are kept by
   * label), and keeps readers from adding it until the change is done. @throws StorageError if a stale entry stays.
   */
  begin(key: string): Change;
  /** The object was written: its new entry. @throws StorageError if a stale entry stays. */
  replace(key: string, entry: Entry): void;
}
