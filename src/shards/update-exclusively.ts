/** Reading a file, changing it, writing it again, without losing what other writers change meanwhile. */
import { type Abortable, throwIfAborted } from "../base/abort.js";
import { ConflictError } from "../base/errors.js";
import type { Store } from "../stores/store.js";

/** Attempts where storage has no locks, each after a longer wait. */
const TRIES = 24;
const FIRST_WAIT = 10;
const LONGEST_WAIT = 2000;

/**
 * Runs `attempt`, which writes on the condition that the file is still what it read: alone where storage has locks, else
 * again after each conflict. @throws ConflictError after 24 attempts, WriteLockAcquisitionError.
 */
export async function updateExclusively(
  store: Store,
  key: string,
  attempt: () => Promise<void>,
  options: Abortable,
): Promise<void> {
  const run = (): Promise<void> => untilDone(attempt, options);
  if (store.locked !== undefined) await store.locked(key, run, options);
  else await run();
}

async function untilDone(attempt: () => Promise<void>, { signal }: Abortable): Promise<void> {
  for (let tries = 1; ; tries++) {
    throwIfAborted(signal);
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ConflictError) || tries >= TRIES) throw error;
      const most = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries);
      await new Promise((resolve) => setTimeout(resolve, most * Math.random()));
    }
  }
}
