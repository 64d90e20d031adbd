/**
 * Chunk arithmetic of one scale. Boxes are `[x0, y0, z0, x1, y1, z1]` in voxels of the scale, half-open. Chunks begin
 * at the volume's offset, unless the grid has an anchor; those at its end are cut (Precomputed volumes). All plain numbers,
 * exact up to 2^53.
 */
import type { Box6 } from "../base/bbox.js";
import { roundHalfEven } from "../base/bbox-chunks.js";
import type { Vec3 } from "../base/strided.js";

const ZERO = 48;

export interface Grid {
  /** The volume's first voxel. */
  readonly offset: Vec3;
  /** Voxels of the volume. */
  readonly size: Vec3;
  /** Voxels of a whole chunk. */
  readonly chunk: Vec3;
  /** Where chunks begin, at or before the offset: the first ones are cut there. Default: at the offset. */
  readonly anchor?: Vec3 | undefined;
  /** Parts of chunks are read and written by themselves: plans name them instead of whole chunks. */
  readonly partial?: boolean | undefined;
}

/** A place where chunks begin. */
export function anchorOf({ anchor, offset }: Grid): Vec3 {
  return anchor ?? offset;
}

/** Something for each chunk, made when asked for. The first axis runs fastest. */
export interface PerChunk<T> extends Iterable<T> {
  readonly length: number;
  /** @param index 0 to `length` - 1. */
  at(index: number): T;
}

/** A block of the grid's cells: first cell along each axis, and how many. */
export interface Cells {
  readonly first: Vec3;
  readonly count: Vec3;
}

/** The cells of the chunks that a box touches, inside the volume; counts are 0 if there are none. */
export function cellsOf(grid: Grid, box: Box6): Cells {
  const { offset, size, chunk } = grid;
  const anchor = anchorOf(grid);
  const [x, y, z] = [0, 1, 2].map((axis): readonly [number, number] => {
    const origin = anchor[axis]!;
    const low = Math.max(box[axis]!, offset[axis]!);
    const high = Math.min(box[axis + 3]!, offset[axis]! + size[axis]!);
    if (low >= high) return [0, 0];
    const first = Math.floor((low - origin) / chunk[axis]!);
    return [first, Math.ceil((high - origin) / chunk[axis]!) - first];
  }) as [[number, number], [number, number], [number, number]];
  const none = x[1] * y[1] * z[1] === 0;
  return { first: [x[0], y[0], z[0]], count: none ? [0, 0, 0] : [x[1], y[1], z[1]] };
}

/** The box of one cell's chunk, cut at the volume's start and end. */
export function cellBox(grid: Grid, x: number, y: number, z: number): Box6 {
  const { offset, size, chunk } = grid;
  const anchor = anchorOf(grid);
  const x0 = anchor[0] + x * chunk[0];
  const y0 = anchor[1] + y * chunk[1];
  const z0 = anchor[2] + z * chunk[2];
  return [
    Math.max(x0, offset[0]),
    Math.max(y0, offset[1]),
    Math.max(z0, offset[2]),
    Math.min(x0 + chunk[0], offset[0] + size[0]),
    Math.min(y0 + chunk[1], offset[1] + size[1]),
    Math.min(z0 + chunk[2], offset[2] + size[2]),
  ];
}

/** The grid cell of a chunk's box: what sharded volumes number chunks by. */
export function cellAt(grid: Grid, box: Box6): Vec3 {
  const anchor = anchorOf(grid);
  const along = (axis: 0 | 1 | 2): number => Math.floor((box[axis] - anchor[axis]) / grid.chunk[axis]);
  return [along(0), along(1), along(2)];
}

/** How many chunks of the volume a box touches. */
export function chunkCount(grid: Grid, box: Box6): number {
  const [x, y, z] = cellsOf(grid, box).count;
  return x * y * z;
}

/** The chunks that a box touches, as boxes. Costs nothing until one is asked for. */
export function chunkBoxes(grid: Grid, box: Box6): PerChunk<Box6> {
  return perCell(cellsOf(grid, box), (x, y, z) => cellBox(grid, x, y, z));
}

/** Lists what `make` gives for each cell of a block, lazily. */
export function perCell<T>(
  { first: [fx, fy, fz], count: [nx, ny, nz] }: Cells,
  make: (x: number, y: number, z: number, index: number) => T,
): PerChunk<T> {
  return lazily(nx * ny * nz, (index) => {
    const row = Math.floor(index / nx);
    return make(fx + (index % nx), fy + (row % ny), fz + Math.floor(row / ny), index);
  });
}

export function lazily<T>(length: number, at: (index: number) => T): PerChunk<T> {
  return {
    length,
    at,
    *[Symbol.iterator]() {
      for (let i = 0; i < length; i++) yield at(i);
    },
  };
}

/** A chunk's file name within its scale: `x0-x1_y0-y1_z0-z1`. */
export function chunkKey(box: Box6): string {
  return `${box[0]}-${box[3]}_${box[1]}-${box[4]}_${box[2]}-${box[5]}`;
}

/** A chunk's key within its layer: `<scale key>/x0-x1_y0-y1_z0-z1`. */
export function chunkName(scaleKey: string, box: Box6): string {
  return `${scaleKey}/${chunkKey(box)}`;
}

/** The box that a key ends with, as {@link chunkKey} writes it; undefined if it ends with none. */
export function boxOfKey(key: string): Box6 | undefined {
  // Read from its end: keys are parsed for every chunk of every read, and a regular expression costs more than opening a file.
  const box: [number, number, number, number, number, number] = [0, 0, 0, 0, 0, 0];
  let at = key.length - 1;
  for (const slot of [5, 2, 4, 1, 3, 0] as const) {
    const last = at;
    let value = 0;
    for (let unit = 1; ; unit *= 10, at--) {
      const digit = key.charCodeAt(at) - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value += digit * unit;
    }
    if (at === last) return undefined;
    const before = key[at - 1];
    const isNegative =
      key[at] === "-" &&
      (slot > 2 ? before === "-" : before === undefined || before === "_" || before === "/");
    if (isNegative) at--;
    box[slot] = isNegative && value > 0 ? -value : value;
    if (slot > 0 ? key[at] !== (slot > 2 ? "-" : "_") : at >= 0 && key[at] !== "/") return undefined;
    at--;
  }
  return box;
}

/** The smallest box of whole chunks around a box, cut to the volume; empty at its offset if the box is outside. */
export function expandToChunks(grid: Grid, box: Box6): Box6 {
  const { first, count } = cellsOf(grid, box);
  if (count[0] === 0) return [...grid.offset, ...grid.offset];
  const low = cellBox(grid, ...first);
  const high = cellBox(grid, first[0] + count[0] - 1, first[1] + count[1] - 1, first[2] + count[2] - 1);
  return [low[0], low[1], low[2], high[3], high[4], high[5]];
}

/** Whether a box lies in the volume and each face on a chunk's edge or the volume's end. */
export function isAligned(grid: Grid, box: Box6): boolean {
  if (box[0] >= box[3] || box[1] >= box[4] || box[2] >= box[5]) return false;
  const around = expandToChunks(grid, box);
  return around.every((v, i) => v === box[i]);
}

/**
 * The aligned box closest to a box: each face moves to the nearest chunk edge or volume end; an axis that would
 * become empty is expanded instead.
 */
export function nearestAligned(grid: Grid, box: Box6): Box6 {
  const { offset, size, chunk } = grid;
  const anchor = anchorOf(grid);
  const axes = ([0, 1, 2] as const).map((axis): readonly [number, number] => {
    const start = offset[axis];
    const end = start + size[axis];
    const cellOf = (v: number): number => Math.floor((v - anchor[axis]) / chunk[axis]);
    const edges = (cell: number): readonly [number, number] => {
      const low = anchor[axis] + cell * chunk[axis];
      return [Math.max(low, start), Math.min(low + chunk[axis], end)];
    };
    const inside = (v: number): number => Math.min(Math.max(v, start), end);
    const near = (v: number): number => {
      const [below, above] = edges(cellOf(v));
      return below + roundHalfEven((v - below) / (above - below || 1)) * (above - below);
    };
    const [low, high] = [inside(box[axis]), inside(box[axis + 3]!)];
    const [from, to] = [near(low), near(high)];
    // Too thin to round: the chunk that its middle lies in.
    return from < to
      ? [from, to]
      : edges(Math.min(cellOf((low + high) / 2), Math.max(cellOf(start), cellOf(end - 1))));
  }) as [[number, number], [number, number], [number, number]];
  const [x, y, z] = axes;
  return [x[0], y[0], z[0], x[1], y[1], z[1]];
}
