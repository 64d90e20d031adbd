import type { Stats } from "node:fs";
import { WriteLockAcquisitionError } from "../../base/errors.js";
import { APPEND, CREATE, codeOf, WRITE } from "./fs.js";
import { type Place, stayInside } from "./place.js";
import { call, checkpoint, type Program } from "./program.js";
import { closeQuietly } from "./read.js";
import { temporaryName } from "./temporary.js";
import type { Writing } from "./write.js";

/** A lock that is older was left by a process that died: what is done under it takes milliseconds, or renews it. */
const STALE = 30_000;
const PATIENCE = 60_000;

/**
 * Runs `work` while a lock file beside the object is held, against conditional writers of the same key in any
 * process. Unconditional writers do not ask for it. @throws WriteLockAcquisitionError after a minute.
 */
export function* withLock<T>(writing: Writing, place: Place, work: Program<T>): Program<T> {
  const lock = yield* takeLock(writing, place);
  try {
    return yield* work;
  } finally {
    yield* dropLock(lock);
  }
}

/** Waits for the lock of a key. @returns its file. */
export function* takeLock({ folders, layout }: Writing, place: Place): Program<string> {
  yield* stayInside(layout, place.folder);
  yield* folders.ensure(place.folder);
  const lock = `${place.folder}/.${place.name.slice(0, 60)}.cvlock`;
  yield* acquire(lock, place);
  return lock;
}

/** @returns whether others have been waiting for it. */
export function* dropLock(lock: string): Program<boolean> {
  const info = yield* quietly(call("stat", lock));
  // What cannot be removed will be found stale.
  yield* quietly(call("unlink", lock));
  // One byte is its renewal.
  return (info?.size ?? 0) > 1;
}

function* quietly<T>(program: Program<T>): Program<T | undefined> {
  try {
    return yield* program;
  } catch {
    return undefined;
  }
}

/** Milliseconds after which a lock that is held is made young again. */
export const RENEWAL = 5_000;

/** Makes a lock young again; best effort. */
export function* renewLock(lock: string): Program<void> {
  try {
    const fd = yield* call("open", lock, WRITE);
    try {
      yield* call("write", fd, new Uint8Array(1), 0, 1);
    } finally {
      yield* closeQuietly(fd);
    }
  } catch {
    // Whoever took it away will notice the other's version.
  }
}

function* acquire(lock: string, place: Place): Program<void> {
  let until = Date.now() + PATIENCE;
  let seen: string | undefined;
  for (;;) {
    yield* checkpoint();
    try {
      const fd = yield* call("open", lock, CREATE);
      yield* closeQuietly(fd);
      return;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const info = yield* breakIfStale(lock, place);
    const holder = info && `${info.ino} ${info.birthtimeMs}`;
    if (info !== undefined && holder !== seen) {
      // It has changed hands: others get on.
      seen = holder;
      until = Date.now() + PATIENCE;
      yield* sayWaiting(lock, info);
    }
    if (Date.now() > until) {
      throw new WriteLockAcquisitionError("An object stays locked", {
        where: place.path,
        fix: `If no other process is writing it, remove ${lock}`,
      });
    }
    yield* call("wait", 2 + Math.random() * 10);
  }
}

/** Tells the holder of a lock that others wait, so that it lets them go first; never makes an old lock young. */
function* sayWaiting(lock: string, { mtimeMs }: Stats): Program<void> {
  if (Date.now() - mtimeMs > RENEWAL) return;
  try {
    const fd = yield* call("open", lock, APPEND);
    try {
      yield* call("write", fd, new Uint8Array(2), 0, 2);
    } finally {
      yield* closeQuietly(fd);
    }
  } catch {
    // It is free.
  }
}

/** Takes a dead process's lock away: of those who try, the rename lets one succeed. @returns the lock of a living one. */
function* breakIfStale(lock: string, place: Place): Program<Stats | undefined> {
  const info = yield* call("stat", lock);
  if (info === undefined || Date.now() - info.mtimeMs < STALE) return info;
  const aside = `${place.folder}/${temporaryName(place.name)}`;
  try {
    yield* call("rename", lock, aside);
    yield* call("unlink", aside);
  } catch {
    // Another one was quicker.
  }
  return undefined;
}
