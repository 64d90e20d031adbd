/** Which protocol is opened by what. Entries fill a registry; nothing registers itself. */
import { UnsupportedProtocolError } from "../base/errors.js";
import type { Store } from "./store.js";

/** What a registry looks at in a path; factories may ask for more. */
export interface StorePath {
  readonly protocol: string;
}

/** Makes the store of a path; may load code for it. */
export type StoreFactory<Path extends StorePath, Options> = (
  path: Path,
  options: Options,
) => Store | Promise<Store>;

export type StoreRegistry<Path extends StorePath, Options> = ReadonlyMap<string, StoreFactory<Path, Options>>;

/** Opens the store of a path by its protocol. @throws UnsupportedProtocolError naming the protocols there are. */
export async function openStore<Path extends StorePath, Options>(
  registry: StoreRegistry<Path, Options>,
  path: Path,
  options: Options,
): Promise<Store> {
  const factory = registry.get(path.protocol);
  if (factory !== undefined) return await factory(path, options);
  throw new UnsupportedProtocolError("This protocol cannot be opened", {
    where: `${path.protocol}://`,
    expected: [...registry.keys()].join(", "),
    got: path.protocol,
  });
}
