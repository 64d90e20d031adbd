import { IntegrityError } from "../../base/errors.js";
import type { Compression } from "../../compression/compression.js";
import { COMPRESSIONS, SUFFIXES } from "../../compression/names.js";
import { checkVersion } from "../conflict.js";
import type { WriteOptions } from "../store.js";
import type { Folders } from "./folders.js";
import { CREATE, codeOf, isGone } from "./fs.js";
import { type Layout, type Place, stayInside } from "./place.js";
import { call, checkpoint, type Program } from "./program.js";
import { closeQuietly, type Expectations, statObject, versionOf } from "./read.js";
import { temporaryName } from "./temporary.js";

export interface Writing {
  readonly layout: Layout;
  readonly folders: Folders;
  readonly expectations: Expectations;
  /** Whether files are synced before they appear. */
  readonly syncFiles: boolean;
  /** Where files are before they appear; undefined: beside them. */
  readonly temporaries?: string | undefined;
}

export type Conditions = Pick<WriteOptions, "ifVersion" | "onVersion">;

/**
 * Writes a key's file under a temporary name and renames it: a reader sees the old or the new one. Afterwards
 * the folder is to be synced, then {@link removeTwins} to be run on what this returns.
 */
export function* replaceObject(
  writing: Writing,
  place: Place,
  compression: Compression,
  bytes: Uint8Array,
  options: Conditions,
): Program<readonly string[]> {
  yield* checkpoint();
  yield* ensureFolder(writing, place);
  const temporary = yield* writeTemporary(writing, place, bytes);
  return yield* placeTemporary(writing, place, compression, temporary, options);
}

export function* ensureFolder({ folders, layout }: Writing, place: Place): Program<void> {
  yield* stayInside(layout, place.folder);
  yield* folders.ensure(place.folder);
}

/** A whole file under a temporary name. */
export interface Temporary {
  readonly path: string;
  readonly version: string;
}

/** Puts a temporary file in its place, or removes it. */
export function* placeTemporary(
  { layout, expectations }: Writing,
  place: Place,
  compression: Compression,
  { path: temporary, version }: Temporary,
  { ifVersion, onVersion }: Conditions,
): Program<readonly string[]> {
  const target = place.path + SUFFIXES[compression];
  try {
    yield* checkpoint();
    if (ifVersion !== undefined) {
      const now = yield* statObject(layout, place, expectations);
      checkVersion(now?.version ?? null, ifVersion, place.path);
    }
    const twins = yield* findTwins(place, compression);
    yield* call("rename", temporary, target);
    onVersion?.(version);
    expectations.found(place.folder, compression);
    return twins;
  } catch (error) {
    yield* discard(temporary);
    throw error;
  }
}

/**
 * Writes a key's file unless there is one, in whatever compression: it appears whole, and never takes another's
 * place. @returns whether it was written.
 */
export function* createObject(
  writing: Writing,
  place: Place,
  compression: Compression,
  bytes: Uint8Array,
): Program<boolean> {
  yield* checkpoint();
  yield* stayInside(writing.layout, place.folder);
  yield* writing.folders.ensure(place.folder);
  if ((yield* statObject(writing.layout, place, writing.expectations)) !== undefined) return false;
  const { path: temporary } = yield* writeTemporary(writing, place, bytes);
  try {
    yield* call("link", temporary, place.path + SUFFIXES[compression]);
    writing.expectations.found(place.folder, compression);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    yield* discard(temporary);
  }
}

function* writeTemporary(writing: Writing, place: Place, bytes: Uint8Array): Program<Temporary> {
  const { path, fd } = yield* openTemporary(writing, place);
  try {
    let isOpen = true;
    try {
      yield* append(place, fd, bytes);
      isOpen = false;
      return { path, version: yield* finishTemporary(writing, place, fd, bytes.length) };
    } finally {
      if (isOpen) yield* closeQuietly(fd);
    }
  } catch (error) {
    yield* discard(path);
    throw error;
  }
}

/** A new file beside the object, or where temporary files are. */
export function* openTemporary(
  { folders, temporaries }: Writing,
  place: Place,
): Program<{ readonly path: string; readonly fd: number }> {
  const folder = temporaries ?? place.folder;
  if (folder !== place.folder) yield* folders.ensure(folder);
  const path = `${folder}/${temporaryName(place.name)}`;
  try {
    return { path, fd: yield* call("open", path, CREATE) };
  } catch (error) {
    if (!isGone(error)) throw error;
    // Someone removed the folder since it was last seen.
    for (const gone of [place.folder, folder]) {
      folders.forget(gone);
      yield* folders.ensure(gone);
    }
    return { path, fd: yield* call("open", path, CREATE) };
  }
}

export function* append(place: Place, fd: number, bytes: Uint8Array): Program<void> {
  for (let done = 0; done < bytes.length; ) {
    if (done > 0) yield* checkpoint();
    const count = yield* call("write", fd, bytes, done, Math.min(bytes.length - done, PIECE));
    if (count === 0) throw wrongLength(place.path, bytes.length, done);
    done += count;
  }
}

/** Makes a file last, measures and closes it; it is closed whatever happens. @returns its version. @throws IntegrityError. */
export function* finishTemporary(
  { syncFiles }: Writing,
  place: Place,
  fd: number,
  length: number,
): Program<string> {
  let isOpen = true;
  try {
    if (syncFiles) yield* call("fsync", fd);
    const info = yield* call("fstat", fd);
    if (info.size !== length) throw wrongLength(place.path, length, info.size);
    isOpen = false;
    yield* call("close", fd);
    return versionOf(info);
  } finally {
    if (isOpen) yield* closeQuietly(fd);
  }
}

/** Bytes between two chances to abort. */
const PIECE = 8 << 20;

export function wrongLength(where: string, expected: number, got: number): IntegrityError {
  return new IntegrityError("A file was not written whole", {
    where,
    expected: `${expected} bytes`,
    got: `${got}`,
    fix: "What was there before is untouched; write it again",
  });
}

/** The files of a key in other compressions. They are looked for before the new one appears, so that none but older ones go. */
function* findTwins(place: Place, compression: Compression): Program<string[]> {
  const twins: string[] = [];
  for (const other of COMPRESSIONS) {
    if (other === compression) continue;
    const path = place.path + SUFFIXES[other];
    if ((yield* call("stat", path))?.isFile()) twins.push(path);
  }
  return twins;
}

export function* removeTwins(twins: readonly string[]): Program<void> {
  for (const twin of twins) yield* unlinkIfThere(twin);
}

/** Removes a key's files of every compression. @returns whether there were any. */
export function* removeObject(layout: Layout, place: Place): Program<boolean> {
  yield* checkpoint();
  yield* stayInside(layout, place.folder);
  let any = false;
  for (const compression of COMPRESSIONS) {
    const path = place.path + SUFFIXES[compression];
    const info = yield* call("stat", path);
    if (info === undefined || info.isDirectory()) continue;
    yield* unlinkIfThere(path);
    any = true;
  }
  return any;
}

function* unlinkIfThere(path: string): Program<void> {
  try {
    yield* call("unlink", path);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Takes back a temporary file; what went wrong before matters more than whether this works. */
export function* discard(path: string): Program<void> {
  try {
    yield* call("unlink", path);
  } catch {
    // The next writer to this folder sweeps it up.
  }
}
