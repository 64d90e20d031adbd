/**
 * Questions about labels that several callers have at the same time: labels that are being asked for are not asked for again,
 * and those of callers that come without waiting for anything in between go in one request.
 */
import { abortReason, throwIfAborted } from "../../base/abort.js";

type Answers = ReadonlyMap<bigint, bigint>;

interface Request {
  readonly labels: Set<bigint>;
  readonly answers: Promise<Answers>;
  readonly controller: AbortController;
  /** Callers that have not gone. */
  waiting: number;
  isSent: boolean;
}

export class SharedQuestions {
  readonly #running = new Map<string, Set<Request>>();

  /**
   * @param question requests of the same one are joined.
   * @param send asks for the labels of a request; its signal is aborted when the last caller has gone.
   */
  async ask(
    question: string,
    labels: readonly bigint[],
    send: (labels: readonly bigint[], signal: AbortSignal) => Promise<Answers>,
    signal: AbortSignal | undefined,
  ): Promise<Answers[]> {
    throwIfAborted(signal);
    if (labels.length === 0) return [];
    const running = this.#running.get(question) ?? new Set();
    this.#running.set(question, running);
    const others = [...running];
    let open = others.find((request) => !request.isSent);
    const needed = new Set<Request>();
    for (const label of labels) {
      const known = others.find((request) => request.labels.has(label));
      if (known !== undefined) needed.add(known);
      else {
        open ??= this.#begin(question, running, send);
        open.labels.add(label);
        needed.add(open);
      }
    }
    for (const request of needed) request.waiting++;
    const answers = Promise.all([...needed].map((request) => request.answers));
    return await this.#orGone(answers, needed, running, signal);
  }

  #begin(
    question: string,
    running: Set<Request>,
    send: (labels: readonly bigint[], signal: AbortSignal) => Promise<Answers>,
  ): Request {
    const controller = new AbortController();
    const labels = new Set<bigint>();
    const answers = new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(resolve))).then(() => {
      request.isSent = true;
      throwIfAborted(controller.signal);
      return send([...labels], controller.signal);
    });
    const request: Request = { labels, answers, controller, waiting: 0, isSent: false };
    running.add(request);
    const end = (): void => {
      running.delete(request);
      if (running.size === 0 && this.#running.get(question) === running) this.#running.delete(question);
    };
    answers.then(end, end);
    return request;
  }

  #orGone<T>(
    work: Promise<T>,
    needed: ReadonlySet<Request>,
    running: Set<Request>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    if (signal === undefined) return work;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        reject(abortReason(signal));
        for (const request of needed) {
          if (--request.waiting > 0) continue;
          running.delete(request);
          request.controller.abort(signal.reason);
        }
      };
      signal.addEventListener("abort", leave, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    });
  }
}
