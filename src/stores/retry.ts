/**
 * One policy of trying again, for all stores: errors that a store marked as passing are tried again after a
 * random wait that grows; all others end the matter at once.
 */
import { abortReason, throwIfAborted } from "../base/abort.js";
import { CloudVolumeError, type ErrorFacts } from "../base/errors.js";
import type { RetryBudget } from "./retry-budget.js";
import type { Store } from "./store.js";

export interface RetryPolicy {
  /** Most attempts in all. */
  readonly tries: number;
  /** The first wait is at most this long, in milliseconds, and each further one at most twice the last. */
  readonly firstWait: number;
  readonly longestWait: number;
  /** A server's own wish (Retry-After) is granted up to this many milliseconds. */
  readonly longestWish: number;
  /** No attempt begins later than this after the first one, in milliseconds. */
  readonly deadline: number;
}

export const DEFAULT_RETRY: RetryPolicy = {
  tries: 7,
  firstWait: 100,
  longestWait: 15_000,
  longestWish: 120_000,
  deadline: 180_000,
};

/** Time and chance, which tests replace. */
export interface Surroundings {
  now(): number;
  random(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
}

const REAL: Surroundings = {
  now: () => performance.now(),
  random: () => Math.random(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        if (signal !== undefined) reject(abortReason(signal));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, milliseconds);
      signal?.addEventListener("abort", stop, { once: true });
    }),
};

/** The wish of each passing error: milliseconds to wait at least, or undefined. */
const passing = new WeakMap<CloudVolumeError, number | undefined>();

/**
 * Marks an error as one that may pass. @param wish milliseconds that the server wants to be left alone; 0: try
 * again at once, as after a kept connection that the server had closed meanwhile.
 */
export function transient<E extends CloudVolumeError>(error: E, wish?: number): E {
  passing.set(error, wish);
  return error;
}

export function isTransient(error: unknown): boolean {
  return error instanceof CloudVolumeError && passing.has(error);
}

export interface RetryOptions {
  readonly policy?: Partial<RetryPolicy> | undefined;
  readonly surroundings?: Surroundings | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What the server may be burdened with; default: anything. */
  readonly budget?: RetryBudget | undefined;
}

/** While there is no token, one is asked for again after at most so many milliseconds, at first and later. */
const TOKEN_WAIT = [500, 4000] as const;

/** Runs `attempt` until it works, fails for good, or the policy is exhausted. @throws the last error. */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const policy = { ...DEFAULT_RETRY, ...options.policy };
  const { now, random, sleep } = options.surroundings ?? REAL;
  const { signal, budget } = options;
  const start = now();
  let waited = 0;
  const isLate = (wait: number): boolean => Math.max(now() - start, waited) + wait > policy.deadline;
  budget?.deposit();
  for (let n = 1; ; n++) {
    throwIfAborted(signal);
    try {
      const result = await attempt();
      if (n > 1) budget?.reward();
      return result;
    } catch (error) {
      if (signal?.aborted) throw abortReason(signal);
      if (!(error instanceof CloudVolumeError) || !passing.has(error)) throw error;
      const wish = passing.get(error);
      const wait = waitAfter(n, wish, policy, random);
      if (n >= policy.tries || isLate(wait)) throw exhausted(error, n, now() - start);
      if (wait > 0) await sleep(wait, signal);
      // What a kept connection that had ended swallowed never reached the server: it costs nothing.
      if (budget === undefined || (wish === 0 && n === 1)) continue;
      for (let most: number = TOKEN_WAIT[0]; !budget.take(now()); most = Math.min(2 * most, TOKEN_WAIT[1])) {
        const pause = most * (0.25 + 0.75 * random());
        if (isLate(pause)) throw exhausted(error, n, now() - start);
        await sleep(pause, signal);
        waited += pause;
      }
    }
  }
}

/** Full jitter: anything from none to the longest wait after so many failures, but at least what was wished. */
export function waitAfter(
  failures: number,
  wish: number | undefined,
  policy: RetryPolicy,
  random: () => number,
): number {
  if (wish === 0 && failures === 1) return 0;
  const most = Math.min(policy.longestWait, policy.firstWait * 2 ** (failures - 1));
  return Math.max(random() * most, Math.min(wish ?? 0, policy.longestWish));
}

/** The same error, saying how often it was tried. */
function exhausted(error: CloudVolumeError, tries: number, milliseconds: number): CloudVolumeError {
  if (tries === 1) return error;
  const { what, where, expected, got, fix, cause } = error;
  const facts: ErrorFacts = {
    ...(where === undefined ? {} : { where }),
    ...(expected === undefined ? {} : { expected }),
    got: `${got === undefined ? "" : `${got}, `}${tries} times in ${(milliseconds / 1000).toFixed(1)} s`,
    ...(fix === undefined ? {} : { fix }),
    ...(cause === undefined ? {} : { cause }),
  };
  const At = error.constructor as new (what: string, facts: ErrorFacts) => CloudVolumeError;
  return new At(what, facts);
}

/**
 * A store whose single requests are tried again. A write with `ifVersion` is not: if its answer was lost, a
 * second attempt would take the first one's success for a conflict.
 */
export function withRetry(store: Store, options: Omit<RetryOptions, "signal"> = {}): Store {
  const { write, writeFrom, remove } = store;
  return {
    ...store,
    read: (key, how) => retry(() => store.read(key, how), { ...options, signal: how?.signal }),
    stat: (key, how) => retry(() => store.stat(key, how), { ...options, signal: how?.signal }),
    ...(write && {
      write: (key, bytes, how) =>
        how?.ifVersion === undefined
          ? retry(() => write(key, bytes, how), { ...options, signal: how?.signal })
          : write(key, bytes, how),
    }),
    ...(writeFrom && {
      writeFrom: (key, source, how) =>
        how?.ifVersion === undefined
          ? retry(() => writeFrom(key, source, how), { ...options, signal: how?.signal })
          : writeFrom(key, source, how),
    }),
    ...(remove && {
      remove: (key, how) => retry(() => remove(key, how), { ...options, signal: how?.signal }),
    }),
  };
}
