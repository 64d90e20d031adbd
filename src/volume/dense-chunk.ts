/** The wanted part of a chunk as dense voxels in scratch memory. */
import { arrayType, bytesPerVoxel, type TypedArray } from "../base/dtype.js";
import type { Region } from "../base/workspace.js";
import { chunkSpec, denseByteStride, type ScaleLayout, voxelBytes } from "./layout.js";
import type { VisitedChunk } from "./visit-chunks.js";

/** Decodes what is wanted of a stored chunk. Valid until the next chunk. @throws DecodingError. */
export function denseChunk(layout: ScaleLayout, visited: VisitedChunk, encoded: Region): Region {
  const { chunk, codec, workspace } = visited;
  const length = voxelBytes(layout, chunk.size);
  const { ptr } = workspace.scratch("visit.voxels", length);
  codec.decode(workspace, encoded, chunkSpec(layout, chunk.shape), {
    ptr,
    stride: denseByteStride(layout, chunk.size),
    from: chunk.from,
    size: chunk.size,
  });
  return { ptr, length };
}

/** A region as an array of the layout's type. Valid until the workspace's memory grows. */
export function voxelsOf(
  { dtype }: ScaleLayout,
  { workspace }: VisitedChunk,
  { ptr, length }: Region,
): TypedArray {
  return new (arrayType(dtype))(workspace.memory.buffer, ptr, length / bytesPerVoxel(dtype));
}
