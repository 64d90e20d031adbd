/** The pieces of a mesh in the cells of an octree's level, with whole coordinates. */

import { uniquePoints } from "../mesh/consolidate.js";
import type { Coordinates } from "../mesh/data.js";
import { splitOnGrid } from "./split.js";
import { compareZ } from "./z-order.js";

export interface Cell {
  /** In stored coordinates. */
  readonly origin: readonly number[];
  readonly shape: readonly number[];
  /** Cells of the level, along each axis. */
  readonly count: readonly number[];
}

export interface Fragment {
  readonly position: readonly [number, number, number];
  /** Whole numbers from 0 to `2 ** bits - 1`, over the cell. */
  readonly vertices: Float32Array;
  readonly faces: Uint32Array;
}

/** More than any level has along an axis. */
const MOST_CELLS = 2 ** 17;

/**
 * Cuts a mesh into the fragments of a level, in Z order. No triangle crosses a border of a cell, nor, with `halves`, the planes
 * through its middle, as Neuroglancer wants it of all levels but the finest. Vertices on a border come out on the
 * same point in both cells: quantization opens no cracks.
 */
export function cutIntoFragments(
  points: Coordinates,
  faces: Uint32Array,
  cell: Cell,
  { bits, halves }: { readonly bits: number; readonly halves: boolean },
): Fragment[] {
  const parts = halves ? 2 : 1;
  const scaled = new Float64Array(points.length);
  for (let i = 0; i < points.length; i++)
    scaled[i] = ((points[i]! - cell.origin[i % 3]!) / cell.shape[i % 3]!) * parts;
  const split = splitOnGrid({ points: scaled, faces });
  const groups = new Map<number, { position: [number, number, number]; faces: number[] }>();
  for (let i = 0; i < split.faces.length; i += 3) {
    const [a, b, c] = [split.faces[i]!, split.faces[i + 1]!, split.faces[i + 2]!];
    const index = (axis: number): number => {
      const { points: at } = split;
      const low = Math.min(at[3 * a + axis]!, at[3 * b + axis]!, at[3 * c + axis]!);
      return Math.min(Math.max(Math.floor(low / parts), 0), cell.count[axis]! - 1);
    };
    const [x, y, z] = [index(0), index(1), index(2)];
    const key = (z * MOST_CELLS + y) * MOST_CELLS + x;
    let group = groups.get(key);
    if (group === undefined) {
      group = { position: [x, y, z], faces: [] };
      groups.set(key, group);
    }
    group.faces.push(a, b, c);
  }
  return [...groups.values()]
    .sort((a, b) => compareZ(a.position, b.position))
    .map((group) => quantize(split.points, group.faces, group.position, parts, bits))
    .filter((fragment) => fragment.faces.length > 0);
}

/** Whole coordinates within a cell. Vertices that fall together are one, triangles that lose a corner by it are left out. */
function quantize(
  points: Float64Array,
  faces: readonly number[],
  position: readonly [number, number, number],
  parts: number,
  bits: number,
): Fragment {
  const most = 2 ** bits - 1;
  const corners = new Float32Array(3 * faces.length);
  faces.forEach((vertex, i) => {
    for (let axis = 0; axis < 3; axis++) {
      const within = points[3 * vertex + axis]! / parts - position[axis]!;
      corners[3 * i + axis] = Math.min(Math.max(Math.round(within * most), 0), most);
    }
  });
  const { points: vertices, inverse } = uniquePoints(corners);
  const kept: number[] = [];
  for (let i = 0; i < inverse.length; i += 3) {
    const [a, b, c] = [inverse[i]!, inverse[i + 1]!, inverse[i + 2]!];
    if (a !== b && b !== c && a !== c) kept.push(a, b, c);
  }
  return { position, vertices, faces: Uint32Array.from(kept) };
}
