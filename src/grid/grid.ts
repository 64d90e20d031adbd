/**
 * Chunk arithmetic of one scale. Boxes are `[x0, y0, z0, x1, y1, z1]` in voxels of the scale, half-open. Chunks begin
 * at the volume's offset, unless the grid has an anchor; those at its end are cut (Precomputed volumes). All plain numbers,
 * exact up to 2^53.
 */
import type { Box6 } from "../base/bbox.js";
import type { Vec3 } from "../base/strided.js";

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
