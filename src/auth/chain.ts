/**
 * Places where credentials may be, asked in their order: the first that has some ends the search. What was found is
 * kept until it expires, and looked for again once when a server refuses it. Nothing here ever prints a credential.
 */
import { type Abortable, abortReason, throwIfAborted } from "../base/abort.js";
import { CloudVolumeError } from "../base/errors.js";

/** Credentials, and where they come from. */
export interface Found<T> {
  readonly credential: T;
  /** When they end, in milliseconds since 1970; undefined: never. */
  readonly expires?: number | undefined;
  /** A file, a variable, a server: for people, without a secret. */
  readonly source: string;
  /** E.g. `access key`, `service account`. */
  readonly kind: string;
}

/** Why a place has none. */
export interface Absent {
  readonly absent: string;
}

export interface Source<T> {
  readonly name: string;
  /** @throws AuthenticationError if something is there that cannot be used. */
  look(): Promise<Found<T> | Absent>;
}

export interface Tried {
  readonly source: string;
  readonly outcome: string;
}

export interface Explanation {
  /** Where the credentials that are used come from; null: requests go without any. */
  readonly source: string | null;
  readonly kind: string;
  /** Every place in order, with what was there or why it was not taken. */
  readonly tried: readonly Tried[];
  /** What is wrong with the place that ended the search. */
  readonly problem?: string;
}

/** Fits `CredentialProvider` of the stores. */
export interface Chain<T> {
  /**
   * The credentials to use now: cached, renewed a minute before they expire, one search at a time for all callers.
   * @returns undefined if there are none. @throws AuthenticationError, StorageError.
   */
  get(options?: Abortable): Promise<T | undefined>;
  /** Others than those that a server has refused; undefined: there are none. */
  refresh(refused: T, options?: Abortable): Promise<T | undefined>;
  /** What `get` would take and why. Never throws, never tells a secret. */
  explain(): Promise<Explanation>;
}

/** Credentials are renewed so many milliseconds before they end. */
const EARLY = 60_000;
/** Where there were none, nobody looks again for so many milliseconds. */
const NONE = 30_000;

export function chain<T>(sources: readonly Source<T>[], now: () => number): Chain<T> {
  let kept: Found<T> | undefined;
  /** Until when it is taken for granted that there are none. */
  let noneUntil = Number.NEGATIVE_INFINITY;
  let search: Promise<Found<T> | undefined> | undefined;

  const look = async (): Promise<Found<T> | undefined> => {
    for (const source of sources) {
      const found = await source.look();
      if (!("absent" in found)) return found;
    }
    return undefined;
  };
  /** One search for all that ask meanwhile. If it fails, what is still valid is kept. */
  const renew = (): Promise<Found<T> | undefined> => {
    search ??= look()
      .then(
        (found) => {
          kept = found;
          if (found === undefined) noneUntil = now() + NONE;
          return found;
        },
        (error: unknown) => {
          if (kept !== undefined && (kept.expires ?? 0) > now()) return kept;
          throw error;
        },
      )
      .finally(() => {
        search = undefined;
      });
    return search;
  };

  return {
    get: async ({ signal } = {}) => {
      throwIfAborted(signal);
      if (kept === undefined && now() < noneUntil) return undefined;
      if (kept !== undefined && (kept.expires === undefined || kept.expires - EARLY > now()))
        return kept.credential;
      return (await orAborted(renew(), signal))?.credential;
    },
    refresh: async (refused, { signal } = {}) => {
      throwIfAborted(signal);
      // Another request may have got newer ones already.
      const other = kept !== undefined && !isSame(kept.credential, refused) ? kept : undefined;
      const found = other ?? (await orAborted(renew(), signal));
      return found === undefined || isSame(found.credential, refused) ? undefined : found.credential;
    },
    explain: () => explain(sources),
  };
}

async function explain(sources: readonly Source<unknown>[]): Promise<Explanation> {
  const tried: Tried[] = [];
  const skipped = (from: number): void => {
    for (const { name } of sources.slice(from)) tried.push({ source: name, outcome: "not asked" });
  };
  for (const [i, { name, look }] of sources.entries()) {
    try {
      const found = await look();
      if ("absent" in found) {
        tried.push({ source: name, outcome: found.absent });
        continue;
      }
      tried.push({ source: name, outcome: `taken: ${found.kind}` });
      skipped(i + 1);
      return { source: found.source, kind: found.kind, tried };
    } catch (error) {
      const problem = error instanceof CloudVolumeError ? error.message : "failed for a reason unknown";
      tried.push({ source: name, outcome: `cannot be used: ${problem}` });
      skipped(i + 1);
      return { source: null, kind: "unusable", tried, problem };
    }
  }
  return { source: null, kind: "anonymous", tried };
}

/** Static keys that are read again are other objects with the same values. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((n) => (a as Record<string, unknown>)[n] === (b as Record<string, unknown>)[n]);
}

/** One caller's abort does not end the search for the others. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(abortReason(signal));
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
