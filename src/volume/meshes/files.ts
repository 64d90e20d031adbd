/** Where the meshes of a layer lie: a folder of a store. */
import type { Store } from "../../stores/store.js";

export interface MeshFiles {
  readonly store: Store;
  /** The store behind the disk cache, for reading what is to be changed. Undefined: `store` itself. */
  readonly source?: Store | undefined;
  /** "" or the folder with a slash at its end. */
  readonly prefix: string;
}

/** A folder's prefix: an info's `mesh` may end in slashes. */
export function prefixOf(folder: string): string {
  const plain = folder.replace(/\/+$/, "");
  return plain === "" ? "" : `${plain}/`;
}

/** The same, read from storage itself. */
export function withoutCache({ store, source = store, prefix }: MeshFiles): MeshFiles {
  return { store: source, prefix };
}

/** A store that reads from storage itself and writes to the cache, too. */
export function storeForChanges({ store, source = store }: MeshFiles): Store {
  const { write, writeFrom, remove } = store;
  return { ...source, ...(write && { write }), ...(writeFrom && { writeFrom }), ...(remove && { remove }) };
}

export function keyOf({ prefix }: MeshFiles, name: string): string {
  return prefix + name;
}

export function urlOf({ store, prefix }: MeshFiles, name: string): string {
  return store.url(prefix + name);
}
