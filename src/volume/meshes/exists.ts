import type { Abortable } from "../../base/abort.js";
import { isMultilod, isSharded, type MeshInfo } from "../../formats/precomputed/mesh/info.js";
import { manifestName } from "../../formats/precomputed/mesh/legacy-manifest.js";
import { Limiter } from "../../stores/limit.js";
import { keyOf, type MeshFiles } from "./files.js";
import { indexName } from "./multilod-files.js";
import { shardsOf } from "./shards.js";

const MOST_REQUESTS = 64;

/** The key of the manifest (or the shard) of each segment that has a mesh. Costs a request for each. */
export async function meshesExist(
  files: MeshFiles,
  info: MeshInfo,
  ids: readonly bigint[],
  options: Abortable,
): Promise<Map<bigint, string | undefined>> {
  const limiter = new Limiter(MOST_REQUESTS);
  const look = finder(files, info, options);
  const keys = await Promise.all(ids.map((id) => limiter.run(() => look(id), options.signal)));
  return new Map(ids.map((id, i) => [id, keys[i]]));
}

function finder(
  files: MeshFiles,
  info: MeshInfo,
  options: Abortable,
): (id: bigint) => Promise<string | undefined> {
  if (isMultilod(info) && isSharded(info)) {
    const shards = shardsOf(files, info);
    return async (id) => (await shards.locate(id, options))?.key;
  }
  return async (id) => {
    const key = keyOf(files, isMultilod(info) ? indexName(id) : manifestName(id));
    return (await files.store.stat(key, options)) === undefined ? undefined : key;
  };
}
