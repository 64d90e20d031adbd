import { bytesPerVoxel } from "../../base/dtype.js";
import { DecodingError } from "../../base/errors.js";
import { product } from "../../base/strided.js";
import type { Region } from "../../base/workspace.js";
import type { ChunkSpec } from "../codec.js";

export function byteLength({ shape, dtype }: ChunkSpec): number {
  return product(shape) * bytesPerVoxel(dtype);
}

export function describeLength({ shape, dtype }: ChunkSpec, bytes: number): string {
  return `${shape.join(" x ")} voxels of ${dtype}: ${bytes} bytes`;
}

/** @throws DecodingError unless the bytes are just those of the voxels. */
export function checkLength(source: Region, spec: ChunkSpec): void {
  const expected = byteLength(spec);
  if (source.length === expected) return;
  throw new DecodingError("A raw chunk has another length than its voxels", {
    expected: describeLength(spec, expected),
    got: `${source.length}`,
  });
}
