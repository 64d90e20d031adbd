/** Writing what comes in pieces. */
import { throwIfAborted } from "../../base/abort.js";
import type { Source } from "../store.js";
import type { FileSystem } from "./fs.js";
import type { Place } from "./place.js";
import { runAsync } from "./program.js";
import { closeQuietly } from "./read.js";
import {
  append,
  discard,
  ensureFolder,
  finishTemporary,
  openTemporary,
  type Temporary,
  type Writing,
  wrongLength,
} from "./write.js";

/** A whole temporary file with the content of a source; it holds one piece in memory. @throws IntegrityError for a wrong size. */
export async function writeTemporaryFrom(
  writing: Writing,
  place: Place,
  source: Source,
  fs: FileSystem,
  signal: AbortSignal | undefined,
): Promise<Temporary> {
  throwIfAborted(signal);
  await runAsync(ensureFolder(writing, place), fs.async, signal);
  const { path, fd } = await runAsync(openTemporary(writing, place), fs.async, undefined);
  let isOpen = true;
  try {
    let size = 0;
    for await (const piece of source.pieces()) {
      throwIfAborted(signal);
      size += piece.length;
      if (size > source.size) throw wrongLength(place.path, source.size, size);
      await runAsync(append(place, fd, piece), fs.async, signal);
    }
    if (size < source.size) throw wrongLength(place.path, source.size, size);
    isOpen = false;
    return { path, version: await runAsync(finishTemporary(writing, place, fd, size), fs.async, undefined) };
  } catch (error) {
    if (isOpen) await runAsync(closeQuietly(fd), fs.async, undefined);
    await runAsync(discard(path), fs.async, undefined);
    throw error;
  }
}
