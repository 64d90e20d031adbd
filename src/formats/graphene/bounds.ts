import { Bbox, type BboxLike } from "../../base/bbox.js";

/**
 * A box as a graph server reads it, `x0-x1_y0-y1_z0-z1` in whole voxels of the watershed's level: all voxels that it touches.
 * @param resolution of that level, for boxes in nanometres and the like.
 */
export function boundsText(box: BboxLike, resolution: readonly number[]): string {
  const given = Bbox.create(box);
  const { minpt, maxpt } = given.unit === "vx" ? given : given.convertUnits("vx", resolution);
  return new Bbox([...minpt].map(Math.floor), [...maxpt].map(Math.ceil)).toFilename();
}
