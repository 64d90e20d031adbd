/** What is at the place that annotations are to be written to. */
import type { Abortable } from "../../../base/abort.js";
import { ArgumentError } from "../../../base/errors.js";
import { parseJson } from "../../../base/json.js";
import { readLayerFile } from "../../../formats/layer-files.js";
import { type AnnotationInfo, parseAnnotationInfo } from "../../../formats/precomputed/annotations/info.js";
import type { Store } from "../../../stores/store.js";

/** Keys that are removed with one call. */
const BATCH = 1000;

/**
 * Makes sure that nothing is overwritten that is not meant to be.
 * @returns the folders of what is there. @throws ArgumentError.
 */
export async function checkPlace(
  store: Store,
  folder: string,
  keys: readonly string[],
  { overwrite = false, signal }: Abortable & { readonly overwrite?: boolean | undefined },
): Promise<string[]> {
  const where = store.url(folder);
  const old = await readLayerFile(store, `${folder}info`, { signal });
  const found = old && annotationsOf(old.bytes, where);
  if (old !== undefined && found === undefined)
    throw new ArgumentError("There is something else than annotations", {
      where,
      fix: "Choose another folder.",
    });
  const fix = "Choose another folder, or pass overwrite: true to replace them.";
  if (found !== undefined && !overwrite)
    throw new ArgumentError("There are annotations already", { where, fix });
  const all = [...new Set([...keys, ...(found === undefined ? [] : keysOf(found))])];
  if (!overwrite)
    for await (const file of filesOf(store, folder, all, { signal }))
      throw new ArgumentError("There are files of annotations that were not written to their end", {
        where: store.url(file),
        fix,
      });
  return all;
}

/** Removes the info, and then what it told of. */
export async function removeOld(
  store: Store,
  folder: string,
  keys: readonly string[],
  options: Abortable,
): Promise<void> {
  await store.remove?.(`${folder}info`, options);
  await removeFolders(store, folder, keys, options);
}

/** Removes all files of some folders. */
export async function removeFolders(
  store: Store,
  folder: string,
  keys: readonly string[],
  options: Abortable = {},
): Promise<void> {
  let batch: string[] = [];
  const remove = async (): Promise<void> => {
    if (store.removeAll !== undefined) await store.removeAll(batch, options);
    else for (const file of batch) await store.remove?.(file, options);
    batch = [];
  };
  for await (const file of filesOf(store, folder, keys, options)) {
    batch.push(file);
    if (batch.length === BATCH) await remove();
  }
  await remove();
}

/** The files of some folders; those that are told apart by a number are listed together. */
async function* filesOf(
  store: Store,
  folder: string,
  keys: readonly string[],
  options: Abortable,
): AsyncGenerator<string, void, undefined> {
  if (store.list === undefined) return;
  const stems = new Map<string, string[]>();
  for (const key of keys) {
    const stem = key.replace(/\d+$/, "");
    stems.set(stem, [...(stems.get(stem) ?? []), `${folder}${key}/`]);
  }
  for (const [stem, prefixes] of stems)
    for await (const file of store.list(folder + stem, options))
      if (prefixes.some((prefix) => file.startsWith(prefix))) yield file;
}

/** The folders of a layer that lie below it. */
function keysOf({ byId, relationships, spatial }: AnnotationInfo): string[] {
  const keys = [...(byId ? [byId] : []), ...relationships, ...spatial].map(({ key }) => key);
  return keys.filter((key) => key !== "" && !key.split("/").includes(".."));
}

function annotationsOf(bytes: Uint8Array, where: string): AnnotationInfo | undefined {
  try {
    return parseAnnotationInfo(parseJson(bytes, { where }), where);
  } catch {
    return undefined;
  }
}
