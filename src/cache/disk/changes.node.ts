/**
 * Objects that are being written, by whatever process: a file for each. While one is there, no reader adds what it
 * fetched to the cache, since that may be the old object. Those of processes that died are cleared by readers.
 */
import { closeSync, mkdirSync, openSync, readdirSync, statSync, unlinkSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import { isAlive } from "./alive.node.js";
import type { Generations } from "./generations.node.js";

/** Writing an object takes no longer than this, with all its retries; a file of another machine is cleared then. */
const LONGEST = 15 * 60_000;
const host = hostname().replaceAll(/[^A-Za-z0-9.]/g, "_");
let count = 0;

export class Changes {
  readonly #folder: string;
  readonly #generations: Generations;

  constructor(folder: string, generations: Generations) {
    this.#folder = folder;
    this.#generations = generations;
  }

  /** Says that an object of a bucket is being written. @returns the file that says so, to be given to {@link end}. */
  begin(bucket: string): string {
    const folder = join(this.#folder, bucket);
    const path = join(folder, `${process.pid}~${host}~${threadId}.${++count}`);
    try {
      closeSync(openSync(path, "wx"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      mkdirSync(folder, { recursive: true });
      closeSync(openSync(path, "wx"));
    }
    return path;
  }

  end(path: string): void {
    remove(path);
  }

  /** Whether some object of a bucket is being written, by another one than `own`, or was when its writer died. */
  pending(bucket: string, own?: string): boolean {
    const folder = join(this.#folder, bucket);
    let others = 0;
    for (const name of namesIn(folder)) {
      const path = join(folder, name);
      if (path === own) continue;
      others++;
      if (!isOver(path, name)) continue;
      // What others have fetched before now may be the old object: they learn of it before the file goes.
      this.#generations.advance(bucket);
      remove(path);
    }
    return others > 0;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isOver(path: string, name: string): boolean {
  const [pid, owner] = name.split("~");
  if (owner === host) return !isAlive(Number(pid));
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > LONGEST;
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Someone flushed the cache.
  }
}
