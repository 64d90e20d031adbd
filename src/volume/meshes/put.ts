import { throwIfAborted } from "../../base/abort.js";
import { compress, parseCompress } from "../../compression/index.js";
import { isMultilod, isSharded, type MeshInfo, transformOf } from "../../formats/precomputed/mesh/info.js";
import { encodeLegacyManifest, manifestName } from "../../formats/precomputed/mesh/legacy-manifest.js";
import { encodeFragment, invert, isIdentity, type Mesh, transformPoints } from "../../geometry/mesh/index.js";
import { isFragment, removeAll } from "./delete.js";
import { type MeshFiles, withoutCache } from "./files.js";
import { indexName } from "./multilod-files.js";
import type { MeshPutOptions } from "./options.js";
import { encodeMesh, idOf, writer } from "./put-mesh.js";
import { putSharded } from "./put-sharded.js";
import { readManifests } from "./read-legacy.js";

/** Stores meshes one after the other, in the info's format. */
export async function putMeshes(
  files: MeshFiles,
  info: MeshInfo,
  meshes: Iterable<Mesh> | AsyncIterable<Mesh>,
  options: MeshPutOptions,
): Promise<void> {
  if (isMultilod(info) && isSharded(info)) return await putSharded(files, info, meshes, options);
  const put = isMultilod(info) ? putMultilod : putLegacy;
  let done = 0;
  for await (const mesh of meshes) {
    throwIfAborted(options.signal);
    await put(files, info, idOf(mesh), mesh, options);
    options.onProgress?.({ done: ++done, total: done });
  }
}

async function putLegacy(
  files: MeshFiles,
  info: MeshInfo,
  id: bigint,
  mesh: Mesh,
  options: MeshPutOptions,
): Promise<void> {
  const write = writer(files, options);
  const old =
    options.skipDelete === true
      ? []
      : ((await readManifests(withoutCache(files), [id], options)).get(id) ?? []);
  const name = `${id}:0:1`;
  const compression = parseCompress(options.compress) ?? "gzip";
  const transform = transformOf(info);
  const vertices = isIdentity(transform)
    ? mesh.vertices
    : new Float32Array(transformPoints(mesh.vertices, invert(transform)));
  const bytes = encodeFragment({ vertices, faces: mesh.faces });
  // The fragment first: no manifest ever names what is not there.
  await write(name, await compress(compression, bytes, { level: options.compressLevel }), {
    compression,
    contentType: "application/octet-stream",
  });
  await write(manifestName(id), encodeLegacyManifest([name]), { contentType: "application/json" });
  await removeAll(
    files,
    old.filter((other) => other !== name && isFragment(other)),
    options,
  );
}

/** The data first, then the manifest; a reader of the moment between finds the old manifest with new data, and fails. */
async function putMultilod(
  files: MeshFiles,
  info: MeshInfo,
  id: bigint,
  mesh: Mesh,
  options: MeshPutOptions,
): Promise<void> {
  const write = writer(files, options);
  const { manifest, data } = await encodeMesh(info, mesh, options);
  if (options.skipDelete !== true) await removeAll(files, [indexName(id)], options);
  await write(String(id), data, { contentType: "application/octet-stream" });
  await write(indexName(id), manifest, { contentType: "application/octet-stream" });
}
