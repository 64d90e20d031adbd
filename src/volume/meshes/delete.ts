import type { Abortable } from "../../base/abort.js";
import { ReadOnlyException } from "../../base/errors.js";
import { isMultilod, isSharded, type MeshInfo } from "../../formats/precomputed/mesh/info.js";
import { manifestName } from "../../formats/precomputed/mesh/legacy-manifest.js";
import { updateShard } from "../../shards/neuroglancer-uint64/index.js";
import { Limiter } from "../../stores/limit.js";
import { keyOf, type MeshFiles, storeForChanges, withoutCache } from "./files.js";
import { indexName } from "./multilod-files.js";
import { readManifests } from "./read-legacy.js";
import { shardsOf } from "./shards.js";

const MOST_REQUESTS = 32;

/** Removes meshes. A manifest goes before what it names, so that no reader finds one without its fragments. */
export async function deleteMeshes(
  files: MeshFiles,
  info: MeshInfo,
  ids: readonly bigint[],
  options: Abortable,
): Promise<void> {
  if (isMultilod(info) && isSharded(info)) return await deleteSharded(files, info, ids, options);
  if (isMultilod(info)) {
    await removeAll(files, ids.map(indexName), options);
    await removeAll(files, ids.map(String), options);
    return;
  }
  const manifests = await readManifests(withoutCache(files), ids, options);
  const there = ids.filter((id) => manifests.get(id) !== undefined);
  await removeAll(files, there.map(manifestName), options);
  await removeAll(files, there.flatMap((id) => manifests.get(id) ?? []).filter(isFragment), options);
}

/** Each shard that holds some of the meshes is written anew without them. */
async function deleteSharded(
  files: MeshFiles,
  info: MeshInfo,
  ids: readonly bigint[],
  { signal }: Abortable,
): Promise<void> {
  const store = storeForChanges(files);
  const shards = shardsOf(withoutCache(files), info);
  const byFile = new Map<string, Map<bigint, undefined>>();
  for (const id of ids) {
    const location = await shards.locate(id, { signal });
    if (location === undefined) continue;
    const changes = byFile.get(location.file) ?? new Map<bigint, undefined>();
    byFile.set(location.file, changes.set(id, undefined));
  }
  for (const [file, changes] of byFile)
    await updateShard(store, files.prefix, shards.spec, file, changes, { signal, keepLeads: true });
  shardsOf(files, info).clearCache();
}

/** Whether a name in a manifest may be removed: never what lies outside of the folder, or is no fragment. */
export function isFragment(name: string): boolean {
  return name !== "info" && name !== "provenance" && !/\/|\.spatial$|^\d+:0$/.test(name);
}

export async function removeAll(
  files: MeshFiles,
  names: readonly string[],
  options: Abortable,
): Promise<void> {
  const { remove } = files.store;
  if (remove === undefined)
    throw new ReadOnlyException("This storage cannot be written", { where: files.store.url(files.prefix) });
  const limiter = new Limiter(MOST_REQUESTS);
  await Promise.all(
    [...new Set(names)].map((name) => limiter.run(() => remove(keyOf(files, name), options), options.signal)),
  );
}
