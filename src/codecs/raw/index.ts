/**
 * Raw voxels: little endian, Fortran order (x, y, z, channel), nothing else
 * (https://github.com/google/neuroglancer/blob/master/src/datasource/precomputed/volume.md#raw-chunk-encoding).
 */
import { bytesPerVoxel } from "../../base/dtype.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { placeDense } from "../../base/place.js";
import { product } from "../../base/strided.js";
import type { ChunkSpec, Codec } from "../codec.js";

/** Holds every data type and any number of channels. */
export const raw: Codec = {
  name: "raw",
  contentType: "application/octet-stream",
  gzipByDefault: true,
  check() {},
  decode(workspace, source, spec, target) {
    const expected = byteLength(spec);
    if (source.length !== expected)
      throw new DecodingError("A raw chunk has another length than its voxels", {
        expected: describeLength(spec, expected),
        got: `${source.length}`,
      });
    placeDense(workspace, source, spec.shape, bytesPerVoxel(spec.dtype), target);
  },
  encode(workspace, { ptr, length }, spec) {
    const expected = byteLength(spec);
    if (length < expected)
      throw new EncodingError("Too few voxels for a chunk", {
        expected: describeLength(spec, expected),
        got: `${length}`,
      });
    return workspace.bytes().slice(ptr, ptr + expected);
  },
};

function byteLength({ shape, dtype }: ChunkSpec): number {
  return product(shape) * bytesPerVoxel(dtype);
}

function describeLength({ shape, dtype }: ChunkSpec, bytes: number): string {
  return `${shape.join(" x ")} voxels of ${dtype}: ${bytes} bytes`;
}
