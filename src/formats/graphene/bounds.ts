import { Bbox, type BboxLike } from "../../base/bbox.js";

/**
 * A box as a graph server reads it, `x0-x1_y0-y1_z0-z1` in whole voxels of the watershed's level: all voxels that it touches.
 * @param resolution of that level, for boxes in nanometres and the like.
 */
export function boundsText(box: BboxLike, resolution: readonly number[]): string {
  const given = Bbox.create(box);
  const by = given.unit === "vx" ? [1, 1, 1] : resolution;
  const { minpt, maxpt } = given.unit === "vx" ? given : given.convertUnits("nm", resolution);
  const low = [0, 1, 2].map((axis) => Math.floor(minpt[axis]! / by[axis]!));
  const high = [0, 1, 2].map((axis) => Math.ceil(maxpt[axis]! / by[axis]!));
  return new Bbox(low, high).toFilename();
}
