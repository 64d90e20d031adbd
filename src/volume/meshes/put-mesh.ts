/** What storing a mesh takes, whatever the layout. */
import type { Abortable } from "../../base/abort.js";
import { ArgumentError, ReadOnlyException } from "../../base/errors.js";
import { encodeMultilod } from "../../formats/precomputed/mesh/encode-multilod.js";
import { type MeshInfo, transformOf } from "../../formats/precomputed/mesh/info.js";
import type { Mesh } from "../../geometry/mesh/index.js";
import type { Store, WriteOptions } from "../../stores/store.js";
import { keyOf, type MeshFiles, urlOf } from "./files.js";
import type { MeshPutOptions } from "./options.js";

/** @throws ArgumentError for a mesh without a segment. */
export function idOf({ segid }: Mesh): bigint {
  if (segid !== undefined) return segid;
  throw new ArgumentError("A mesh without a segment cannot be stored", { fix: "Set its segid." });
}

/** A mesh's multi-resolution form, as the info wants it. */
export async function encodeMesh(
  info: MeshInfo,
  mesh: Mesh,
  options: MeshPutOptions,
): ReturnType<typeof encodeMultilod> {
  return await encodeMultilod(mesh, {
    bits: info.vertex_quantization_bits ?? 16,
    transform: transformOf(info),
    lods: options.lods,
    minChunkSize: options.minChunkSize,
    compressionLevel: options.compressionLevel,
    signal: options.signal,
  });
}

type Write = (name: string, bytes: Uint8Array, how: WriteOptions) => Promise<void>;

/** @throws ReadOnlyException where the storage cannot be written. */
export function writer(files: MeshFiles, { signal, cacheControl }: MeshPutOptions & Abortable): Write {
  const write: Store["write"] = files.store.write;
  if (write === undefined)
    throw new ReadOnlyException("This storage cannot be written", { where: urlOf(files, "") });
  const more = cacheControl === undefined ? {} : { cacheControl };
  return (name, bytes, how) => write(keyOf(files, name), bytes, { ...more, ...how, signal });
}
