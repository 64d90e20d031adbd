/**
 * A limit of a cache's bytes that many processes keep: each adds under a lock, and whoever finds the cache full
 * removes the entries that were not used for the longest time, down to seven eighths.
 */
import { type Dirent, readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withFileLock } from "./lock.node.js";

/** Milliseconds after which an entry is rather not kept than waited for. */
const PATIENCE = 250;

export interface FileOfCache {
  readonly path: string;
  readonly size: number;
  readonly time: number;
}

export class Budget {
  readonly limit: number;
  readonly #folder: string;
  readonly #own: string;

  /** @param own the folder in `folder` that holds no entries; which need not exist. */
  constructor(folder: string, own: string, limit: number) {
    this.#folder = folder;
    this.#own = own;
    this.limit = limit;
  }

  /**
   * Makes room for an entry and runs `add`, which writes it; no other process adds meanwhile.
   * @returns false, without having run it, if the entry is larger than the limit or the lock stays taken.
   */
  add(bytes: number, add: () => void): boolean {
    if (bytes > this.limit) return false;
    const done = withFileLock(join(this.#folder, this.#own, "budget.lock"), PATIENCE, () => {
      const usage = join(this.#folder, this.#own, "usage");
      let used = readUsage(usage);
      if (used === undefined || used + bytes > this.limit) used = this.#evict(bytes);
      // First the sum, then the file: a process that is killed in between leaves a sum that is too large.
      writeFileSync(usage, String(used + bytes));
      add();
    });
    return done !== undefined;
  }

  /** Removes the oldest entries until `more` fits. @returns the bytes that are left. */
  #evict(more: number): number {
    const files = [...cacheFiles(this.#folder, this.#own)];
    let used = files.reduce((sum, f) => sum + f.size, 0);
    if (used + more <= this.limit) return used;
    files.sort((a, b) => a.time - b.time);
    const wanted = Math.floor(this.limit * 0.875) - more;
    for (const { path, size } of files) {
      if (used <= Math.max(0, wanted)) break;
      if (isMetadata(path, this.#folder)) continue;
      try {
        unlinkSync(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
      used -= size;
    }
    return used;
  }
}

function readUsage(path: string): number | undefined {
  try {
    const text = readFileSync(path, "latin1");
    return /^\d+$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

function isMetadata(path: string, folder: string): boolean {
  return path === join(folder, "info") || path === join(folder, "provenance");
}

/** Every file below a cache's folder but those of `own`. Files that vanish meanwhile are left out. */
export function* cacheFiles(folder: string, own: string): Generator<FileOfCache> {
  const entries = readdir(folder);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== own) yield* cacheFiles(path, "");
    } else {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found !== undefined) yield { path, size: found.size, time: found.mtimeMs };
    }
  }
}

function readdir(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
