import { Bbox, type Range } from "../../base/bbox.js";
import { resolveSlices, type Slices } from "../../base/slicing.js";
import type { Info } from "./info.js";
import { findMip, type MipSpec, scaleOf } from "./scales.js";

type Point = readonly number[];

/** A half-open box of voxels: its first corner, and the corner behind its last voxel. */
export type Corners = readonly [min: Point, max: Point];

/** The box of a mip's voxels. */
export function boundsOf(info: Info, mip: MipSpec): Bbox {
  const { voxel_offset: offset = [0, 0, 0], size } = scaleOf(info, mip);
  return new Bbox(
    offset,
    offset.map((n, axis) => n + size[axis]!),
  );
}

/** Resolution of `mip` over that of mip 0, for each axis. */
export function downsampleRatio(info: Info, mip: MipSpec): number[] {
  return mipRatio(info, mip, 0);
}

/** Resolution of `mip` over that of `other`, for each axis: how many voxels of `other` a voxel of `mip` spans. */
export function mipRatio(info: Info, mip: MipSpec, other: MipSpec): number[] {
  const from = scaleOf(info, mip).resolution;
  const to = scaleOf(info, other).resolution;
  return from.map((r, axis) => r / to[axis]!);
}

/**
 * A box, or slices, in the voxels of `mip` in those of `toMip` (a box in a physical unit is converted first).
 * Missing ends of slices are the mip's own; steps are dropped. See {@link cornersToMip}.
 */
export function bboxToMip(info: Info, box: Bbox | Slices, mip: MipSpec, toMip: MipSpec): Bbox {
  const { resolution } = scaleOf(info, mip);
  const { minpt, maxpt } =
    box instanceof Bbox
      ? box.convertUnits("vx", resolution)
      : resolveSlices(box, boundsOf(info, mip), info.num_channels, { bounded: false, resolution }).box;
  return new Bbox(...cornersToMip(info, [minpt, maxpt], mip, toMip));
}

/** Slices of `mip` as ranges of mip 0. CloudVolume's `slices_to_global_coords`. */
export function slicesToGlobalCoords(info: Info, slices: Slices, mip: MipSpec): [Range, Range, Range] {
  return bboxToMip(info, slices, mip, 0).toSlices();
}

/** Slices of mip 0, which Neuroglancer shows, as ranges of `mip`. CloudVolume's `slices_from_global_coords`. */
export function slicesFromGlobalCoords(info: Info, slices: Slices, mip: MipSpec): [Range, Range, Range] {
  return bboxToMip(info, slices, 0, mip).toSlices();
}

/**
 * A box in the voxels of `mip` in those of `toMip`: it goes one mip at a time, rounding outwards each time
 * (CloudVolume's `bbox_to_mip`; so the result can be larger than that of one jump).
 * @throws ScaleUnavailableError.
 */
export function cornersToMip(
  info: Info,
  [min, max]: Corners,
  mip: MipSpec,
  toMip: MipSpec,
): [number[], number[]] {
  let at = findMip(info, mip);
  const end = findMip(info, toMip);
  let low = [...min];
  let high = [...max];
  while (at !== end) {
    const next = at < end ? at + 1 : at - 1;
    low = convert(info, low, at, next).map(Math.floor);
    high = convert(info, high, at, next).map(Math.ceil);
    at = next;
  }
  return [low, high];
}

/** A point in the voxels of `mip` in those of `toMip`, rounded down, in one jump. CloudVolume's `point_to_mip`. */
export function pointToMip(info: Info, point: Point, mip: MipSpec, toMip: MipSpec): number[] {
  return convert(info, point, findMip(info, mip), findMip(info, toMip)).map(Math.floor);
}

function convert({ scales }: Info, point: Point, mip: number, toMip: number): number[] {
  const from = scales[mip]!.resolution;
  const to = scales[toMip]!.resolution;
  return point.map((x, axis) => snap((x * (from[axis] ?? 1)) / (to[axis] ?? 1)));
}

/** Takes back the rounding of a fractional resolution (3 * 0.1 / 0.3 is 1.0000000000000002). Zero is +0. */
function snap(value: number): number {
  const whole = Math.round(value);
  return (Math.abs(value - whole) <= 1e-15 * Math.abs(value) ? whole : value) + 0;
}
