/** What is going on in a cache, told between processes: a file for each act, which is removed when the act is over. */
import { closeSync, mkdirSync, openSync, readdirSync, statSync, unlinkSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import { isAlive } from "./alive.node.js";

export interface Announced {
  readonly path: string;
  /** Whoever said so died, or it is longer ago than such an act takes. */
  readonly isOver: boolean;
}

/** The most milliseconds that an act takes. */
export interface Longest {
  readonly here: number;
  readonly onOtherMachines: number;
}

const host = hostname().replaceAll(/[^A-Za-z0-9.]/g, "_");
let count = 0;

/** Announces an act in a folder, which need not exist. @returns its file, to be given to {@link withdraw}. */
export function announce(folder: string): string {
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

export function withdraw(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Someone flushed the cache.
  }
}

/** What is announced in a folder, but for `own`. */
export function announced(folder: string, longest: Longest, own?: string): Announced[] {
  return namesIn(folder)
    .map((name) => ({ path: join(folder, name), name }))
    .filter(({ path }) => path !== own)
    .map(({ path, name }) => ({ path, isOver: isOver(path, name, longest) }));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isOver(path: string, name: string, { here, onOtherMachines }: Longest): boolean {
  const [pid, owner] = name.split("~");
  const isHere = owner === host;
  if (isHere && !isAlive(Number(pid))) return true;
  const longest = isHere ? here : onOtherMachines;
  if (longest === Number.POSITIVE_INFINITY) return false;
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > longest;
}
