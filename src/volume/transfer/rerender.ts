/** Voxels from one volume to the other, block by block: other encodings, chunks, formats, and boxes that cut chunks. */
import type { Box6 } from "../../base/bbox.js";
import { fortranStride } from "../../base/strided.js";
import { expandToChunks } from "../../grid/align.js";
import { chunkCount } from "../../grid/grid.js";
import { planRead } from "../../grid/plan.js";
import { chunkContext } from "../chunk-store.js";
import { boxSize, isForeign, type ScaleLayout, voxelBytes } from "../layout.js";
import { readBox } from "../read.js";
import type { ReadResult } from "../read-request.js";
import { slabs } from "../read-slabs.js";
import { isWholeBox, isWholeShard, shardGroups } from "../shard-groups.js";
import { writeBox } from "../write.js";
import { type ChunkVoxels, writeShardGroup } from "../write-sharded.js";
import type { TransferRequest, TransferUnit } from "./request.js";
import { endsForWorkers, transcodeBlock } from "./transcode.js";

/** Voxels of a block, unless one chunk of the destination has more. */
const BLOCK_BYTES = 16 << 20;
/** The same where workers go from file to file, and hold a chunk each. */
const WORKER_BLOCK = 128 << 20;

/** Voxels of a shard of an array that is written as a whole. */
const SHARD_BYTES = 256 << 20;

export function rerenderUnits(request: TransferRequest): {
  readonly length: number;
  at(i: number): TransferUnit;
} {
  const { to, box } = request;
  if (to.layout.sharding !== undefined) {
    const units = shardedUnits(request);
    return { length: units.length, at: (i) => units[i]! };
  }
  const bytes = endsForWorkers(request) ? WORKER_BLOCK : BLOCK_BYTES;
  const blocks = [...slabs({ layout: byShards(to.layout), box }, bytes)];
  return {
    length: blocks.length,
    at: (i) => ({
      chunks: chunkCount(to.layout.grid, blocks[i]!),
      run: () => renderBlock(request, blocks[i]!),
    }),
  };
}

/** Blocks of arrays in shards are whole shards where these are not too large, so that each is written once. */
function byShards(layout: ScaleLayout): ScaleLayout {
  const { grid, array } = layout;
  if (array?.shards === undefined) return layout;
  const { perShard } = array.shards;
  const side = (axis: 0 | 1 | 2): number => grid.chunk[axis] * (perShard[array.axes.indexOf(axis)] ?? 1);
  const chunk = [side(0), side(1), side(2)] as const;
  return voxelBytes(layout, chunk) > SHARD_BYTES ? layout : { ...layout, grid: { ...grid, chunk } };
}

async function renderBlock(request: TransferRequest, box: Box6): Promise<void> {
  const { from, to, policy, parallel, signal } = request;
  const ends = endsForWorkers(request);
  if (ends !== undefined) await transcodeBlock(request, box, ends);
  else {
    const { data, lifetime } = await readSource(request, box);
    const shape = [...boxSize(box), from.layout.channels];
    const array = { data, shape, stride: fortranStride(shape) };
    await writeBox(to.context, { layout: to.layout, box, array, policy, parallel, signal });
    lifetime.release();
  }
  if (isForeign(to.layout)) return;
  const keys = Array.from(planRead(to.layout.grid, box), (chunk) => `${to.layout.key}/${chunk.key}`);
  await to.context.store.sync?.(keys);
}

function readSource(
  { from, fillMissing, background, parallel, signal }: TransferRequest,
  box: Box6,
): Promise<ReadResult> {
  return readBox(from.context, { layout: from.layout, box, fillMissing, background, parallel, signal });
}

/** A shard each. Its chunks are read in rows, so that a chunk of the source is not read for each of them. */
function shardedUnits(request: TransferRequest): TransferUnit[] {
  const { to, box } = request;
  const { layout } = to;
  const { sharding } = layout;
  if (sharding === undefined) return [];
  const plan = planRead(layout.grid, box);
  const all = isWholeBox(layout.grid, box);
  return shardGroups(layout.grid, sharding, plan).map((group) => ({
    chunks: group.members.length,
    run: async () => {
      const whole = isWholeShard(layout.grid, sharding, group, all);
      const { voxels, release } = rowsOf(
        request,
        group.members.map(({ index }) => plan.at(index).box),
      );
      try {
        const context = chunkContext(to.context, layout);
        const how = {
          layout,
          policy: request.policy,
          parallel: request.parallel,
          signal: request.signal,
          batchBytes: BLOCK_BYTES,
        };
        await writeShardGroup(context, how, sharding, plan, group, whole, voxels);
      } finally {
        release();
      }
    },
  }));
}

/** The voxels of chunks, out of blocks of the source that are kept while neighbours are asked for. */
function rowsOf(
  request: TransferRequest,
  members: readonly Box6[],
): { voxels: ChunkVoxels; release: () => void } {
  const { layout } = request.to;
  const end = members.reduce((most, box) => Math.max(most, box[3]), Number.NEGATIVE_INFINITY);
  let held: { box: Box6; read: ReadResult } | undefined;
  const voxels: ChunkVoxels = async (chunk) => {
    const inHeld = held?.box.every((n, i) => (i < 3 ? n <= chunk.box[i]! : n >= chunk.box[i]!)) === true;
    if (!inHeld) {
      held?.read.lifetime.release();
      held = undefined;
      const row = rowAround(request, chunk.box, end);
      held = { box: row, read: await readSource(request, row) };
    }
    const { box: at, read } = held!;
    const shape = [...boxSize(at), layout.channels];
    const stride = fortranStride(shape);
    const from = chunk.box.slice(0, 3).reduce((sum, n, axis) => sum + (n - at[axis]!) * stride[axis]!, 0);
    return { data: read.data.subarray(from), shape: [...boxSize(chunk.box), layout.channels], stride };
  };
  return { voxels, release: () => held?.read.lifetime.release() };
}

/** A row of chunks along x, as long as a block may be. */
function rowAround({ to }: TransferRequest, chunk: Box6, most: number): Box6 {
  const { grid } = to.layout;
  const chunkBytes = voxelBytes(to.layout, boxSize(chunk));
  const count = Math.max(1, Math.floor(BLOCK_BYTES / Math.max(1, chunkBytes)));
  const end = Math.min(most, chunk[0] + count * grid.chunk[0]);
  return expandToChunks(grid, [chunk[0], chunk[1], chunk[2], end, chunk[4], chunk[5]]);
}
