/** The store of a path that is only read. */
import { openStore, type StoreOptions } from "./open-store.js";
import type { Store } from "./stores/store.js";

export type ReadableOptions = Pick<StoreOptions, "secrets" | "aliases" | "bucket" | "network" | "useHttps">;

/** @throws UnsupportedProtocolError, ArgumentError for what is no path. */
export async function openReadable(path: string, options: ReadableOptions): Promise<Store> {
  return await openStore(path, options);
}

/** The store for reading parts of objects. */
export async function forParts(store: Store): Promise<Store> {
  return store;
}
