import { UnsupportedFormatError } from "../../base/errors.js";
import type { MeshInfo } from "../../formats/precomputed/mesh/info.js";
import type { Mesh } from "../../geometry/mesh/index.js";
import type { MeshFiles } from "./files.js";
import type { MeshPutOptions } from "./options.js";

export async function putSharded(
  files: MeshFiles,
  _info: MeshInfo,
  _meshes: Iterable<Mesh> | AsyncIterable<Mesh>,
  _options: MeshPutOptions,
): Promise<void> {
  throw new UnsupportedFormatError("Shards cannot be written yet", { where: files.store.url(files.prefix) });
}
