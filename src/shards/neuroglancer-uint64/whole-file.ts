/** A store in which one small file is read once and whole, so that all that is asked of it is of one version. */
import { clipRange, placeFor } from "../../stores/ranges.js";
import type { Stat, Store, Stored } from "../../stores/store.js";

/** @returns the store itself for a file of more than `most` bytes, or of unknown size. */
export async function withWholeFile(
  store: Store,
  key: string,
  most: number,
  signal: AbortSignal | undefined,
): Promise<Store> {
  const stat = await store.stat(key, { signal });
  if (stat === undefined) return holding(store, undefined);
  if (stat.size === undefined || stat.size > most) return store;
  return holding(store, await store.read(key, { signal }));
}

/** The same on the calling thread. */
export function withWholeFileSync(store: Store, key: string, most: number): Store {
  const stored = store.readSync?.(key, {
    range: ({ size = Number.POSITIVE_INFINITY }: Stat) =>
      size > most ? { offset: 0, length: 0 } : undefined,
  });
  return (stored?.totalSize ?? 0) > most ? store : holding(store, stored);
}

function holding({ protocol, url }: Store, stored: Stored | undefined): Store {
  const size = stored?.bytes.length ?? 0;
  const read: NonNullable<Store["readSync"]> = (key, { range, into } = {}) => {
    if (stored === undefined) return undefined;
    const asked = typeof range === "function" ? range({ ...stored, size }) : range;
    const { offset, length } = clipRange(asked, size, url(key));
    const part = stored.bytes.subarray(offset, offset + length);
    if (into === undefined) return { ...stored, bytes: part, totalSize: size };
    const bytes = placeFor(length, into, url(key));
    bytes.set(part);
    return { ...stored, bytes, totalSize: size };
  };
  return {
    protocol,
    url,
    stat: async () => stored && { ...stored, size },
    readSync: read,
    read: async (key, how) => read(key, how),
  };
}
