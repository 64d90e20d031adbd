import { throwIfAborted } from "../../base/abort.js";
import type { MeshInfo } from "../../formats/precomputed/mesh/info.js";
import type { Mesh } from "../../geometry/mesh/index.js";
import { type Datum, writeShards } from "../../shards/neuroglancer-uint64/index.js";
import { type MeshFiles, storeForChanges } from "./files.js";
import type { MeshPutOptions } from "./options.js";
import { encodeMesh, idOf } from "./put-mesh.js";
import { shardsOf } from "./shards.js";

/**
 * Stores meshes in their shards, each of which is written once, with what it held already. Encoded meshes are held in
 * memory up to 256 MiB; beyond that, shards are written early and extended later.
 */
export async function putSharded(
  files: MeshFiles,
  info: MeshInfo,
  meshes: Iterable<Mesh> | AsyncIterable<Mesh>,
  options: MeshPutOptions,
): Promise<void> {
  const shards = shardsOf(files, info);
  const { signal, cacheControl } = options;
  const how = { merge: true, signal, cacheControl };
  const data = encoded(info, meshes, options);
  await writeShards(storeForChanges(files), files.prefix, shards.spec, data, how);
  shards.clearCache();
}

/** Meshes as they lie in a shard: the fragments, then the manifest, which alone is the datum. */
async function* encoded(
  info: MeshInfo,
  meshes: Iterable<Mesh> | AsyncIterable<Mesh>,
  options: MeshPutOptions,
): AsyncGenerator<Datum> {
  let done = 0;
  for await (const mesh of meshes) {
    throwIfAborted(options.signal);
    const label = idOf(mesh);
    const { manifest, data } = await encodeMesh(info, mesh, options);
    const bytes = new Uint8Array(data.length + manifest.length);
    bytes.set(data);
    bytes.set(manifest, data.length);
    yield { label, bytes, lead: data.length };
    options.onProgress?.({ done: ++done, total: done });
  }
}
