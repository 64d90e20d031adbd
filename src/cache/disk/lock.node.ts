/** A lock between processes: a file that one of them can make. Held for milliseconds, on the calling thread. */
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { threadId } from "node:worker_threads";
import { isAlive } from "./alive.node.js";

/** A lock of this age belongs to a process that died (on another machine), or that is stuck. */
const STALE = 30_000;
const pause = new Int32Array(new SharedArrayBuffer(4));
let count = 0;

/**
 * Runs `work` while holding the lock. A lock of a process that is no more is taken over.
 * @returns undefined, without having run it, if the lock stays taken for `patience` milliseconds.
 */
export function withFileLock<T>(path: string, patience: number, work: () => T): { value: T } | undefined {
  const owner = `${process.pid} ${hostname()} ${threadId}.${++count}`;
  const until = performance.now() + patience;
  while (!take(path, owner)) {
    breakDead(path, owner);
    if (performance.now() > until) return undefined;
    Atomics.wait(pause, 0, 0, 0.2 + Math.random());
  }
  try {
    return { value: work() };
  } finally {
    if (ownerOf(path) === owner) remove(path);
  }
}

function take(path: string, owner: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, "wx");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code !== "ENOENT") throw error;
    mkdirSync(dirname(path), { recursive: true });
    return false;
  }
  try {
    writeSync(fd, owner);
  } catch (error) {
    remove(path); // A disk so full that it does not hold a lock.
    throw error;
  } finally {
    closeSync(fd);
  }
  return true;
}

/** Takes a dead process's lock away. Of those who try, the rename lets one succeed; a living lock is put back. */
function breakDead(path: string, owner: string): void {
  const found = ownerOf(path);
  if (found === undefined || !isDead(path, found)) return;
  const aside = `${path}.${owner.replaceAll(" ", "-")}`;
  try {
    renameSync(path, aside);
    if (ownerOf(aside) !== found) linkSync(aside, path);
  } catch {
    // Another one was quicker.
  }
  remove(aside);
}

function ownerOf(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

function isDead(path: string, owner: string): boolean {
  const [pid, host] = owner.split(" ");
  if (host === hostname() && !isAlive(Number(pid))) return true;
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > STALE;
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone, or will be found stale.
  }
}
