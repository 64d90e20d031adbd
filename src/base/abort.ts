import { AbortError, CloudVolumeError } from "./errors.js";

/** Options that every asynchronous function takes last. */
export interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

/** Throws the signal's reason (a typed error as it is, anything else as the cause of an AbortError). */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortReason(signal);
}

export function abortReason(signal: AbortSignal): CloudVolumeError {
  const { reason } = signal;
  if (reason instanceof CloudVolumeError) return reason;
  return new AbortError("The operation was aborted", { cause: reason });
}

/**
 * One signal for many requests: each request gets a signal of its own, so that thousands of them do not all
 * listen to the caller's.
 */
export class AbortGroup {
  readonly #running = new Set<AbortController>();
  #reason: unknown;
  #over = false;
  readonly #leave: () => void;

  constructor(parent?: AbortSignal) {
    const onAbort = (): void => this.abort(parent?.reason);
    parent?.addEventListener("abort", onAbort, { once: true });
    this.#leave = () => parent?.removeEventListener("abort", onAbort);
    if (parent?.aborted) onAbort();
  }

  /** Whether the group was aborted or closed. */
  get over(): boolean {
    return this.#over;
  }

  async run<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    if (this.#over) controller.abort(this.#reason);
    this.#running.add(controller);
    try {
      return await request(controller.signal);
    } finally {
      this.#running.delete(controller);
    }
  }

  /** Aborts what runs and what is still to come. */
  abort(reason?: unknown): void {
    this.#over = true;
    this.#reason = reason;
    for (const controller of this.#running) controller.abort(reason);
    this.#leave();
  }

  /** Lets go of the caller's signal. */
  close(): void {
    this.#over = true;
    this.#leave();
  }
}
