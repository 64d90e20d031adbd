/** Which voxels a picture shows. */
import { ArgumentError, type Axis, Bbox, type CloudVolume } from "../../src/node.js";
import type { Triple } from "./argument-values.js";

export interface Wanted {
  readonly at?: Triple | undefined;
  readonly size: number;
  readonly axis: Axis;
}

const AXES = ["x", "y", "z"] as const;

/**
 * A box one voxel thick around a point (default: the middle of the volume), cut to the volume. `size` counts voxels of the shorter
 * side, so that the picture is about so many pixels wide and high where voxels are not cubes.
 */
export function pictureBox({ bounds, resolution }: CloudVolume, { at, size, axis }: Wanted): Bbox {
  const { minpt, maxpt } = bounds;
  const cut = AXES.indexOf(axis);
  const center = at ?? AXES.map((_, i) => Math.floor((minpt[i]! + maxpt[i]!) / 2));
  const unit = Math.min(...resolution.filter((_, i) => i !== cut));
  const from = AXES.map((_, i) => {
    const length = i === cut ? 1 : Math.max(1, Math.round((size * unit) / resolution[i]!));
    const start = i === cut ? center[i]! : center[i]! - Math.floor(length / 2);
    return [Math.max(minpt[i]!, start), Math.min(maxpt[i]!, start + length)] as const;
  });
  if (from.some(([start, end]) => start >= end))
    throw new ArgumentError("There is nothing of the volume there", {
      where: `--at ${center.join(",")}`,
      expected: `a place within ${minpt.join(",")} and ${maxpt.join(",")}`,
    });
  return new Bbox(
    from.map(([start]) => start),
    from.map(([, end]) => end),
  );
}

/** Boxes for a contact sheet: as many slices as `count`, or as there are, at even distances through the whole volume. */
export function sheetBoxes(vol: CloudVolume, wanted: Wanted, count: number): Bbox[] {
  const cut = AXES.indexOf(wanted.axis);
  const [start, end] = [vol.bounds.minpt[cut]!, vol.bounds.maxpt[cut]!];
  const slices = Math.min(count, end - start);
  const middle = AXES.map((_, i) => Math.floor((vol.bounds.minpt[i]! + vol.bounds.maxpt[i]!) / 2));
  return Array.from({ length: slices }, (_, k) => {
    const at = [...(wanted.at ?? middle)];
    at[cut] = start + Math.floor(((k + 0.5) * (end - start)) / slices);
    return pictureBox(vol, { ...wanted, at: at as unknown as Triple });
  });
}
