/** Rows of a dense chunk that come one after the other, each to its place: nothing of the chunk but what is wanted is kept. */
import { placeDense } from "../base/place.js";
import type { Placement } from "../base/placement.js";
import type { Vec4 } from "../base/strided.js";
import type { Region, Workspace } from "../base/workspace.js";

export interface Rows {
  /** Voxels along x, y, z, channel of the whole chunk, and bytes of one. */
  readonly shape: Vec4;
  readonly bytes: number;
  readonly target: Placement;
}

/** How many of the rows `first` to `first + count` there are up to the last one that is wanted; 0: none is. */
export function wantedRows({ shape, target }: Rows, first: number, count: number): number {
  const [, sy, sz] = shape;
  const { from, size } = target;
  const [low, high] = [from[1], from[1] + size[1]];
  const [bottom, top] = [from[2], from[2] + size[2] - 1];
  const last = first + count - 1;
  for (let plane = Math.floor(last / sy); plane >= Math.floor(first / sy); plane--) {
    const z = plane % sz;
    // From above what is wanted down to its top plane, from below it to that of the channel before.
    if (z > top) plane -= z - top;
    else if (z < bottom) plane -= z + sz - top;
    const start = Math.max(first, plane * sy + low);
    const end = Math.min(last + 1, plane * sy + high);
    if (start < end) return end - first;
  }
  return 0;
}

/** Places rows `first` to `first + count` of the chunk, which lie at `ptr`: whole planes together. */
export function placeRows(ws: Workspace, ptr: number, first: number, count: number, rows: Rows): void {
  const [sx, sy, sz] = rows.shape;
  const row = sx * rows.bytes;
  for (let done = 0; done < count; ) {
    const y = (first + done) % sy;
    const plane = (first + done - y) / sy;
    const z = plane % sz;
    const left = count - done;
    const whole = y === 0 && left >= sy;
    const [ny, nz] = whole ? [sy, Math.min(Math.floor(left / sy), sz - z)] : [Math.min(left, sy - y), 1];
    const source = { ptr: ptr + done * row, length: ny * nz * row };
    placePart(ws, source, { y, z, ny, nz, channel: (plane - z) / sz }, rows);
    done += ny * nz;
  }
}

interface Part {
  readonly y: number;
  readonly z: number;
  readonly ny: number;
  readonly nz: number;
  readonly channel: number;
}

function placePart(ws: Workspace, source: Region, part: Part, { shape, bytes, target }: Rows): void {
  const { from, size, stride } = target;
  const [y0, y1] = [Math.max(part.y, from[1]), Math.min(part.y + part.ny, from[1] + size[1])];
  const [z0, z1] = [Math.max(part.z, from[2]), Math.min(part.z + part.nz, from[2] + size[2])];
  if (y0 >= y1 || z0 >= z1) return;
  placeDense(ws, source, [shape[0], part.ny, part.nz, 1], bytes, {
    ptr: target.ptr + (y0 - from[1]) * stride[0] + (z0 - from[2]) * stride[1] + part.channel * stride[2],
    stride,
    from: [from[0], y0 - part.y, z0 - part.z],
    size: [size[0], y1 - y0, z1 - z0],
  });
}

/** Places rows as their bytes come, in pieces that need not end with a row. */
export function rowTaker(ws: Workspace, rows: Rows): (piece: Region) => number {
  const row = rows.shape[0] * rows.bytes;
  const all = rows.shape[1] * rows.shape[2] * rows.shape[3];
  let next = 0;
  return ({ ptr, length }) => {
    const count = Math.min(Math.floor(length / row), all - next);
    placeRows(ws, ptr, next, count, rows);
    next += count;
    return next < all ? count * row : length;
  };
}
