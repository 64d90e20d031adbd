/** Where voxels lie on a pane: plain arithmetic in pixels of the page. */
import { type Axis, PLANES } from "../../src/pictures/plane.js";

export type Triple = [number, number, number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A slice on its pane: where its first voxel begins, and the size of a voxel. */
export interface Placement {
  readonly left: number;
  readonly top: number;
  readonly stepX: number;
  readonly stepY: number;
}

/** Lengths of a voxel, the shortest being 1. */
export function lengthsOf(resolution: readonly number[]): Triple {
  const least = Math.min(...resolution);
  return resolution.map((n) => n / least) as Triple;
}

/** The pixels of the shortest voxel side at which a whole slice is seen, with some air around it. */
export function fitScale(axis: Axis, shape: readonly number[], lengths: Triple, pane: Size): number {
  const { right, down } = PLANES[axis];
  const [across, along] = [shape[right]! * lengths[right]!, shape[down]! * lengths[down]!];
  return Math.max(1e-6, Math.min((pane.width * 0.94) / across, (pane.height * 0.94) / along));
}

export function place(axis: Axis, center: Triple, scale: number, lengths: Triple, pane: Size): Placement {
  const { right, down } = PLANES[axis];
  const [stepX, stepY] = [scale * lengths[right]!, scale * lengths[down]!];
  const left = pane.width / 2 - center[right]! * stepX;
  return { left, top: pane.height / 2 - center[down]! * stepY, stepX, stepY };
}

/** The point of a volume under a pixel, in voxels: along the axis that is cut, the middle of the slice. */
export function pointUnder(axis: Axis, at: Placement, x: number, y: number, slice: number): Triple {
  const { right, down, cut } = PLANES[axis];
  const point: Triple = [0, 0, 0];
  point[right] = (x - at.left) / at.stepX;
  point[down] = (y - at.top) / at.stepY;
  point[cut] = slice + 0.5;
  return point;
}

export function voxelOf(point: Triple): Triple {
  return point.map(Math.floor) as Triple;
}

export function isInside(voxel: readonly number[], shape: readonly number[]): boolean {
  return voxel.every((n, i) => n >= 0 && n < shape[i]!);
}

export function clamped(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/**
 * The voxels of a slice that a round brush covers on its way between two points: those whose centres lie within it, and the ones
 * it begins and ends on. `radius` is in shortest voxel sides, so that it looks round where voxels are not cubes.
 */
export function* brushed(
  axis: Axis,
  from: Triple,
  to: Triple,
  radius: number,
  lengths: Triple,
): Generator<Triple> {
  const { right, down, cut } = PLANES[axis];
  const [unitX, unitY] = [lengths[right]!, lengths[down]!];
  const [ax, ay, bx, by] = [from[right]! * unitX, from[down]! * unitY, to[right]! * unitX, to[down]! * unitY];
  const [dx, dy] = [bx - ax, by - ay];
  const squared = dx * dx + dy * dy;
  const bounds = (a: number, b: number, unit: number): [number, number] => [
    Math.floor((Math.min(a, b) - radius) / unit),
    Math.floor((Math.max(a, b) + radius) / unit),
  ];
  const [[x0, x1], [y0, y1]] = [bounds(ax, bx, unitX), bounds(ay, by, unitY)];
  const ends = [voxelOf(from), voxelOf(to)];
  const isEnd = (x: number, y: number): boolean => ends.some((end) => end[right] === x && end[down] === y);
  for (let y = y0; y <= y1; y++)
    for (let x = x0; x <= x1; x++) {
      const [px, py] = [(x + 0.5) * unitX - ax, (y + 0.5) * unitY - ay];
      const along = squared === 0 ? 0 : clamped((px * dx + py * dy) / squared, 0, 1);
      const distance = Math.hypot(px - along * dx, py - along * dy);
      if (distance > radius && !isEnd(x, y)) continue;
      const voxel: Triple = [0, 0, 0];
      [voxel[right], voxel[down], voxel[cut]] = [x, y, Math.floor(from[cut]!)];
      yield voxel;
    }
}

/** A round length (1, 2 or 5 times a power of ten) of at most `most`. */
export function roundLength(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((n) => n * power).find((n) => n <= most) ?? power;
}
