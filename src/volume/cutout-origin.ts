import type { Bbox } from "../base/bbox.js";
import type { Vec3 } from "../base/strided.js";

/** Where a cut-out came from. */
export interface CutoutOrigin {
  readonly cloudpath: string;
  readonly datasetName: string;
  readonly layer: string;
  readonly layerType: string;
  readonly mip: number;
  /** Nanometres of a voxel. */
  readonly resolution: Vec3;
  /** The box that was read, in voxels of `mip`. */
  readonly bounds: Bbox;
}
