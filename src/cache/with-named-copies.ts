/** A store whose objects lie inside of others (chunks in shards), with copies of them in a disk cache under names of their own. */
import { throwIfAborted } from "../base/abort.js";
import type { Copies, Store } from "../stores/store.js";
import { isSyncTarget, placed, transcode, transcodeSync, withoutVersion } from "./transcode.js";

/**
 * Reads prefer the copies. Writing is left to the store: whoever changes the outer object drops what was kept of it.
 * @param nameOf the copy's key; undefined: none is kept.
 */
export function withNamedCopies(
  store: Store,
  copies: Copies,
  nameOf: (key: string) => string | undefined,
): Store {
  const usable = (key: string): string | undefined => {
    const name = nameOf(key);
    return name !== undefined && copies.holds(name) ? name : undefined;
  };
  const { readSync, ...rest } = store;
  const { compress } = copies.spec;
  return {
    ...rest,
    async read(key, how = {}) {
      throwIfAborted(how.signal);
      const name = how.range === undefined ? usable(key) : undefined;
      if (name === undefined) return await store.read(key, how);
      const hit = await copies.read(name, how);
      if (hit !== undefined) return withoutVersion(hit);
      const ticket = copies.ticket(name);
      const { into, ...others } = how;
      const stored = await store.read(key, others);
      if (stored === undefined) return undefined;
      const entry = await transcode(compress, stored, store.url(key));
      if (entry !== undefined) copies.fill(name, entry, ticket);
      return into === undefined ? stored : placed(stored, into, store.url(key));
    },
    ...(readSync &&
      isSyncTarget(compress) && {
        readSync: (key, how = {}) => {
          const name = typeof how.range === "object" ? undefined : usable(key);
          if (name === undefined) return readSync(key, how);
          const hit = copies.readSync(name, how);
          if (hit !== undefined) return withoutVersion(hit);
          const ticket = copies.ticket(name);
          const stored = readSync(key);
          if (stored === undefined) return undefined;
          const entry = transcodeSync(compress, stored, store.url(key));
          if (entry !== undefined) copies.fill(name, entry, ticket);
          return how.into === undefined ? stored : placed(stored, how.into, store.url(key));
        },
      }),
    distrust: (key) => {
      const name = usable(key);
      return (name !== undefined && copies.drop(name)) || store.distrust?.(key) === true;
    },
  };
}
