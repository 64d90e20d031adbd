import type { Abortable } from "../../base/abort.js";
import { UnsupportedProtocolError } from "../../base/errors.js";
import { isMultilod, isSharded, type MeshInfo } from "../../formats/precomputed/mesh/info.js";
import { manifestOwner } from "../../formats/precomputed/mesh/legacy-manifest.js";
import type { MeshFiles } from "./files.js";
import { shardsOf } from "./shards.js";

/** The segments that have a mesh, ascending. */
export async function listMeshes(files: MeshFiles, info: MeshInfo, options: Abortable): Promise<bigint[]> {
  const found = new Set<bigint>();
  if (isMultilod(info) && isSharded(info))
    for await (const id of shardsOf(files, info).list(options)) found.add(id);
  else
    for await (const name of names(files, options))
      add(found, isMultilod(info) ? ownerOfIndex(name) : manifestOwner(name));
  return [...found].sort((a, b) => (a < b ? -1 : 1));
}

function add(found: Set<bigint>, id: bigint | undefined): void {
  if (id !== undefined) found.add(id);
}

function ownerOfIndex(name: string): bigint | undefined {
  const digits = /^(\d{1,20})\.index$/.exec(name)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}

async function* names({ store, prefix }: MeshFiles, options: Abortable): AsyncIterable<string> {
  if (store.list === undefined)
    throw new UnsupportedProtocolError("This storage cannot list its meshes", { where: store.url(prefix) });
  for await (const key of store.list(prefix, options)) yield key.slice(prefix.length);
}
