import type { Stats } from "node:fs";
import { IntegrityError } from "../../base/errors.js";
import type { Compression } from "../../compression/compression.js";
import { COMPRESSIONS, SUFFIXES } from "../../compression/names.js";
import { checkSame } from "../conflict.js";
import { clipRange, placeFor } from "../ranges.js";
import type { ReadOptions, Stat, Stored, SyncReadOptions } from "../store.js";
import { isGone, READ } from "./fs.js";
import { type Layout, type Place, stayInside } from "./place.js";
import { call, checkpoint, type Program } from "./program.js";

/** Folders remembered before they are forgotten all. */
const REMEMBERED = 4096;

/** The compression that was last found in each folder: where to look first. */
export class Expectations {
  readonly #byFolder = new Map<string, Compression>();

  of(folder: string): Compression {
    return this.#byFolder.get(folder) ?? "none";
  }

  found(folder: string, compression: Compression): void {
    if (this.#byFolder.get(folder) === compression) return;
    if (this.#byFolder.size >= REMEMBERED) this.#byFolder.clear();
    this.#byFolder.set(folder, compression);
  }
}

/** Bytes between two chances to abort. */
const PIECE = 8 << 20;

interface Opened {
  readonly fd: number;
  readonly info: Stats;
  readonly compression: Compression;
}

/**
 * Opens a key's file: the expected compression at once, then any other. A writer that changes the compression
 * makes the new file before it removes the old one, so nothing found means a second look.
 */
function* openObject(place: Place, expectations: Expectations): Program<Opened | undefined> {
  const expected = expectations.of(place.folder);
  const first = yield* openFile(place, expected);
  if (first !== undefined) return first;
  for (let look = 0; look < 2; look++) {
    for (const compression of COMPRESSIONS) {
      if (compression === expected && look === 0) continue;
      // A look costs a sixth of an attempt to open that fails.
      if ((yield* call("stat", place.path + SUFFIXES[compression])) === undefined) continue;
      const opened = yield* openFile(place, compression);
      if (opened === undefined) continue;
      expectations.found(place.folder, compression);
      return opened;
    }
  }
  return undefined;
}

/** Undefined if there is nothing, or something that is no file. */
function* openFile(place: Place, compression: Compression): Program<Opened | undefined> {
  let fd: number;
  try {
    fd = yield* call("open", place.path + SUFFIXES[compression], READ);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  try {
    const info = yield* call("fstat", fd);
    if (info.isFile()) return { fd, info, compression };
  } catch (error) {
    yield* closeQuietly(fd);
    throw error;
  }
  yield* closeQuietly(fd);
  return undefined;
}

/** An opaque version of a file: another one after each write. */
export function versionOf({ ino, size, mtimeMs }: { ino: number; size: number; mtimeMs: number }): string {
  return `${ino}-${size}-${mtimeMs}`;
}

/** Reads a key's file or part of it; undefined if there is none, or a folder in its place. */
export function* readObject(
  layout: Layout,
  place: Place,
  expectations: Expectations,
  { range, into, ifVersion }: SyncReadOptions & Pick<ReadOptions, "ifVersion">,
): Program<Stored | undefined> {
  yield* checkpoint();
  const opened = yield* openObject(place, expectations);
  if (opened === undefined) return undefined;
  const { fd, info, compression } = opened;
  const path = place.path + SUFFIXES[compression];
  try {
    yield* stayInside(layout, path);
    const { size } = info;
    const version = versionOf(info);
    checkSame(version, ifVersion, path);
    const asked = typeof range === "function" ? range({ size, compression, version }) : range;
    const span = clipRange(asked, size, path);
    const bytes = placeFor(span.length, into, path);
    for (let done = 0; done < span.length; ) {
      if (done > 0) yield* checkpoint();
      const length = Math.min(span.length - done, PIECE);
      const count = yield* call("read", fd, bytes, done, length, span.offset + done);
      if (count === 0) throw cutShort(path, span.length, done);
      done += count;
    }
    return { bytes, compression, totalSize: size, version };
  } finally {
    yield* closeQuietly(fd);
  }
}

/** Closes where nothing depends on whether that works. */
export function* closeQuietly(fd: number): Program<void> {
  try {
    yield* call("close", fd);
  } catch {
    // The descriptor is gone either way.
  }
}

function cutShort(path: string, expected: number, got: number): IntegrityError {
  return new IntegrityError("A file became shorter while it was read", {
    where: path,
    expected: `${expected} bytes`,
    got: `${got}`,
    fix: "Something other than this library is writing it in place; read it again when that is done",
  });
}

/** What is known of a key's file without opening it. */
export function* statObject(
  layout: Layout,
  place: Place,
  expectations: Expectations,
): Program<Stat | undefined> {
  yield* checkpoint();
  const expected = expectations.of(place.folder);
  const order = [expected, ...COMPRESSIONS.filter((c) => c !== expected)];
  // Twice: see openObject.
  for (const compression of [...order, ...order]) {
    const path = place.path + SUFFIXES[compression];
    const info = yield* call("stat", path);
    if (info === undefined || !info.isFile()) continue;
    yield* stayInside(layout, path);
    expectations.found(place.folder, compression);
    return { size: info.size, compression, version: versionOf(info) };
  }
  return undefined;
}
