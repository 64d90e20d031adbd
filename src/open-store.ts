/** The stores of this entry, and who asks them. */
import type { Auth, AuthOptions } from "./auth/index.js";
import { type AliasOptions, parseUserPath } from "./paths.js";
import { fileStore } from "./stores/file/index.js";
import { memStore } from "./stores/mem/index.js";
import { openStore as openRegistered, type StoreFactory, type StoreRegistry } from "./stores/registry.js";
import type { Store } from "./stores/store.js";
import type { CloudPath } from "./stores/url.js";
import type { Transport } from "./stores/url-words.js";

export type StoreOptions = AuthOptions & AliasOptions;

const openHttp: StoreFactory<StoreOptions> = async (path, options) => {
  const [{ httpStore }, auth] = await Promise.all([import("./stores/http/index.js"), authOf(path, options)]);
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

/** Credentials that were looked for, by service and place, so that each token is fetched once. */
const shared = new Map<string, Auth>();

/** The credentials of a path; given secrets are its own, what is found on this machine is shared. */
async function authOf(path: CloudPath, options: AuthOptions): Promise<Auth> {
  const [{ authOf }, { nodeSurroundings }] = await Promise.all([
    import("./auth/index.js"),
    import("./auth/surroundings.node.js"),
  ]);
  if (options.secrets !== undefined) return authOf(path, nodeSurroundings(), options);
  const { format, protocol, host, bucket } = path;
  const place = [format, protocol, host, bucket, options.isForeign === true].join(" ");
  const auth = shared.get(place) ?? authOf(path, nodeSurroundings(), options);
  shared.set(place, auth);
  return auth;
}
