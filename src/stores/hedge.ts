/**
 * A second request for what is slower than nearly everything before it; the first answer counts, the other request is
 * ended. Few answers that take very long (a busy machine of many) no longer hold up a read of many chunks.
 */
import { AbortGroup } from "../base/abort.js";
import { placeFor } from "./ranges.js";
import type { ReadOptions, Store, Stored } from "./store.js";

export interface HedgeOptions {
  /** A request is slow when it takes longer than this share of the last ones. Default 0.95. */
  readonly slowest?: number | undefined;
  /** Most second requests, as a share of the first ones. Default 0.05. */
  readonly mostExtra?: number | undefined;
  /** Requests whose times are known before any is called slow. Default 20. */
  readonly after?: number | undefined;
}

/** Times that are remembered. */
const REMEMBERED = 128;

/** A store whose slow reads are asked for twice: at most 5 % more requests. Errors of the first request count as they come. */
export function withHedging(store: Store, options: HedgeOptions = {}): Store {
  const { slowest = 0.95, mostExtra = 0.05, after = 20 } = options;
  const times: number[] = [];
  let allowance = 0;
  const note = (milliseconds: number): void => {
    times.push(milliseconds);
    if (times.length > REMEMBERED) times.shift();
  };
  const patience = (): number | undefined => {
    if (times.length < after) return undefined;
    const sorted = [...times].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(slowest * sorted.length))];
  };

  async function read(key: string, how: ReadOptions = {}): Promise<Stored | undefined> {
    const start = performance.now();
    // What is not used up in quick times is not saved for bad ones.
    allowance = Math.min(1, allowance + mostExtra);
    const wait = patience();
    const first = new AbortGroup(how.signal);
    let second: AbortGroup | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      if (wait === undefined) return await store.read(key, how);
      const attempt = first.run((signal) => store.read(key, { ...how, signal }));
      const isSlow = new Promise<"slow">((resolve) => {
        timer = setTimeout(resolve, wait, "slow");
      });
      const soon = await Promise.race([attempt, isSlow]);
      if (soon !== "slow") return soon;
      if (allowance < 1) return await attempt;
      allowance--;
      const { into, ...plain } = how;
      const again = new AbortGroup(how.signal);
      second = again;
      const other = again
        .run((signal) => store.read(key, { ...plain, signal }))
        .then((stored) => ({ stored }));
      // If the second request fails, the first one is waited for.
      const won = await Promise.race([
        attempt.then(() => undefined),
        other.catch(() => attempt.then(() => undefined)),
      ]);
      if (won === undefined) return await attempt;
      first.abort(new Error("the second request was quicker"));
      await attempt.catch(() => undefined); // Nothing is to be written into the caller's place any more.
      return won.stored && into !== undefined ? placed(won.stored, into, store.url(key)) : won.stored;
    } finally {
      clearTimeout(timer);
      second?.abort(new Error("the first request was quicker"));
      first.close();
      note(performance.now() - start);
    }
  }

  return { ...store, read };
}

function placed(stored: Stored, into: (length: number) => Uint8Array, where: string): Stored {
  const place = placeFor(stored.bytes.length, into, where);
  place.set(stored.bytes);
  return { ...stored, bytes: place };
}
