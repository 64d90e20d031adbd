import { AbortGroup } from "../base/abort.js";
import { TimeoutError } from "../base/errors.js";
import type { Store } from "./store.js";

/** A store whose requests are aborted after so many milliseconds, all tries together. @throws TimeoutError. */
export function withTimeout(store: Store, milliseconds: number | undefined): Store {
  if (milliseconds === undefined) return store;
  const { write, writeFrom, remove } = store;
  const timed = async <T>(
    key: string,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const group = new AbortGroup(signal);
    const where = store.url(key);
    const timer = setTimeout(
      () =>
        group.abort(
          new TimeoutError("A request took too long", { where, got: `no end in ${milliseconds} ms` }),
        ),
      milliseconds,
    );
    try {
      return await group.run(work);
    } finally {
      clearTimeout(timer);
      group.close();
    }
  };
  return {
    ...store,
    read: (key, how) => timed(key, how?.signal, (signal) => store.read(key, { ...how, signal })),
    stat: (key, how) => timed(key, how?.signal, (signal) => store.stat(key, { ...how, signal })),
    ...(write && {
      write: (key, bytes, how) => timed(key, how?.signal, (signal) => write(key, bytes, { ...how, signal })),
    }),
    ...(writeFrom && {
      writeFrom: (key, source, how) =>
        timed(key, how?.signal, (signal) => writeFrom(key, source, { ...how, signal })),
    }),
    ...(remove && {
      remove: (key, how) => timed(key, how?.signal, (signal) => remove(key, { ...how, signal })),
    }),
  };
}
