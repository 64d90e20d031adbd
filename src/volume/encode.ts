/** One chunk's voxels to the bytes that are stored. */
import { bytesPerVoxel, type Voxel } from "../base/dtype.js";
import { allEqual, voxelPattern } from "../base/place.js";
import type { Vec3 } from "../base/strided.js";
import type { Region, Workspace } from "../base/workspace.js";
import type { Codec } from "../codecs/codec.js";
import type { Compression } from "../compression/compression.js";
import { chunkSpec, type ScaleLayout } from "./layout.js";

/** How chunks are stored. Plain values: it goes to workers as it is. */
export interface StoragePolicy {
  readonly compression: Compression;
  readonly compressLevel?: number | undefined;
  readonly contentType: string;
  readonly cacheControl?: string | undefined;
  /** False: chunks need not survive a crash of the machine until they are synced together. Default true. */
  readonly lasting?: boolean | undefined;
  /** Chunks of nothing but this value are deleted instead of written; undefined: all are written. */
  readonly deleteIf: Voxel | undefined;
}

/** The encoded chunk (not yet compressed), or undefined if it is one to delete. */
export function encodeDense(
  workspace: Workspace,
  codec: Codec,
  layout: ScaleLayout,
  policy: StoragePolicy,
  source: Region,
  shape: Vec3,
): Uint8Array | undefined {
  if (isToDelete(workspace, layout, policy, source)) return undefined;
  return codec.encode(workspace, source, chunkSpec(layout, shape));
}

/** Whether a chunk is of nothing but the value that is not stored. */
export function isToDelete(
  workspace: Workspace,
  { dtype }: ScaleLayout,
  { deleteIf }: StoragePolicy,
  source: Region,
): boolean {
  if (deleteIf === undefined) return false;
  return allEqual(workspace, source, bytesPerVoxel(dtype), voxelPattern(deleteIf, dtype));
}

/** An encoded chunk packed by its codec's own means, where it has such. */
export async function packChunk(
  workspace: Workspace,
  codec: Codec,
  layout: ScaleLayout,
  encoded: Uint8Array | undefined,
  shape: Vec3,
): Promise<Uint8Array | undefined> {
  if (encoded === undefined || codec.pack === undefined) return encoded;
  return await codec.pack(workspace, encoded, chunkSpec(layout, shape));
}
