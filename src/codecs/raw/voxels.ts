/** Raw voxels, without what they tell of their labels. */
import { bytesPerVoxel } from "../../base/dtype.js";
import { EncodingError } from "../../base/errors.js";
import { placeDense } from "../../base/place.js";
import type { Region, Workspace } from "../../base/workspace.js";
import type { ChunkSpec, Codec } from "../codec.js";
import { byteLength, checkLength, describeLength } from "./length.js";
import { pieces } from "./pieces.js";

/** Holds every data type and any number of channels. */
export const rawVoxels: Codec = {
  name: "raw",
  contentType: "application/octet-stream",
  gzipByDefault: true,
  check() {},
  decode(workspace, source, spec, target) {
    checkLength(source, spec);
    placeDense(workspace, source, spec.shape, bytesPerVoxel(spec.dtype), target);
  },
  encode: (workspace, source, spec) => voxelsOf(workspace, source, spec).slice(),
  encodeNow: voxelsOf,
  pieces,
};

/** A view of them. */
function voxelsOf(workspace: Workspace, { ptr, length }: Region, spec: ChunkSpec): Uint8Array {
  const expected = byteLength(spec);
  if (length < expected)
    throw new EncodingError("Too few voxels for a chunk", {
      expected: describeLength(spec, expected),
      got: `${length}`,
    });
  return workspace.bytes().subarray(ptr, ptr + expected);
}
