/** The store of a path that is only read: what lies on a web server is opened without the code of buckets and credentials. */
import type { ReadableOptions } from "./open-readable.js";
import { plainHttpStore } from "./stores/http/plain.js";
import type { Store } from "./stores/store.js";

export type { ReadableOptions } from "./open-readable.js";

const PLAIN = /^(?:precomputed:\/\/)?(https?:\/\/[^\s|]+?)\/?$/;

/** @throws UnsupportedProtocolError, ArgumentError for what is no path. */
export async function openReadable(path: string, options: ReadableOptions): Promise<Store> {
  const [, address] = PLAIN.exec(path) ?? [];
  const { secrets, aliases, network } = options;
  const isPlain = secrets === undefined && aliases === undefined && network?.hedge === undefined;
  if (address !== undefined && isPlain) return plainHttpStore(address, network);
  const { openStore } = await import("./open-store.js");
  return await openStore(path, options);
}

/** The store for reading parts of objects. */
export async function forParts(store: Store): Promise<Store> {
  const { withCoalescing } = await import("./stores/coalesce.js");
  return withCoalescing(store);
}
