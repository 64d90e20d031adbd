/** Several lanes of one operation: they end together, and the caller need not wait for stragglers. */
import { abortReason } from "../base/abort.js";

export interface Work {
  /** Rejects as soon as a lane fails or the caller aborts; resolves when all lanes are done. */
  readonly result: Promise<void>;
  /** When no lane touches anything any more, whatever the outcome. Never rejects. */
  readonly settled: Promise<void>;
  readonly failed: () => boolean;
}

/**
 * Runs `lanes` to their end; at the first failure or an abort calls `stop` and rejects at once. `early`: whether everything
 * is done although some lane has not ended; it never rejects.
 */
export function supervise(
  lanes: readonly Promise<void>[],
  stop: () => void,
  signal: AbortSignal | undefined,
  early?: Promise<boolean>,
): Work {
  let failed = false;
  const result = new Promise<void>((resolve, reject) => {
    let ended = false;
    const end = (act: () => void): void => {
      if (ended) return;
      ended = true;
      signal?.removeEventListener("abort", onAbort);
      act();
    };
    const fail = (error: unknown): void => {
      failed = true;
      stop();
      end(() => reject(error));
    };
    const onAbort = (): void => {
      if (signal !== undefined) fail(abortReason(signal));
    };
    for (const lane of lanes) lane.catch(fail);
    Promise.all(lanes).then(
      () => end(resolve),
      () => {},
    );
    void early?.then((done) => {
      if (done) end(resolve);
    });
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
  const settled = Promise.allSettled(lanes).then(() => {});
  return { result, settled, failed: () => failed };
}
