/** Which chunks of a plan share a shard. Pure. */
import type { Box6 } from "../base/bbox.js";
import type { Vec3 } from "../base/strided.js";
import { type Cells, cellAt, type Grid } from "../grid/grid.js";
import { compressedMorton, gridSize, mortonAxes } from "../grid/morton.js";
import type { ChunkRead, ReadPlan } from "../grid/plan.js";
import { placeOfLabel, type ShardingSpec } from "../shards/neuroglancer-uint64/index.js";

export interface ShardGroup {
  readonly file: string;
  /** Places in the plan, with the labels of their chunks. */
  readonly members: { readonly index: number; readonly label: bigint }[];
}

export function labelOf(grid: Grid, chunk: Pick<ChunkRead, "box">): bigint {
  return compressedMorton(cellAt(grid, chunk.box), gridSize(grid));
}

/** The chunks of a plan by shard, in the order in which the plan first meets a shard. 24 bytes and more a chunk. */
export function shardGroups(grid: Grid, spec: ShardingSpec, plan: ReadPlan): ShardGroup[] {
  const groups = new Map<string, ShardGroup>();
  for (const chunk of plan) {
    const label = labelOf(grid, chunk);
    const { file } = placeOfLabel(spec, label);
    const group = groups.get(file) ?? { file, members: [] };
    groups.set(file, group);
    group.members.push({ index: chunk.index, label });
  }
  return [...groups.values()];
}

/**
 * The block of cells that shares a shard with a label; undefined where shards are no blocks, because labels are hashed or
 * a shard takes several blocks.
 */
export function shardCells(grid: Grid, spec: ShardingSpec, label: bigint): Cells | undefined {
  const size = gridSize(grid);
  const axes = mortonAxes(size);
  const within = spec.preshiftBits + spec.minishardBits;
  if (spec.hash !== "identity" || axes.length > within + spec.shardBits) return undefined;
  const first: [number, number, number] = [0, 0, 0];
  const extent: [number, number, number] = [1, 1, 1];
  const weight: [number, number, number] = [1, 1, 1];
  axes.forEach((axis, bit) => {
    if (bit < within) extent[axis]! *= 2;
    else if ((label >> BigInt(bit)) & 1n) first[axis]! += weight[axis]!;
    weight[axis]! *= 2;
  });
  const count = first.map((n, axis) => Math.min(extent[axis]!, size[axis]! - n)) as unknown as Vec3;
  return { first, count };
}

/** Whether a box is the whole volume. */
export function isWholeBox({ offset, size }: Grid, box: Box6): boolean {
  return [0, 1, 2].every((a) => box[a] === offset[a] && box[a + 3] === offset[a]! + size[a]!);
}

/** Whether a group holds every chunk of the volume that belongs to its shard. */
export function isWholeShard(grid: Grid, spec: ShardingSpec, { members }: ShardGroup, all: boolean): boolean {
  if (all) return true;
  const one = members[0];
  const cells = one && shardCells(grid, spec, one.label);
  return cells !== undefined && cells.count[0] * cells.count[1] * cells.count[2] === members.length;
}
