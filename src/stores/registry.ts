/** Which transport is opened by what. Entries fill a registry; nothing registers itself. */
import { UnsupportedProtocolError } from "../base/errors.js";
import type { Store } from "./store.js";
import { type CloudPath, parsePath } from "./url.js";
import type { Transport } from "./url-words.js";

/** Makes the store of a path; may load code for it. */
export type StoreFactory = (path: CloudPath) => Store | Promise<Store>;

export type StoreRegistry = ReadonlyMap<Transport, StoreFactory>;

/** Opens the store of a layer. @throws UnsupportedProtocolError naming the protocols there are. */
export async function openStore(registry: StoreRegistry, cloudpath: string): Promise<Store> {
  const path = parsePath(cloudpath);
  const factory = registry.get(path.transport);
  if (factory !== undefined) return await factory(path);
  throw new UnsupportedProtocolError("This protocol cannot be opened", {
    where: path.location,
    expected: [...registry.keys()].join(", "),
    got: path.protocol,
    ...(path.transport === "gs" || path.transport === "s3"
      ? { fix: "Public buckets open with useHttps: true (--use-https)." }
      : {}),
  });
}
