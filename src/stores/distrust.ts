/** Copies that turn out to be damaged: dropped, and read again from where they came. */
import { DecodingError } from "../base/errors.js";
import type { Store } from "./store.js";

/** Whether another attempt may work: the object could not be decoded, and the store dropped its copy of it. */
export function dropsCopy(store: Store, key: string, error: unknown): boolean {
  return error instanceof DecodingError && store.distrust?.(key) === true;
}

/** Runs `attempt`, which reads and decodes an object; a second time if what it read was a bad copy. */
export function withTrust<T>(store: Store, key: string, attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    if (!dropsCopy(store, key, error)) throw error;
    return attempt();
  }
}

/** The same for what is read asynchronously: manifests, meshes, skeletons, fetched chunks. */
export async function withTrustAsync<T>(store: Store, key: string, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!dropsCopy(store, key, error)) throw error;
    return await attempt();
  }
}
