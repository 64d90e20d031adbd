/** Coordinates of another resolution than the level's own, e.g. those that Neuroglancer shows for a finer layer. */
import { Bbox } from "../base/bbox.js";
import { ArgumentError } from "../base/errors.js";
import { resolveSlices, type Slices } from "../base/slicing.js";
import type { Vec3 } from "../base/strided.js";

/**
 * A box in voxels of `coordResolution` as one of voxels of `resolution`, both ends rounded down. A box in a physical
 * unit needs no such conversion and comes out the same. Source: CloudVolume `coord_resolution`.
 * @throws ArgumentError for steps, and for a resolution that is none.
 */
export function boxFromCoords(
  selection: Slices,
  bounds: Bbox,
  resolution: Vec3,
  coordResolution: readonly number[],
): Bbox {
  const factor = factorsOf(resolution, coordResolution);
  const wide = new Bbox(
    bounds.minpt.map((v, a) => Math.floor(v * factor[a as 0])),
    bounds.maxpt.map((v, a) => Math.ceil(v * factor[a as 0])),
    { dtype: "int64" },
  );
  const { box, step } = resolveSlices(selection, wide, 1, { bounded: false, resolution: coordResolution });
  if (step.some((s) => s !== 1))
    throw new ArgumentError("A box in another resolution has no steps", { where: "coordResolution" });
  const down = (v: number, a: number): number => floorNearly(v / factor[a as 0]);
  return new Bbox(box.minpt.map(down), box.maxpt.map(down), { dtype: "int64" });
}

/** A point in voxels of `coordResolution` as one of voxels of `resolution`, not rounded. */
export function pointFromCoords(
  point: readonly number[],
  resolution: Vec3,
  coordResolution: readonly number[] | undefined,
): readonly number[] {
  if (coordResolution === undefined) return point;
  const factor = factorsOf(resolution, coordResolution);
  return point.map((v, a) => v / factor[a as 0]);
}

function factorsOf(resolution: Vec3, coordResolution: readonly number[]): Vec3 {
  const usable = coordResolution.length === 3 && coordResolution.every((r) => Number.isFinite(r) && r > 0);
  if (!usable)
    throw new ArgumentError("Not a resolution", {
      where: "coordResolution",
      expected: "three positive numbers",
      got: `[${coordResolution.join(", ")}]`,
    });
  return [0, 1, 2].map((a) => resolution[a]! / coordResolution[a]!) as unknown as Vec3;
}

/** Rounds down, but takes what is a whole number up to a rounding error for that number. */
function floorNearly(value: number): number {
  const nearest = Math.round(value);
  return (
    (Math.abs(value - nearest) <= 8 * Number.EPSILON * Math.abs(value) ? nearest : Math.floor(value)) + 0
  );
}
