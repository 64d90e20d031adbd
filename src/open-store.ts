/** Which store holds which path. */
import { UnsupportedProtocolError } from "./base/errors.js";
import { fileStore } from "./stores/file/index.js";
import { memStore } from "./stores/mem/index.js";
import type { Store } from "./stores/store.js";
import { type CloudPath, formatPath, parsePath } from "./stores/url.js";

/** Opens the store of a layer. @throws UnsupportedProtocolError. */
export async function openStore(cloudpath: string): Promise<Store> {
  const path = parsePath(cloudpath);
  const factory = STORES[path.protocol];
  if (factory !== undefined) return await factory(path);
  throw new UnsupportedProtocolError("This protocol cannot be opened yet", {
    where: cloudpath,
    expected: Object.keys(STORES).join(", "),
    got: path.protocol,
  });
}

const STORES: Readonly<Record<string, (path: CloudPath) => Promise<Store> | Store>> = {
  file: (path) => fileStore(path.path),
  mem: (path) => memStore(formatPath(path)),
  http: openHttp,
  https: openHttp,
};

async function openHttp(path: CloudPath): Promise<Store> {
  const { httpStore } = await import("./stores/http/index.js");
  return httpStore(formatPath(path));
}
