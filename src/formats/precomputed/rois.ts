import { Bbox } from "../../base/bbox.js";
import type { Info } from "./info.js";
import { bboxToMip, type Corners, pointToMip } from "./mip-coordinates.js";
import type { MipSpec } from "./scales.js";

/** The regions of interest of a layer (`rois` of the first scale), in voxels of mip 0; undefined if it has none. */
export function parseRois({ scales }: Info): Bbox[] | undefined {
  return scales[0]?.rois?.map((roi) => Bbox.fromList(roi));
}

/**
 * Whether a box or point, in voxels of `mip`, touches a region of interest, borders included. True for layers
 * without regions. Outside of all regions nothing is stored, so nothing has to be asked for.
 */
export function overlapsRoi(info: Info, at: Bbox | readonly number[], mip: MipSpec = 0): boolean {
  const rois = info.scales[0]?.rois;
  if (rois === undefined || rois === null) return true;
  const [min, max] =
    at instanceof Bbox ? corners(bboxToMip(info, at, mip, 0)) : point(pointToMip(info, at, mip, 0));
  return rois.some((roi) =>
    min.every((low, axis) => {
      const [a, b] = [roi[axis]!, roi[axis + 3]!];
      return low <= Math.max(a, b) && max[axis]! >= Math.min(a, b);
    }),
  );
}

function corners({ minpt, maxpt }: Bbox): Corners {
  return [minpt, maxpt];
}

function point(at: readonly number[]): Corners {
  return [at, at];
}
