import { abortReason, throwIfAborted } from "../base/abort.js";
import type { Store } from "./store.js";

/** Lets at most so many pieces of work run at the same time, in the order they came. */
export class Limiter {
  readonly #most: number;
  #running = 0;
  readonly #waiting: Set<() => void> = new Set();

  constructor(most: number) {
    this.#most = most;
  }

  get running(): number {
    return this.#running;
  }

  /** Runs work when there is room. An abort while it waits takes it out of the queue. */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    throwIfAborted(signal);
    if (this.#running < this.#most) this.#running++;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      // The place goes straight to the next one, so that no newcomer takes it in between.
      const [next] = this.#waiting;
      if (next === undefined) this.#running--;
      else next();
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        this.#waiting.delete(go);
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      const stop = (): void => {
        this.#waiting.delete(go);
        if (signal !== undefined) reject(abortReason(signal));
      };
      this.#waiting.add(go);
      signal?.addEventListener("abort", stop, { once: true });
    });
  }
}

/** A store with at most `most` requests in flight. Synchronous calls and listings do not count. */
export function withLimit(store: Store, most: number): Store {
  const limiter = new Limiter(most);
  const { write, writeFrom, remove } = store;
  return {
    ...store,
    read: (key, how) => limiter.run(() => store.read(key, how), how?.signal),
    stat: (key, how) => limiter.run(() => store.stat(key, how), how?.signal),
    ...(write && { write: (key, bytes, how) => limiter.run(() => write(key, bytes, how), how?.signal) }),
    ...(writeFrom && {
      writeFrom: (key, source, how) => limiter.run(() => writeFrom(key, source, how), how?.signal),
    }),
    ...(remove && { remove: (key, how) => limiter.run(() => remove(key, how), how?.signal) }),
  };
}
