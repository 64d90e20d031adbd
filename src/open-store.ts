/** Which store holds which path. */
import { UnsupportedProtocolError } from "./base/errors.js";
import { fileStore } from "./stores/file/index.js";
import { memStore } from "./stores/mem/index.js";
import type { Store } from "./stores/store.js";
import { type CloudPath, parsePath } from "./stores/url.js";
import type { Transport } from "./stores/url-words.js";

/** Opens the store of a layer. @throws UnsupportedProtocolError. */
export async function openStore(cloudpath: string): Promise<Store> {
  const path = parsePath(cloudpath);
  const open = STORES[path.transport];
  if (open !== undefined) return await open(path);
  throw new UnsupportedProtocolError("This protocol cannot be opened yet", {
    where: cloudpath,
    expected: Object.keys(STORES).join(", "),
    got: path.protocol,
  });
}

const STORES: Readonly<Partial<Record<Transport, (path: CloudPath) => Promise<Store> | Store>>> = {
  file: (path) => fileStore(path.path),
  mem: (path) => memStore(path.location),
  http: openHttp,
  https: openHttp,
};

async function openHttp(path: CloudPath): Promise<Store> {
  const { httpStore } = await import("./stores/http/index.js");
  return httpStore(path.location);
}
