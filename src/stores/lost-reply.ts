/**
 * Conditional writes whose answer is lost. Sent again, such a write meets what it may have stored itself: then what is
 * there is compared with its own bytes, and equal bytes are a success.
 */
import { ConflictError } from "../base/errors.js";
import { isTransient, type RetryOptions, retry } from "./retry.js";
import type { Store, WriteOptions } from "./store.js";

/** A store whose conditional writes are tried again as well, where `store` sends each one once. */
export function withLostReplies(store: Store, options: Omit<RetryOptions, "signal"> = {}): Store {
  const { write } = store;
  if (write === undefined) return store;
  return {
    ...store,
    write: async (key, bytes, how = {}) => {
      if (how.ifVersion === undefined) return await write(key, bytes, how);
      let isLost = false;
      await retry(
        async () => {
          try {
            await write(key, bytes, how);
          } catch (error) {
            if (isTransient(error)) isLost = true;
            if (!isLost || !(error instanceof ConflictError) || !(await isOwn(store, key, bytes, how)))
              throw error;
          }
        },
        { ...options, signal: how.signal },
      );
    },
  };
}

/** Whether the object is what was to be written; tells its version if so. */
async function isOwn(store: Store, key: string, bytes: Uint8Array, how: WriteOptions): Promise<boolean> {
  const now = await store.read(key, { signal: how.signal });
  if (now === undefined || now.compression !== (how.compression ?? "none")) return false;
  if (now.bytes.length !== bytes.length || now.bytes.some((byte, i) => byte !== bytes[i])) return false;
  if (now.version !== undefined) how.onVersion?.(now.version);
  return true;
}
