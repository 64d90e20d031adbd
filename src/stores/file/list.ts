import type { Dirent } from "node:fs";
import { throwIfAborted } from "../../base/abort.js";
import { splitSuffix } from "../../compression/names.js";
import { checkPrefix } from "../keys.js";
import { fileFailure } from "./failure.js";
import { type FsPromises, isGone } from "./fs.js";
import { isReserved, type Layout, stayInside } from "./place.js";
import { runAsync } from "./program.js";

/** An entry under its logical name. */
interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

/**
 * Logical keys below the store's folder that start with `prefix`, in the order of their characters' codes,
 * each once. Folders that are linked to one above them are not followed.
 */
export async function* listKeys(
  layout: Layout,
  fs: FsPromises,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const above = checkPrefix(prefix, layout.directory);
  yield* walk(layout, fs, above, prefix, [], signal);
}

async function* walk(
  layout: Layout,
  fs: FsPromises,
  above: string,
  prefix: string,
  trail: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  throwIfAborted(signal);
  const folder = above === "" ? layout.directory : `${layout.directory}/${above.slice(0, -1)}`;
  let last: string | undefined;
  for (const { name, isFolder } of await entriesOf(layout, fs, folder)) {
    throwIfAborted(signal);
    const key = above + name;
    if (isFolder) {
      if (!(key.startsWith(prefix) || prefix.startsWith(key))) continue;
      const real = await realOf(fs, `${layout.directory}/${key.slice(0, -1)}`);
      if (real !== undefined && !trail.includes(real))
        yield* walk(layout, fs, key, prefix, [...trail, real], signal);
    } else if (key.startsWith(prefix) && key !== last) {
      last = key;
      yield key;
    }
  }
}

async function realOf(fs: FsPromises, path: string): Promise<string | undefined> {
  return await fs.realpath(path).catch((error: unknown) => {
    if (isGone(error)) return undefined;
    throw fileFailure(error, "Listing a folder", path);
  });
}

/** The entries of a folder, sorted, with folders' names ending in a slash; none if there is no such folder. */
async function entriesOf(layout: Layout, fs: FsPromises, folder: string): Promise<Entry[]> {
  let found: Dirent[];
  try {
    await runAsync(stayInside(layout, folder), fs, undefined);
    found = await fs.readdir(folder);
  } catch (error) {
    if (isGone(error)) return [];
    throw fileFailure(error, "Listing a folder", folder);
  }
  const entries: Entry[] = [];
  for (const dirent of found) {
    if (isReserved(dirent.name)) continue;
    const linked = dirent.isSymbolicLink() ? await linkedTo(fs, `${folder}/${dirent.name}`) : dirent;
    if (linked?.isDirectory()) entries.push({ name: `${dirent.name}/`, isFolder: true });
    else if (linked?.isFile()) entries.push({ name: splitSuffix(dirent.name).name, isFolder: false });
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

async function linkedTo(
  fs: FsPromises,
  path: string,
): Promise<{ isDirectory(): boolean; isFile(): boolean } | undefined> {
  return await fs.stat(path).catch((error: unknown) => {
    throw fileFailure(error, "Listing a folder", path);
  });
}
