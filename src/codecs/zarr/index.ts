/**
 * A chunk of a Zarr array: an array in C or F order, then codecs from bytes to bytes. Which ones, the array's metadata
 * say (`spec.params.stored`). Sources: Zarr 2 (https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html), Zarr 3 core.
 */
import { bytesPerVoxel } from "../../base/dtype.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { product } from "../../base/strided.js";
import type { Region } from "../../base/workspace.js";
import { loadByteCodecs, pack, packNow, unpack } from "../byte-chain.js";
import { inParts } from "../chunk-parts.js";
import type { ChunkSpec, Codec } from "../codec.js";
import { decodeInPlace } from "../in-place.js";
import { arrangeVoxels, placeStored, storedOf, storeVoxels } from "../stored-array.js";

export const zarr: Codec = inParts({
  name: "zarr",
  contentType: "application/octet-stream",
  gzipByDefault: false,
  check() {},
  load: loadByteCodecs,
  decode(ws, source, spec, target) {
    const stored = storedOf(spec);
    if (decodeInPlace(ws, source, stored, spec, target)) return;
    const length = stored.elements * bytesPerVoxel(spec.dtype);
    const array = unpack(ws, source, stored.chain, length);
    if (array.length !== length)
      throw new DecodingError("A Zarr chunk has another length than its array", {
        expected: `${length} bytes`,
        got: `${array.length}`,
        fix: "The file is damaged, or the metadata do not describe it.",
      });
    const own = array.ptr < source.ptr || array.ptr >= source.ptr + source.length;
    placeStored(ws, array, stored, spec.dtype, spec.shape[3], target, own);
  },
  encode(ws, source, spec) {
    checkVoxels(source, spec);
    return storeVoxels(ws, source, storedOf(spec), spec.dtype, spec.shape);
  },
  pack: (ws, bytes, spec) => pack(ws, bytes, storedOf(spec).chain),
  encodeNow(ws, source, spec) {
    checkVoxels(source, spec);
    const stored = storedOf(spec);
    const { ptr, length } = arrangeVoxels(ws, source, stored, spec.dtype, spec.shape);
    return packNow(ws, ws.bytes().subarray(ptr, ptr + length), stored.chain);
  },
});

function checkVoxels(source: Region, spec: ChunkSpec): void {
  const expected = product(spec.shape) * bytesPerVoxel(spec.dtype);
  if (source.length >= expected) return;
  throw new EncodingError("Too few voxels for a chunk", {
    expected: `${expected} bytes`,
    got: `${source.length}`,
  });
}
