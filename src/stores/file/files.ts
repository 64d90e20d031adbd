/** The files of a folder as they lie on disk: what a listing of keys does not tell. */
import { opendir } from "node:fs/promises";
import { throwIfAborted } from "../../base/abort.js";
import { COMPRESSIONS, SUFFIXES, splitSuffix } from "../../compression/names.js";
import type { StoredFile } from "../store.js";
import { fileFailure } from "./failure.js";
import { type FsPromises, isGone } from "./fs.js";
import { isReserved, type Layout } from "./place.js";

/** Yields the files of one folder, in no order, without holding them. */
export async function* filesOf(
  layout: Layout,
  fs: FsPromises,
  folder: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredFile> {
  const path = folder === "" ? layout.directory : layout.locate(folder, false).path;
  try {
    for await (const entry of await opendir(path, { bufferSize: 256 })) {
      throwIfAborted(signal);
      if (entry.isDirectory()) continue;
      yield await describeFile(fs, path, folder, entry.name);
    }
  } catch (error) {
    if (isGone(error)) return;
    throw fileFailure(error, "Listing a folder", path);
  }
}

async function describeFile(fs: FsPromises, path: string, folder: string, name: string): Promise<StoredFile> {
  const { name: plain, compression } = splitSuffix(name);
  const key = folder === "" ? plain : `${folder}/${plain}`;
  if (isReserved(name)) return { name, key, compression, isTemporary: true, twins: [] };
  const twins: string[] = [];
  for (const other of COMPRESSIONS.slice(0, COMPRESSIONS.indexOf(compression))) {
    if ((await fs.stat(`${path}/${plain}${SUFFIXES[other]}`))?.isFile()) twins.push(plain + SUFFIXES[other]);
  }
  return { name, key, compression, isTemporary: false, twins };
}
