/** Names of files that are being written, and what becomes of them when their writer dies. */
import { hostname } from "node:os";
import { call, type Program } from "./program.js";

/** A temporary file of a process on another machine is given up after a day. */
const FOREIGN_AGE = 24 * 3600 * 1000;
/** Entries of a folder that are looked at; in larger folders leftovers may stay. They are never listed. */
const LOOKED_AT = 5000;
/** Characters of the object's name that are kept, so that no name gets too long for the file system. */
const KEPT = 60;

const NAME = /^\.(.*)\.(\d+)-([0-9a-z]+)-[0-9a-z]+\.cvtmp$/s;

let count = 0;
const host = hash(hostname());

function hash(text: string): string {
  let h = 0;
  for (const c of text) h = (Math.imul(h, 31) + c.charCodeAt(0)) >>> 0;
  return h.toString(36);
}

/** `.<name>.<pid>-<host>-<random>.cvtmp`: unlike any chunk, unique among processes and threads. */
export function temporaryName(name: string): string {
  count++;
  const random = Math.floor(Math.random() * 2 ** 40).toString(36) + count.toString(36);
  return `.${name.slice(0, KEPT)}.${process.pid}-${host}-${random}.cvtmp`;
}

/** Removes temporary files of processes that are no more. Best effort: nothing depends on it. */
export function* sweep(folder: string): Program<void> {
  try {
    for (const name of yield* call("peek", folder, LOOKED_AT)) {
      const match = NAME.exec(name);
      if (match === null) continue;
      const path = `${folder}/${name}`;
      if (yield* isLeftover(path, Number(match[2]), match[3])) yield* call("unlink", path);
    }
  } catch {
    // Another writer was quicker, or this one may not.
  }
}

function* isLeftover(path: string, pid: number, owner: string | undefined): Program<boolean> {
  if (owner === host) return !isAlive(pid);
  const info = yield* call("stat", path);
  return info !== undefined && Date.now() - info.mtimeMs > FOREIGN_AGE;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
