/** Which part of which chunk goes where. */
import type { Box6 } from "../base/bbox.js";
import type { Vec3 } from "../base/strided.js";
import { cellBox, cellsOf, chunkKey, type Grid, type PerChunk, perCell } from "./grid.js";

/** One chunk's part in a cut-out. */
export interface ChunkRead {
  /** The place in the plan. */
  readonly index: number;
  /** `x0-x1_y0-y1_z0-z1`, relative to the scale. */
  readonly key: string;
  /** The whole chunk, cut at the volume's end. */
  readonly box: Box6;
  /** Voxels of the chunk. */
  readonly shape: Vec3;
  /** The first voxel wanted, within the chunk. */
  readonly from: Vec3;
  /** Voxels wanted of the chunk. */
  readonly size: Vec3;
  /** Where they lie in the box asked for, from its first voxel. */
  readonly to: Vec3;
}

export type ReadPlan = PerChunk<ChunkRead>;

/**
 * The chunks that a box touches; their parts cover what of the box lies in the volume, each voxel once. Nothing is
 * held for a chunk until it is asked for, so plans of any size cost the same.
 */
export function planRead(grid: Grid, box: Box6): ReadPlan {
  const chunkAt = (x: number, y: number, z: number): Box6 => {
    const chunk = cellBox(grid, x, y, z);
    return grid.partial === true ? common(chunk, box) : chunk;
  };
  return perCell(cellsOf(grid, box), (x, y, z, index) => part(chunkAt(x, y, z), box, index));
}

/** The box that two boxes have in common. */
export function common(a: Box6, b: Box6): Box6 {
  const [x0, y0, z0] = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.max(a[2], b[2])];
  return [x0, y0, z0, Math.min(a[3], b[3]), Math.min(a[4], b[4]), Math.min(a[5], b[5])];
}

export function part(chunk: Box6, box: Box6, index: number): ChunkRead {
  const x0 = Math.max(chunk[0], box[0]);
  const y0 = Math.max(chunk[1], box[1]);
  const z0 = Math.max(chunk[2], box[2]);
  return {
    index,
    key: chunkKey(chunk),
    box: chunk,
    shape: [chunk[3] - chunk[0], chunk[4] - chunk[1], chunk[5] - chunk[2]],
    from: [x0 - chunk[0], y0 - chunk[1], z0 - chunk[2]],
    size: [Math.min(chunk[3], box[3]) - x0, Math.min(chunk[4], box[4]) - y0, Math.min(chunk[5], box[5]) - z0],
    to: [x0 - box[0], y0 - box[1], z0 - box[2]],
  };
}
