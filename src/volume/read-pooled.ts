/** Large reads: workers fill one shared output. */
import { arrayType, type TypedArray, toVoxel } from "../base/dtype.js";
import { ORDINARY, type OutputMemory, type Outputs } from "../compute/outputs.js";
import type { WorkerPool } from "../compute/pool.js";
import type { ReadPlan } from "../grid/plan.js";
import type { ChunkContext } from "./chunk-store.js";
import { boxSize, denseByteStride, type ScaleLayout, voxelBytes } from "./layout.js";
import { feedWorkers, type LanesRequest, shareCounter } from "./read-lanes.js";
import { copyOut, fillArray, type ReadRequest, type ReadResult, reachesOutside } from "./read-request.js";
import type { OutputRef } from "./read-worker.js";
import type { Work } from "./supervise.js";

/** A large read by workers alone. Its result lies in a recycled memory, or in `out` if that is one. */
export async function readPooled(
  context: ChunkContext,
  request: ReadRequest,
  plan: ReadPlan,
  into?: SharedPlace,
): Promise<ReadResult> {
  const { pool, outputs } = context.runtime;
  if (pool === undefined || outputs === undefined) throw new TypeError("no workers here");
  const { layout, box, out } = request;
  await context.runtime.codec(layout.encoding, "decode");
  const bytes = voxelBytes(layout, boxSize(box));
  if (into !== undefined && out !== undefined) {
    await fill(context, request, plan, pool, into).result;
    return { data: out, lifetime: ORDINARY };
  }
  const lease = await outputs.acquire(bytes);
  const work = fill(context, request, plan, pool, { output: lease.output, ptr: lease.region.ptr });
  // The memory may be used again only when no worker writes to it any more, even if the caller has gone.
  void work.settled.then(() => {
    if (work.failed()) lease.discard();
  });
  await work.result;
  const { buffer, lifetime } = lease.publish();
  return { data: viewOf(buffer, lease.region.ptr, layout, bytes), lifetime };
}

/**
 * A middling read whose result is an ordinary array (or `out`), copied out of a recycled memory. `assisted`: this
 * thread takes part, together with the workers that are idle.
 */
export async function readCopied(
  context: ChunkContext,
  request: ReadRequest,
  plan: ReadPlan,
  assisted: boolean,
): Promise<ReadResult> {
  const { pool, outputs } = context.runtime;
  if (pool === undefined || outputs === undefined) throw new TypeError("no workers here");
  const { layout, box } = request;
  await context.runtime.codec(layout.encoding, "decode");
  const bytes = voxelBytes(layout, boxSize(box));
  const lease = await outputs.acquire(bytes);
  const place = { output: lease.output, ptr: lease.region.ptr };
  const work = fill(context, request, plan, pool, place, assisted);
  try {
    await work.result;
    const view = viewOf(lease.output.memory.buffer, lease.region.ptr, layout, bytes);
    return copyOut(context.runtime, view, request);
  } finally {
    void work.settled.then(() => lease.discard());
  }
}

/** Bytes in a memory that workers can write to. */
export interface SharedPlace {
  readonly output: OutputMemory;
  readonly ptr: number;
}

/** Where `out` lies, if it is dense memory of an earlier result of this process. */
export function sharedPlace(outputs: Outputs | undefined, out: TypedArray): SharedPlace | undefined {
  const found = outputs?.find(out.buffer);
  if (found === undefined) return undefined;
  const { output, region } = found;
  const inside =
    out.byteOffset >= region.ptr && out.byteOffset + out.byteLength <= region.ptr + output.capacity;
  return inside ? { output, ptr: out.byteOffset } : undefined;
}

function viewOf(buffer: ArrayBufferLike, ptr: number, { dtype }: ScaleLayout, bytes: number): TypedArray {
  const type = arrayType(dtype);
  return new type(buffer, ptr, bytes / type.BYTES_PER_ELEMENT);
}

/** Starts the lanes that write every voxel of the request. */
function fill(
  context: ChunkContext,
  request: ReadRequest,
  plan: ReadPlan,
  pool: WorkerPool,
  { output, ptr }: SharedPlace,
  assisted = false,
): Work {
  const { layout, box, background } = request;
  const size = boxSize(box);
  if (reachesOutside(layout, box)) {
    const view = viewOf(output.memory.buffer, ptr, layout, voxelBytes(layout, size));
    fillArray(view, toVoxel(background, layout.dtype));
  }
  const place: OutputRef = { id: output.id, ptr, stride: denseByteStride(layout, size) };
  const read: LanesRequest = { context, request, plan, pool, output, place };
  return context.chunks.spec === undefined ? feedWorkers(read) : shareCounter(read, assisted);
}
