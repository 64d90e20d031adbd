import type { Vec3 } from "./strided.js";

/** Where decoded voxels go: a sub-box of the chunk to a strided place in the same workspace's memory. */
export interface Placement {
  /** Byte address at which voxel `from`, channel 0 goes. */
  readonly ptr: number;
  /** Steps in bytes along y, z and channel; along x voxels are adjacent. */
  readonly stride: Vec3;
  /** First voxel and size of the sub-box, in voxels of the chunk. All channels are placed. */
  readonly from: Vec3;
  readonly size: Vec3;
}
