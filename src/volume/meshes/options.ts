import type { Abortable } from "../../base/abort.js";
import type { BboxLike } from "../../base/bbox.js";
import { ArgumentError } from "../../base/errors.js";
import type { ProgressListener } from "../progress.js";
import type { CompressSetting } from "../settings.js";

export interface MeshReadOptions extends Abortable {
  /** The level of detail: 0 is the finest (the default), -1 the coarsest. Legacy meshes have one. */
  readonly lod?: number | undefined;
  /** Segments without a mesh are left out; else MeshMissingError. Default false. */
  readonly allowMissing?: boolean | undefined;
  /** Told after each fragment or so. */
  readonly onProgress?: ProgressListener | undefined;
  /**
   * Graphene: only the parts whose chunks touch this box, in voxels of the watershed's level or with a physical unit of its own.
   */
  readonly boundingBox?: BboxLike | undefined;
  /**
   * Graphene: ask for no manifest, but for the file or shard of just this label: for labels of which you know that they have a
   * mesh of their own. Default false.
   */
  readonly bypass?: boolean | undefined;
  /** Graphene, sharded: trust the server for where in their shards fragments are; false looks it up. Default true. */
  readonly useByteOffsets?: boolean | undefined;
}

export interface MeshGetOptions extends MeshReadOptions {
  /** One mesh of all segments (the default), or a Map of one mesh for each. */
  readonly fuse?: boolean | undefined;
  /**
   * Unifies vertices on the same point, and sorts. Default, as in CloudVolume: true for fused legacy meshes, else
   * false.
   */
  readonly removeDuplicateVertices?: boolean | undefined;
  /** Voxels of the chunks that were meshed: only vertices on their borders are unified, where two of them meet. */
  readonly chunkSize?: readonly number[] | undefined;
  /** Graphene: unify vertices where chunks meet. `removeDuplicateVertices` does more. Default true. */
  readonly deduplicateChunkBoundaries?: boolean | undefined;
}

/** @throws ArgumentError: without a graph nobody knows which parts of a mesh lie where. */
export function refuseGraphOptions({ boundingBox, bypass, useByteOffsets }: MeshReadOptions): void {
  const given = Object.entries({ boundingBox, bypass, useByteOffsets }).find(
    ([, value]) => value !== undefined,
  );
  if (given === undefined) return;
  throw new ArgumentError("Only meshes of a graphene layer have this option", {
    where: given[0],
    fix: "Crop the mesh: mesh.crop(box), in nanometres.",
  });
}

export interface MeshPutOptions extends Abortable {
  /** Of legacy fragments. Default "gzip", level 6. */
  readonly compress?: CompressSetting;
  readonly compressLevel?: number | undefined;
  /** The Cache-Control header of what is written. */
  readonly cacheControl?: string | undefined;
  /** Legacy: leave files of an older mesh where they are. Default false. */
  readonly skipDelete?: boolean | undefined;
  /** Multi-resolution: most levels of detail. Default: as many as the mesh's size is worth. */
  readonly lods?: number | undefined;
  /** Multi-resolution: the cells of the finest level are at least so large, in stored coordinates (mostly voxels). Default 128, 128, 128. */
  readonly minChunkSize?: readonly number[] | undefined;
  /** Multi-resolution: Draco's effort, 0 to 10. Default 7. */
  readonly compressionLevel?: number | undefined;
  readonly onProgress?: ProgressListener | undefined;
}
