/** Work that several callers wait for: it is done once, and ends when the last of them has gone. */
import { abortReason } from "../../base/abort.js";

interface Running<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

export class SharedWork<T> {
  readonly #running = new Map<string, Running<T>>();

  /** Joins the work of this name, or begins it. An abort of `signal` ends the waiting of this caller only. */
  run(name: string, begin: (signal: AbortSignal) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const running = this.#running.get(name) ?? this.#begin(name, begin);
    running.waiting++;
    if (signal === undefined) return running.result;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        running.waiting--;
        reject(abortReason(signal));
        if (running.waiting > 0) return;
        if (this.#running.get(name) === running) this.#running.delete(name);
        running.controller.abort(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      running.result.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    });
  }

  #begin(name: string, begin: (signal: AbortSignal) => Promise<T>): Running<T> {
    const controller = new AbortController();
    const result = begin(controller.signal);
    const running: Running<T> = { result, controller, waiting: 0 };
    this.#running.set(name, running);
    const end = (): void => {
      if (this.#running.get(name) === running) this.#running.delete(name);
    };
    result.then(end, end);
    return running;
  }
}
