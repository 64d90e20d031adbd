/**
 * Work on files, written once and run either way: a generator that yields calls, and a synchronous and an
 * asynchronous runner for it.
 */
import { throwIfAborted } from "../../base/abort.js";
import type { FsCalls, FsPromises } from "./fs.js";

interface Step {
  /** Undefined: no call, a place where an abort may come. */
  readonly name: keyof FsCalls | undefined;
  readonly args: readonly unknown[];
}

export type Program<T> = Generator<Step, T, unknown>;

/** One call inside a program. */
export function* call<K extends keyof FsCalls>(
  name: K,
  ...args: Parameters<FsCalls[K]>
): Program<ReturnType<FsCalls[K]>> {
  return (yield { name, args }) as ReturnType<FsCalls[K]>;
}

/** A place where the program may be aborted: nothing is open that would not be closed, nothing half done. */
export function* checkpoint(): Program<void> {
  yield { name: undefined, args: [] };
}

type AnyCall = (...args: readonly unknown[]) => unknown;

export function runSync<T>(program: Program<T>, fs: FsCalls): T {
  let step = program.next();
  while (!step.done) {
    const { name, args } = step.value;
    let result: unknown;
    try {
      if (name !== undefined) result = (fs[name] as AnyCall)(...args);
    } catch (error) {
      step = program.throw(error);
      continue;
    }
    step = program.next(result);
  }
  return step.value;
}

/** An abort of `signal` is thrown into the program at its next checkpoint. */
export async function runAsync<T>(
  program: Program<T>,
  fs: FsPromises,
  signal: AbortSignal | undefined,
): Promise<T> {
  let step = program.next();
  while (!step.done) {
    const { name, args } = step.value;
    let result: unknown;
    try {
      if (name === undefined) throwIfAborted(signal);
      else result = await (fs[name] as AnyCall)(...args);
    } catch (error) {
      step = program.throw(error);
      continue;
    }
    step = program.next(result);
  }
  return step.value;
}
