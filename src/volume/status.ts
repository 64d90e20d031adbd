/** What becomes of each chunk: there, not there, refused, or failed. */
import type { Box6 } from "../base/bbox.js";
import { type TypedArray, toVoxel } from "../base/dtype.js";
import { CloudVolumeError } from "../base/errors.js";
import { copyBox } from "../base/strided.js";
import { planRead } from "../grid/plan.js";
import { chunkStore } from "./chunk-store.js";
import type { VolumeContext } from "./context.js";
import { boxSize, voxelBytes } from "./layout.js";
import { readBox } from "./read.js";
import { allocate, fillArray, type ReadRequest } from "./read-request.js";
import { supervise } from "./supervise.js";

/** `failed`: the storage failed, or the chunk is damaged. */
export type ChunkStatus = "present" | "missing" | "denied" | "failed";

const IN_FLIGHT = 16;

/** What an error says of a chunk. @throws the error itself if it says nothing: an abort, a wrong argument. */
export function statusOf(error: unknown): ChunkStatus {
  if (error instanceof CloudVolumeError) {
    if (error.kind === "missing" || error.kind === "denied" || error.kind === "failed") return error.kind;
  }
  throw error;
}

/** Runs `act` for each chunk, some at a time, and notes its outcome by key. */
export async function eachStatus(
  { layout, box, signal, onProgress }: Pick<ReadRequest, "layout" | "box" | "signal" | "onProgress">,
  act: (key: string, part: Box6, to: readonly number[]) => Promise<ChunkStatus>,
): Promise<Map<string, ChunkStatus>> {
  const plan = planRead(layout.grid, box);
  const found: ChunkStatus[] = [];
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < plan.length; i = next++) {
      const { key, size, to } = plan.at(i);
      const low = to.map((v, a) => v + box[a as 0]) as [number, number, number];
      const part: Box6 = [...low, low[0] + size[0], low[1] + size[1], low[2] + size[2]];
      found[i] = await act(`${layout.key}/${key}`, part, to).catch(statusOf);
      onProgress?.({ done: ++done, total: plan.length });
    }
  };
  const stop = (): void => {
    next = plan.length;
  };
  await supervise(Array.from({ length: Math.min(IN_FLIGHT, plan.length) }, lane), stop, signal).result;
  return new Map(found.map((status, i) => [`${layout.key}/${plan.at(i).key}`, status]));
}

/** The outcome of asking for each chunk that a box touches, without reading any. Never throws for one of them. */
export async function chunkStatus(
  context: VolumeContext,
  request: Pick<ReadRequest, "layout" | "box" | "signal" | "onProgress">,
): Promise<Map<string, ChunkStatus>> {
  const store = chunkStore(context, request.layout);
  return await eachStatus(request, async (key) => {
    const found = await store.stat(key, { signal: request.signal });
    return found === undefined ? "missing" : "present";
  });
}

/**
 * Reads what can be read of a box; the rest is background. Chunk by chunk on the calling thread: slower than a read that
 * stops at the first failure. @returns the voxels, and what became of each chunk.
 */
export async function readWithStatus(
  context: VolumeContext,
  request: ReadRequest,
): Promise<{ readonly data: TypedArray; readonly status: Map<string, ChunkStatus> }> {
  const { layout, box, background } = request;
  const shape = [...boxSize(box), layout.channels];
  const data = request.out ?? allocate(request, voxelBytes(layout, boxSize(box)));
  fillArray(data, toVoxel(background, layout.dtype));
  const status = await eachStatus(request, async (_, part, to) => {
    const one = { ...request, box: part, fillMissing: false, out: undefined, onProgress: undefined };
    const read = await readBox(context, { ...one, parallel: 1 });
    copyBox(read.data, [...boxSize(part), layout.channels], data, shape, [...to, 0]);
    read.lifetime.release();
    return "present";
  });
  return { data, status };
}
