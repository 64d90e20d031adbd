/** Where the meshes of a layer lie: a folder of a store. */
import type { Store } from "../../stores/store.js";

export interface MeshFiles {
  readonly store: Store;
  /** "" or the folder with a slash at its end. */
  readonly prefix: string;
}

/** A folder's prefix: an info's `mesh` may end in slashes. */
export function prefixOf(folder: string): string {
  const plain = folder.replace(/\/+$/, "");
  return plain === "" ? "" : `${plain}/`;
}

export function keyOf({ prefix }: MeshFiles, name: string): string {
  return prefix + name;
}

export function urlOf({ store, prefix }: MeshFiles, name: string): string {
  return store.url(prefix + name);
}
