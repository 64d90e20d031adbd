/** A file system for tests that counts its calls and fails where it is told to. Not part of the library. */
import { type FileSystem, type FsCalls, nodeFileSystem } from "./fs.js";

export interface Watched {
  readonly fs: FileSystem;
  /** The calls so far. */
  readonly calls: { readonly name: keyof FsCalls; readonly args: readonly unknown[] }[];
  /** Descriptors that are open. */
  readonly open: Set<unknown>;
}

/**
 * @param intercept is asked before each call, with its number from 0: an error to fail with, a value to give
 * instead of calling, or undefined to call. A failing `close` closes all the same, as it does in truth.
 */
export function watchedFileSystem(
  intercept: (name: keyof FsCalls, index: number, args: readonly unknown[]) => unknown = () => undefined,
): Watched {
  const calls: Watched["calls"] = [];
  const open = new Set<unknown>();

  function wrap(target: object, finish: (value: unknown, then: (v: unknown) => unknown) => unknown): object {
    return Object.fromEntries(
      Object.entries(target).map(([key, real]) => {
        const name = key as keyof FsCalls;
        return [
          name,
          (...args: readonly unknown[]) => {
            const answer = intercept(name, calls.length, args);
            calls.push({ name, args });
            if (answer !== undefined && !(name === "close" && answer instanceof Error)) {
              return finish(answer, (value) => {
                if (value instanceof Error) throw value;
                return value;
              });
            }
            return finish((real as (...a: readonly unknown[]) => unknown)(...args), (value) => {
              if (name === "open") open.add(value);
              if (name === "close") open.delete(args[0]);
              if (answer instanceof Error) throw answer;
              return value;
            });
          },
        ];
      }),
    );
  }

  const sync = wrap(nodeFileSystem.sync, (value, then) => then(value)) as FsCalls;
  const async = wrap(nodeFileSystem.async, async (value, then) => then(await value)) as FileSystem["async"];
  return { fs: { sync, async }, calls, open };
}

export function failure(code: string): Error {
  return Object.assign(new Error(`${code}: made to fail`), { code });
}
