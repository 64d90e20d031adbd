/** Pages that come with the library, from a folder of plain files. */
import { readFile } from "node:fs/promises";
import { StorageError } from "../base/errors.js";
import type { Folder, ServedFile } from "./site.js";
import { contentType } from "./types.js";

/** The folder's own address gives its `index.html`. Files are kept in memory once they are asked for. */
export function pagesFolder(place: URL): Folder {
  const base = place.href.endsWith("/") ? place : new URL(`${place.href}/`);
  const kept = new Map<string, Promise<ServedFile | undefined>>();
  return {
    get(key) {
      const name = key === "" ? "index.html" : key;
      if (!/^[\w-][\w.-]*$/.test(name)) return Promise.resolve(undefined);
      const file = kept.get(name) ?? fileOf(new URL(name, base));
      kept.set(name, file);
      return file;
    },
  };
}

async function fileOf(place: URL): Promise<ServedFile | undefined> {
  try {
    const bytes = await readFile(place);
    return { bytes, size: bytes.length, type: contentType(place.pathname) };
  } catch {
    return undefined;
  }
}

/** @throws StorageError where the pages are not there. */
export async function checkPages(place: URL): Promise<void> {
  if ((await pagesFolder(place).get("", {})) !== undefined) return;
  throw new StorageError("Neuroglancer's page is not built", {
    where: place.href,
    fix: "Run npm run build.",
  });
}
