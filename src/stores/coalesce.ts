/**
 * Parts of the same object that several callers ask for at the same time, as one request. Callers that come one after
 * the other, without waiting for anything in between, count as at the same time.
 */
import { AbortGroup, abortReason, throwIfAborted } from "../base/abort.js";
import { placeFor } from "./ranges.js";
import type { ReadOptions, Store, Stored } from "./store.js";

export interface CoalesceOptions {
  /** Bytes between two parts that are worth reading to save a request. Default 64 KiB. */
  readonly gap?: number | undefined;
  /** Most bytes of one request. Default 8 MiB. */
  readonly most?: number | undefined;
}

/** A part that a caller waits for. */
interface Wish {
  readonly offset: number;
  readonly length: number;
  readonly how: ReadOptions;
  readonly resolve: (stored: Promise<Stored | undefined>) => void;
}

/** A store whose concurrent reads of near parts are joined; each caller gets bytes of its own. */
export function withCoalescing(store: Store, options: CoalesceOptions = {}): Store {
  const { gap = 64 << 10, most = 8 << 20 } = options;
  /** By key and version. */
  const waiting = new Map<string, Wish[]>();

  const flush = (id: string, key: string): void => {
    const wishes = waiting.get(id) ?? [];
    waiting.delete(id);
    for (const run of runsOf(wishes, gap, most)) {
      const [only] = run;
      if (run.length === 1 && only !== undefined) only.resolve(store.read(key, only.how));
      else readTogether(store, key, run);
    }
  };

  return {
    ...store,
    read: (key, how = {}) => {
      const { range, ifVersion, signal } = how;
      if (range === undefined || "suffixLength" in range || range.length === 0 || range.length > most)
        return store.read(key, how);
      return new Promise((resolve, reject) => {
        try {
          throwIfAborted(signal);
        } catch (error) {
          reject(error);
          return;
        }
        const id = JSON.stringify([key, ifVersion]);
        const wishes = waiting.get(id) ?? [];
        if (wishes.length === 0) queueMicrotask(() => queueMicrotask(() => flush(id, key)));
        wishes.push({ ...range, how, resolve });
        waiting.set(id, wishes);
      });
    },
  };
}

/** Parts in the order of their places, those that are near each other together. */
export function runsOf<P extends { readonly offset: number; readonly length: number }>(
  parts: readonly P[],
  gap: number,
  most: number,
): P[][] {
  const runs: P[][] = [];
  let [start, end] = [0, 0];
  for (const part of [...parts].sort((a, b) => a.offset - b.offset)) {
    const to = Math.max(end, part.offset + part.length);
    const last = runs.at(-1);
    if (last !== undefined && part.offset <= end + gap && to - start <= most) {
      last.push(part);
      end = to;
    } else {
      runs.push([part]);
      start = part.offset;
      end = part.offset + part.length;
    }
  }
  return runs;
}

/** One request for all; it is aborted when the last caller has gone. */
function readTogether(store: Store, key: string, run: readonly Wish[]): void {
  const offset = Math.min(...run.map((wish) => wish.offset));
  const end = Math.max(...run.map((wish) => wish.offset + wish.length));
  const group = new AbortGroup();
  const reading = group.run((signal) =>
    store.read(key, { range: { offset, length: end - offset }, ifVersion: run[0]?.how.ifVersion, signal }),
  );
  let left = run.length;
  const gone = (): void => {
    if (--left === 0) group.abort(new Error("no caller is left"));
  };
  for (const wish of run) {
    const { signal } = wish.how;
    const part = reading.then((stored) => stored && partOf(stored, wish, offset, store.url(key)));
    wish.resolve(signal === undefined ? part : orGone(part, signal, gone));
  }
}

/** The caller's own bytes of what was read for all. */
function partOf(stored: Stored, wish: Wish, offset: number, where: string): Stored {
  const from = Math.min(wish.offset - offset, stored.bytes.length);
  const bytes = stored.bytes.subarray(from, Math.min(from + wish.length, stored.bytes.length));
  const { into } = wish.how;
  if (into === undefined) return { ...stored, bytes: bytes.slice() };
  const place = placeFor(bytes.length, into, where);
  place.set(bytes);
  return { ...stored, bytes: place };
}

async function orGone<T>(work: Promise<T>, signal: AbortSignal, gone: () => void): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(abortReason(signal));
      gone();
    };
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
