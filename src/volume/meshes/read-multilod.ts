/** Reading one level of detail of multi-resolution meshes. */
import { AbortGroup, throwIfAborted } from "../../base/abort.js";
import { decodeLod } from "../../formats/precomputed/mesh/decode-lod.js";
import { type MeshInfo, transformOf } from "../../formats/precomputed/mesh/info.js";
import { findLod } from "../../formats/precomputed/mesh/multilod-manifest.js";
import type { MeshData } from "../../geometry/mesh/index.js";
import { Limiter } from "../../stores/limit.js";
import { missingMeshes } from "./missing.js";
import type { FoundMesh, MultilodFiles } from "./multilod-files.js";
import type { MeshReadOptions } from "./options.js";

/** Meshes whose bytes are on their way or in memory at a time. */
const MOST_MESHES = 64;

/**
 * The fragments of a level of each segment, in the manifests' order. Costs a request for the manifest and one for
 * the level's bytes; meshes are read side by side. @throws MeshMissingError (unless allowMissing), MeshDecodeError.
 */
export async function readMultilod(
  source: MultilodFiles,
  info: MeshInfo,
  where: string,
  ids: readonly bigint[],
  options: MeshReadOptions,
): Promise<Map<bigint, MeshData[]>> {
  const { lod = 0, signal } = options;
  const found = await source.find(ids, { signal });
  const missing = ids.filter((_, i) => found[i] === undefined);
  if (missing.length > 0 && options.allowMissing !== true) throw missingMeshes(missing, where);
  const group = new AbortGroup(signal);
  const limiter = new Limiter(MOST_MESHES);
  let done = 0;
  const read = async (mesh: FoundMesh): Promise<MeshData[]> => {
    const at = findLod(mesh.manifest, lod, mesh.where);
    const bytes = await group.run((own) => limiter.run(() => mesh.readLod(at, { signal: own }), own));
    const request = {
      manifest: mesh.manifest,
      lod: at,
      bytes,
      bits: info.vertex_quantization_bits ?? 16,
      transform: transformOf(info),
      where: mesh.where,
      signal,
    };
    const fragments = await decodeLod(request);
    options.onProgress?.({ done: ++done, total: ids.length - missing.length });
    return fragments;
  };
  const all = Promise.all(
    ids.map(async (id, i): Promise<[bigint, MeshData[]] | undefined> => {
      const mesh = found[i];
      return mesh && [id, await read(mesh)];
    }),
  );
  all.then(
    () => group.close(),
    (error) => group.abort(error),
  );
  const meshes = await all;
  throwIfAborted(signal);
  return new Map(meshes.filter((entry) => entry !== undefined));
}
