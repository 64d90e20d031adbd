/** Which part of which chunk goes where. Plans are values: the same arguments give the same plan on any thread. */
import type { Box6 } from "../base/bbox.js";
import type { Vec3 } from "../base/strided.js";
import {
  anchorOf,
  type Cells,
  cellBox,
  cellsOf,
  chunkKey,
  type Grid,
  lazily,
  type PerChunk,
  perCell,
} from "./grid.js";

/** One chunk's part in a cut-out. */
export interface ChunkRead {
  /** The place in the plan. */
  readonly index: number;
  /** `x0-x1_y0-y1_z0-z1`, relative to the scale. */
  readonly key: string;
  /** The whole chunk, cut at the volume's end. */
  readonly box: Box6;
  /** Voxels of the chunk. */
  readonly shape: Vec3;
  /** The first voxel wanted, within the chunk. */
  readonly from: Vec3;
  /** Voxels wanted of the chunk. */
  readonly size: Vec3;
  /** Where they lie in the box asked for, from its first voxel. */
  readonly to: Vec3;
}

export type ReadPlan = PerChunk<ChunkRead>;

/**
 * The chunks that a box touches; their parts cover what of the box lies in the volume, each voxel once. Nothing is
 * held for a chunk until it is asked for, so plans of any size cost the same.
 */
export function planRead(grid: Grid, box: Box6): ReadPlan {
  const chunkAt = (x: number, y: number, z: number): Box6 => {
    const chunk = cellBox(grid, x, y, z);
    return grid.partial === true ? common(chunk, box) : chunk;
  };
  return perCell(cellsOf(grid, box), (x, y, z, index) => part(chunkAt(x, y, z), box, index));
}

/** The box that two boxes have in common. */
function common(a: Box6, b: Box6): Box6 {
  const [x0, y0, z0] = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.max(a[2], b[2])];
  return [x0, y0, z0, Math.min(a[3], b[3]), Math.min(a[4], b[4]), Math.min(a[5], b[5])];
}

export interface WritePlan {
  /** The biggest aligned box inside, to write without reading; undefined if it holds no whole chunk. */
  readonly core: Box6 | undefined;
  /** The chunks outside the core, which the box cuts: to be read, painted and written. */
  readonly shell: ReadPlan;
}

/** Splits a box into whole chunks and cut ones: none where parts are written by themselves. What lies outside the volume is left out. */
export function planWrite(grid: Grid, box: Box6): WritePlan {
  const all = cellsOf(grid, box);
  if (grid.partial === true && all.count[0] > 0) {
    const { offset: o, size: n } = grid;
    const core = common(box, [o[0], o[1], o[2], o[0] + n[0], o[1] + n[1], o[2] + n[2]]);
    return { core, shell: lazily(0, () => part(core, box, 0)) };
  }
  const core = wholeCells(grid, box, all);
  if (core === undefined) return { core, shell: planRead(grid, box) };
  const { first, count } = core;
  const low = cellBox(grid, ...first);
  const high = cellBox(grid, first[0] + count[0] - 1, first[1] + count[1] - 1, first[2] + count[2] - 1);
  const [nx, ny, nz] = all.count;
  const length = nx * ny * nz - count[0] * count[1] * count[2];
  return {
    core: [low[0], low[1], low[2], high[3], high[4], high[5]],
    shell: lazily(length, (index) => {
      const [x, y, z] = outside(all, core, index);
      return part(cellBox(grid, x, y, z), box, index);
    }),
  };
}

function part(chunk: Box6, box: Box6, index: number): ChunkRead {
  const x0 = Math.max(chunk[0], box[0]);
  const y0 = Math.max(chunk[1], box[1]);
  const z0 = Math.max(chunk[2], box[2]);
  return {
    index,
    key: chunkKey(chunk),
    box: chunk,
    shape: [chunk[3] - chunk[0], chunk[4] - chunk[1], chunk[5] - chunk[2]],
    from: [x0 - chunk[0], y0 - chunk[1], z0 - chunk[2]],
    size: [Math.min(chunk[3], box[3]) - x0, Math.min(chunk[4], box[4]) - y0, Math.min(chunk[5], box[5]) - z0],
    to: [x0 - box[0], y0 - box[1], z0 - box[2]],
  };
}

/** The cells whose chunks lie wholly in the box. */
function wholeCells(grid: Grid, box: Box6, { first, count }: Cells): Cells | undefined {
  const { offset, size, chunk } = grid;
  const anchor = anchorOf(grid);
  const [x, y, z] = ([0, 1, 2] as const).map((axis): readonly [number, number] => {
    const low = box[axis] - anchor[axis];
    const high = box[axis + 3]! - anchor[axis];
    const start =
      box[axis] <= offset[axis] ? first[axis] : Math.max(first[axis], Math.ceil(low / chunk[axis]));
    const atEnd = box[axis + 3]! >= offset[axis] + size[axis];
    const stop = atEnd ? first[axis] + count[axis] : Math.floor(high / chunk[axis]);
    return [start, Math.max(0, stop - start)];
  }) as [[number, number], [number, number], [number, number]];
  if (count[0] === 0 || x[1] * y[1] * z[1] === 0) return undefined;
  return { first: [x[0], y[0], z[0]], count: [x[1], y[1], z[1]] };
}

/** The cell at a place in the list of those cells of `all` that are not in `core`, in grid order. */
function outside(all: Cells, core: Cells, index: number): Vec3 {
  const [nx, ny] = all.count;
  const [z, inPlane] = skip(index, nx * ny, all, core, 2, nx * ny - core.count[0] * core.count[1]);
  if (!within(core, 2, z)) return [all.first[0] + (inPlane % nx), all.first[1] + Math.floor(inPlane / nx), z];
  const [y, inRow] = skip(inPlane, nx, all, core, 1, nx - core.count[0]);
  if (!within(core, 1, y)) return [all.first[0] + inRow, y, z];
  const x = all.first[0] + inRow;
  return [x < core.first[0] ? x : x + core.count[0], y, z];
}

/**
 * Where a place falls along an axis whose layers hold `full` cells each, but `pierced` ones where the core is:
 * the layer, and the place within it.
 */
function skip(
  index: number,
  full: number,
  all: Cells,
  core: Cells,
  axis: 1 | 2,
  pierced: number,
): [number, number] {
  const before = (core.first[axis] - all.first[axis]) * full;
  if (index < before) return [all.first[axis] + Math.floor(index / full), index % full];
  const rest = index - before;
  const amid = core.count[axis] * pierced;
  if (rest < amid) return [core.first[axis] + Math.floor(rest / pierced), rest % pierced];
  const after = rest - amid;
  return [core.first[axis] + core.count[axis] + Math.floor(after / full), after % full];
}

function within({ first, count }: Cells, axis: 1 | 2, cell: number): boolean {
  return cell >= first[axis] && cell < first[axis] + count[axis];
}
