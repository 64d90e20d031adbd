/** The stores of this entry. */
import { fileStore } from "./stores/file/index.js";
import { memStore } from "./stores/mem/index.js";
import { openStore as openRegistered, type StoreFactory, type StoreRegistry } from "./stores/registry.js";
import type { Store } from "./stores/store.js";
import type { Transport } from "./stores/url-words.js";

const openHttp: StoreFactory = async ({ location }) => {
  const { httpStore } = await import("./stores/http/index.js");
  return httpStore(location);
};

const stores: StoreRegistry = new Map<Transport, StoreFactory>([
  ["file", ({ path }) => fileStore(path)],
  ["mem", ({ location }) => memStore(location)],
  ["http", openHttp],
  ["https", openHttp],
]);

/** Opens the store of a layer. @throws UnsupportedProtocolError. */
export async function openStore(cloudpath: string): Promise<Store> {
  return await openRegistered(stores, cloudpath);
}
