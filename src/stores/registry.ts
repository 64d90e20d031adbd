/** Which transport is opened by what. Entries fill a registry; nothing registers itself. */
import { UnsupportedProtocolError } from "../base/errors.js";
import type { Store } from "./store.js";
import type { CloudPath } from "./url.js";
import type { Transport } from "./url-words.js";

/** Makes the store of a path; may load code for it. `Options`: what the entry knows of who opens it. */
export type StoreFactory<Options = undefined> = (path: CloudPath, options: Options) => Store | Promise<Store>;

export type StoreRegistry<Options = undefined> = ReadonlyMap<Transport, StoreFactory<Options>>;

/** Opens the store of a layer. @throws UnsupportedProtocolError naming the protocols there are. */
export async function openStore<Options>(
  registry: StoreRegistry<Options>,
  path: CloudPath,
  options: Options,
): Promise<Store> {
  const factory = registry.get(path.transport);
  if (factory !== undefined) return await factory(path, options);
  throw new UnsupportedProtocolError("This protocol cannot be opened", {
    where: path.location,
    expected: [...registry.keys()].join(", "),
    got: path.protocol,
    ...(path.transport === "gs" || path.transport === "s3"
      ? { fix: "Public buckets open with useHttps: true (--use-https)." }
      : {}),
  });
}
