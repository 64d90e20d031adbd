/**
 * Worker threads that run named tasks. Workers start on first use, one task at a time each; idle workers
 * do not keep a process alive. A crashed worker rejects its task and is replaced on the next one.
 */
import { type Abortable, abortReason } from "../base/abort.js";
import { type ErrorRecord, fromRecord } from "../base/error-record.js";
import { describe, WorkerError } from "../base/errors.js";

/** A started worker, whatever the platform calls it. */
export interface WorkerPort {
  post(message: unknown, transfer: readonly Transferred[]): void;
  onMessage(listener: (message: Reply) => void): void;
  /** Called once when the worker ends or breaks, for whatever reason. */
  onEnd(listener: (reason: string) => void): void;
  /** Whether the worker keeps the process alive. */
  hold(busy: boolean): void;
  terminate(): Promise<void>;
}

/** What is given away instead of copied. */
export type Transferred = ArrayBuffer;

/** What a worker answers: one for each task. */
export type Reply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: ErrorRecord };

export interface TaskRequest {
  readonly task: string;
  readonly payload: unknown;
  /** No answer is wanted. */
  readonly silent?: boolean;
}

export interface PoolOptions {
  readonly spawn: () => WorkerPort;
  /** Most workers alive at a time. */
  readonly size: number;
}

/** A memory that tasks refer to by its id: each worker is given it once, before the first task that needs it. */
export interface SharedMemoryRef {
  readonly id: number;
  readonly memory: WebAssembly.Memory;
}

export interface RunOptions extends Abortable {
  /** An abort lets a task that a worker has begun come to its end, e.g. because it writes to shared memory. */
  readonly finishBegun?: boolean;
  readonly transfer?: readonly Transferred[];
  readonly share?: SharedMemoryRef;
}

/** The tasks by which workers are given memories, and told to forget them. */
export const REMEMBER = "remember";
export const FORGET = "forget";

interface Queued extends TaskRequest {
  readonly transfer: readonly Transferred[];
  readonly share: SharedMemoryRef | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Member {
  readonly port: WorkerPort;
  current: Queued | undefined;
  /** Ids of the memories it was given. */
  readonly given: Set<number>;
}

export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #members = new Set<Member>();
  readonly #queue: Queued[] = [];

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Most workers this pool runs. */
  get size(): number {
    return this.#options.size;
  }

  /** Workers alive now: 0 until the first task. */
  get alive(): number {
    return this.#members.size;
  }

  /** Workers alive and without a task. */
  get idle(): number {
    let n = 0;
    for (const m of this.#members) if (m.current === undefined) n++;
    return n;
  }

  /** Tasks handed to a worker or waiting for one. */
  get pending(): number {
    return this.#queue.length + this.alive - this.idle;
  }

  /** Starts up to `count` workers ahead of need. */
  warm(count: number): void {
    while (this.#members.size < Math.min(count, this.#options.size)) this.#start();
  }

  /**
   * Runs one task. An abort takes a waiting task out of the queue and rejects at once; a task that a worker
   * has begun is rejected too, and its late answer is dropped (but see `finishBegun`).
   * @throws WorkerError if the worker died, else what the task threw.
   */
  run<Result>(task: string, payload: unknown, options: RunOptions = {}): Promise<Result> {
    const { signal, transfer = [], share, finishBegun = false } = options;
    return new Promise<Result>((resolve, reject) => {
      if (signal?.aborted) return reject(abortReason(signal));
      const onAbort = (): void => {
        const at = this.#queue.indexOf(entry);
        if (at >= 0) this.#queue.splice(at, 1);
        else if (finishBegun) return;
        if (signal !== undefined) reject(abortReason(signal));
      };
      const settle = (act: () => void): void => {
        signal?.removeEventListener("abort", onAbort);
        act();
      };
      const entry: Queued = {
        task,
        payload,
        transfer,
        share,
        resolve: (value) => settle(() => resolve(value as Result)),
        reject: (error) => settle(() => reject(error)),
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#queue.push(entry);
      this.#dispatch();
    });
  }

  /** Makes workers let go of a memory. */
  forget(id: number): void {
    for (const { port, given } of this.#members) {
      if (given.delete(id)) port.post({ task: FORGET, payload: id, silent: true } satisfies TaskRequest, []);
    }
  }

  /** Ends every worker; waiting and running tasks are rejected. The pool can be used again. */
  async close(): Promise<void> {
    const members = [...this.#members];
    for (const entry of this.#queue.splice(0)) entry.reject(new WorkerError("The worker pool was closed"));
    await Promise.all(members.map((m) => m.port.terminate()));
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const member = this.#freeOrNone();
      if (member === undefined) return;
      const entry = this.#queue.shift();
      if (entry === undefined) return;
      member.current = entry;
      member.port.hold(true);
      try {
        this.#give(member, entry.share);
        member.port.post({ task: entry.task, payload: entry.payload } satisfies TaskRequest, entry.transfer);
      } catch (error) {
        this.#finish(member);
        entry.reject(
          new WorkerError("A task could not be sent to a worker", { where: entry.task, cause: error }),
        );
      }
    }
  }

  #give({ port, given }: Member, share: SharedMemoryRef | undefined): void {
    if (share === undefined || given.has(share.id)) return;
    port.post({ task: REMEMBER, payload: share, silent: true } satisfies TaskRequest, []);
    given.add(share.id);
  }

  /** A member without a task; if none can be started where there is none at all, waiting tasks are rejected. */
  #freeOrNone(): Member | undefined {
    try {
      return this.#free();
    } catch (cause) {
      if (this.#members.size > 0) return undefined;
      const fix = "Call configureRuntime({ threads: 0 }) to work without threads.";
      const error = new WorkerError("No worker thread can be started", { fix, cause });
      for (const entry of this.#queue.splice(0)) entry.reject(error);
      return undefined;
    }
  }

  #free(): Member | undefined {
    for (const m of this.#members) if (m.current === undefined) return m;
    return this.#members.size < this.#options.size ? this.#start() : undefined;
  }

  #start(): Member {
    const member: Member = { port: this.#options.spawn(), current: undefined, given: new Set() };
    this.#members.add(member);
    member.port.hold(false);
    member.port.onMessage((reply) => {
      const entry = this.#finish(member);
      if (reply.ok) entry?.resolve(reply.value);
      else entry?.reject(fromRecord(reply.error));
      this.#dispatch();
    });
    member.port.onEnd((reason) => {
      this.#members.delete(member);
      const entry = this.#finish(member);
      entry?.reject(
        new WorkerError("A worker thread ended while it ran a task", { where: entry.task, got: reason }),
      );
      this.#dispatch();
    });
    return member;
  }

  #finish(member: Member): Queued | undefined {
    const entry = member.current;
    member.current = undefined;
    member.port.hold(false);
    return entry;
  }
}

/** The other side: answers task requests with a table of functions. */
export function serveTasks(
  tasks: Readonly<Record<string, (payload: never) => unknown>>,
  answer: (reply: Reply, transfer: readonly Transferred[]) => void,
  toRecord: (error: unknown) => ErrorRecord,
): (request: TaskRequest) => Promise<void> {
  return async ({ task, payload, silent }) => {
    const run = tasks[task];
    if (silent === true) return void run?.(payload as never);
    try {
      if (run === undefined) throw new WorkerError("Unknown task", { where: task });
      const value = await run(payload as never);
      answer({ ok: true, value }, transferables(value));
    } catch (error) {
      try {
        answer({ ok: false, error: toRecord(error) }, []);
      } catch {
        answer({ ok: false, error: { name: "WorkerError", what: describe(error) } }, []);
      }
    }
  };
}

/** The result buffers that a task gives away, by the `transfer` property of its value. */
function transferables(value: unknown): readonly Transferred[] {
  if (typeof value !== "object" || value === null || !("transfer" in value)) return [];
  return Array.isArray(value.transfer) ? (value.transfer as Transferred[]) : [];
}
