/**
 * Where in its cell a label's box begins, as a number that an ordinary index of a database can be searched by. Each
 * cell is divided five times, into 16, 8, 4, 2 and 1 parts along each axis. A box belongs to the finest division whose
 * parts are at least as large as it, and there to the part in which it begins; so a box that reaches into a part
 * begins in it or in the one before.
 */
import type { Box6 } from "../../../../base/bbox.js";

const PARTS = [16, 8, 4, 2, 1] as const;
/** The first number of each division. */
const FIRST: readonly number[] = [0, 4096, 4096 + 512, 4096 + 512 + 64, 4096 + 512 + 64 + 8];
/** A box that covers more parts of the finest division than this is looked for in the whole cell. */
const MOST_PARTS = 1024;
/** Above this many rows of parts, each plane of them becomes one range, with more than is needed in it. */
const MOST_ROWS = 64;

export type PlaceRange = readonly [first: number, last: number];

export function placeOf(box: ArrayLike<number>, at: number, cell: Box6): number {
  for (let level = 0; level < PARTS.length; level++) {
    const parts = PARTS[level]!;
    const fits = [0, 1, 2].every((axis) => {
      const size = (cell[axis + 3]! - cell[axis]!) / parts;
      return parts === 1 || box[at + axis + 3]! - box[at + axis]! <= size;
    });
    if (!fits) continue;
    const [x, y, z] = [0, 1, 2].map((axis) => part(box[at + axis]!, axis, cell, parts)) as Triple;
    return FIRST[level]! + x + parts * (y + parts * z);
  }
  return FIRST.at(-1)!;
}

type Triple = [number, number, number];

/** The part of a division that a coordinate lies in; what lies outside counts for the first or last. */
function part(value: number, axis: number, cell: Box6, parts: number): number {
  const size = (cell[axis + 3]! - cell[axis]!) / parts;
  return Math.min(Math.max(Math.floor((value - cell[axis]!) / size), 0), parts - 1);
}

/** Ranges of places that hold every box which a query touches; undefined: look through the whole cell. */
export function placesTouching(query: Box6, cell: Box6): PlaceRange[] | undefined {
  const ranges: PlaceRange[] = [];
  for (const [level, parts] of PARTS.entries()) {
    const from = [0, 1, 2].map((axis) => Math.max(0, part(query[axis]!, axis, cell, parts) - 1)) as Triple;
    const to = [0, 1, 2].map((axis) => part(query[axis + 3]!, axis, cell, parts)) as Triple;
    const covered = from.reduce((n, first, axis) => n * (to[axis]! - first + 1), 1);
    if (level === 0 && covered > MOST_PARTS) return undefined;
    const rows = (to[1] - from[1] + 1) * (to[2] - from[2] + 1);
    for (let z = from[2]; z <= to[2]; z++) {
      const at = (x: number, y: number): number => FIRST[level]! + x + parts * (y + parts * z);
      if (rows > MOST_ROWS) ranges.push([at(from[0], from[1]), at(to[0], to[1])]);
      else for (let y = from[1]; y <= to[1]; y++) ranges.push([at(from[0], y), at(to[0], y)]);
    }
  }
  return joined(ranges);
}

/** Ranges in ascending order, those that meet made one. */
function joined(ranges: readonly PlaceRange[]): PlaceRange[] {
  const out: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = out.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else out.push([first, last]);
  }
  return out;
}
