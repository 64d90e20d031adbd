import { throwIfAborted } from "../../base/abort.js";
import type { MeshInfo } from "../../formats/precomputed/mesh/info.js";
import type { Mesh } from "../../geometry/mesh/index.js";
import { type Datum, placeOfLabel } from "../../shards/neuroglancer-uint64/index.js";
import { type MeshFiles, withoutCache } from "./files.js";
import type { MeshPutOptions } from "./options.js";
import { encodeMesh, idOf } from "./put-mesh.js";
import { rewriteShard } from "./rewrite-shard.js";
import { shardsOf } from "./shards.js";

/**
 * Stores meshes in their shards, each of which is written once, with what it held already. Needs the memory of all
 * encoded meshes.
 */
export async function putSharded(
  files: MeshFiles,
  info: MeshInfo,
  meshes: Iterable<Mesh> | AsyncIterable<Mesh>,
  options: MeshPutOptions,
): Promise<void> {
  const shards = shardsOf(withoutCache(files), info);
  const byFile = new Map<string, Map<bigint, Datum>>();
  let done = 0;
  for await (const mesh of meshes) {
    throwIfAborted(options.signal);
    const label = idOf(mesh);
    const { manifest, data } = await encodeMesh(info, mesh, options);
    const { file } = placeOfLabel(shards.spec, label);
    const changes = byFile.get(file) ?? new Map<bigint, Datum>();
    byFile.set(file, changes.set(label, datumOf(label, data, manifest)));
    options.onProgress?.({ done: ++done, total: done });
  }
  for (const [file, changes] of byFile) await rewriteShard(files, shards, file, changes, options);
  shardsOf(files, info).clearCache();
}

/** A mesh as it lies in a shard: its fragments, then its manifest, which alone is the datum. */
export function datumOf(label: bigint, data: Uint8Array, manifest: Uint8Array): Datum {
  const bytes = new Uint8Array(data.length + manifest.length);
  bytes.set(data);
  bytes.set(manifest, data.length);
  return { label, bytes, lead: data.length };
}
