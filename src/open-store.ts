/** The stores of this entry, and who asks them. */
import type { AuthOptions } from "./auth/index.js";
import { credentialsOf } from "./credentials.js";
import { type AliasOptions, parseUserPath } from "./paths.js";
import { fileStore } from "./stores/file/index.js";
import { memStore } from "./stores/mem/index.js";
import { openStore as openRegistered, type StoreFactory, type StoreRegistry } from "./stores/registry.js";
import type { Store } from "./stores/store.js";
import type { Transport } from "./stores/url-words.js";

export type StoreOptions = AuthOptions & AliasOptions;

const openHttp: StoreFactory<StoreOptions> = async (path, options) => {
  const [{ httpStore }, auth] = await Promise.all([
    import("./stores/http/index.js"),
    credentialsOf(path, options),
  ]);
  const base = path.location.replace(/^[a-z]+\+(?=https?:)/, "");
  return httpStore(base, { credentials: auth.service === "web" ? auth.chain : undefined });
};

const stores: StoreRegistry<StoreOptions> = new Map<Transport, StoreFactory<StoreOptions>>([
  ["file", ({ path }) => fileStore(path)],
  ["mem", ({ location }) => memStore(location)],
  ["http", openHttp],
  ["https", openHttp],
]);

/** Opens the store of a layer. @throws UnsupportedProtocolError. */
export async function openStore(cloudpath: string, options: StoreOptions = {}): Promise<Store> {
  return await openRegistered(stores, await parseUserPath(cloudpath, options), options);
}

/** Who logs in at a database: CloudVolume's `mysql-secret.json` and `psql-secret.json`. @throws AuthenticationError. */
export async function databaseUsers(
  service: "mysql" | "psql",
  host: string,
): Promise<{ readonly username: string; readonly password: string } | undefined> {
  const [{ databaseUser }, { nodeSurroundings }] = await Promise.all([
    import("./auth/database.js"),
    import("./auth/surroundings.node.js"),
  ]);
  const found = await databaseUser(nodeSurroundings(), service, host);
  return "credential" in found ? found.credential : undefined;
}
