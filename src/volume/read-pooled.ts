/** Large reads: workers fill one shared output. */
import { arrayType, type TypedArray, toVoxel } from "../base/dtype.js";
import { sharedWorkspace } from "../base/memory-workspace.js";
import { ORDINARY, type OutputMemory, type Outputs } from "../compute/outputs.js";
import type { WorkerPool } from "../compute/pool.js";
import type { ReadPlan } from "../grid/plan.js";
import type { VolumeContext } from "./context.js";
import { fillMissingChunk } from "./decode.js";
import { boxSize, denseByteStride, type ScaleLayout, voxelBytes } from "./layout.js";
import { copyOut, fillArray, type ReadRequest, type ReadResult, reachesOutside } from "./read-request.js";
import { type DecodeJob, DONE, NEXT, type OutputRef, type ReadJob, readSlice } from "./read-worker.js";
import { readStored } from "./stored.js";
import { supervise, type Work } from "./supervise.js";

/** Milliseconds of work after which a worker reports back. */
const SLICE_MS = 40;
/** Chunks of a store that workers cannot open that are fetched at a time. */
const IN_FLIGHT = 64;

/** A large read by workers alone. Its result lies in a recycled memory, or in `out` if that is one. */
export async function readPooled(
  context: VolumeContext,
  request: ReadRequest,
  plan: ReadPlan,
  into?: SharedPlace,
): Promise<ReadResult> {
  const { pool, outputs } = context.runtime;
  if (pool === undefined || outputs === undefined) throw new TypeError("no workers here");
  const { layout, box, out } = request;
  await context.runtime.codec(layout.encoding);
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
  context: VolumeContext,
  request: ReadRequest,
  plan: ReadPlan,
  assisted: boolean,
): Promise<ReadResult> {
  const { pool, outputs } = context.runtime;
  if (pool === undefined || outputs === undefined) throw new TypeError("no workers here");
  const { layout, box, out } = request;
  await context.runtime.codec(layout.encoding);
  const bytes = voxelBytes(layout, boxSize(box));
  const lease = await outputs.acquire(bytes);
  const place = { output: lease.output, ptr: lease.region.ptr };
  const work = fill(context, request, plan, pool, place, assisted);
  void work.settled.then(() => {
    if (work.failed()) lease.discard();
  });
  await work.result;
  const view = viewOf(lease.output.memory.buffer, lease.region.ptr, layout, bytes);
  const data = copyOut(view, out);
  lease.discard();
  return { data, lifetime: ORDINARY };
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
  context: VolumeContext,
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
  const place: OutputRef = {
    id: output.id,
    memory: output.memory,
    ptr,
    stride: denseByteStride(layout, size),
  };
  return context.store.spec === undefined
    ? feedWorkers(context, request, plan, pool, place)
    : shareCounter(context, request, plan, pool, place, assisted);
}

/** Disk: each thread opens the files itself and takes chunk numbers off a shared counter. */
function shareCounter(
  context: VolumeContext,
  request: ReadRequest,
  plan: ReadPlan,
  pool: WorkerPool,
  output: OutputRef,
  assisted: boolean,
): Work {
  const control = new SharedArrayBuffer(8);
  const counts = new Int32Array(control);
  const job: ReadJob = {
    store: context.store.spec,
    layout: request.layout,
    box: request.box,
    output,
    fill: request.fillMissing ? request.background : undefined,
    control,
    slice: SLICE_MS,
  };
  const lane = async (): Promise<void> => {
    while (Atomics.load(counts, NEXT) < plan.length) {
      await pool.run("read", job);
      request.onProgress?.({ done: Atomics.load(counts, DONE), total: plan.length });
    }
  };
  const threads = Math.min(request.parallel, assisted ? pool.idle + 1 : pool.size, plan.length);
  const lanes = Array.from({ length: assisted ? threads - 1 : threads }, lane);
  if (assisted) {
    const here = { openSpec: () => context.store, codec: context.runtime.codec };
    lanes.push(readSlice(here, { ...job, slice: Number.POSITIVE_INFINITY }));
  }
  return supervise(lanes, () => Atomics.store(counts, NEXT, plan.length), request.signal);
}

/** Other stores: this thread fetches, workers decode; a bounded number of chunks is on its way. */
function feedWorkers(
  context: VolumeContext,
  request: ReadRequest,
  plan: ReadPlan,
  pool: WorkerPool,
  output: OutputRef,
): Work {
  const { layout, fillMissing, background } = request;
  const abort = new AbortController();
  const signal =
    request.signal === undefined ? abort.signal : AbortSignal.any([request.signal, abort.signal]);
  let next = 0;
  let done = 0;
  let stopped = false;
  const one = async (i: number): Promise<void> => {
    const chunk = plan.at(i);
    const key = `${layout.key}/${chunk.key}`;
    const stored = await readStored(context.store, key, layout, chunk, signal);
    if (stopped) return;
    if (stored === undefined) {
      const workspace = sharedWorkspace(output.memory);
      const codec = await context.runtime.codec(layout.encoding);
      const target = { workspace, codec, layout, ptr: output.ptr, stride: output.stride };
      fillMissingChunk(target, chunk, fillMissing ? background : undefined, context.store.url(key));
    } else {
      const bytes = owned(stored.source);
      const job: DecodeJob = {
        layout,
        chunk,
        output,
        compression: stored.compression,
        bytes,
        where: context.store.url(key),
      };
      await pool.run("decode", job, { transfer: [bytes.buffer] });
    }
    request.onProgress?.({ done: ++done, total: plan.length });
  };
  const lane = async (): Promise<void> => {
    while (!stopped && next < plan.length) await one(next++);
  };
  const lanes = Array.from({ length: Math.min(IN_FLIGHT, plan.length) }, lane);
  const stop = (): void => {
    stopped = true;
    abort.abort(new Error("another chunk failed"));
  };
  return supervise(lanes, stop, request.signal);
}

/** Bytes in a buffer of their own, which can be given away. */
function owned(source: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = source.byteOffset === 0 && source.byteLength === source.buffer.byteLength;
  return whole && source.buffer instanceof ArrayBuffer
    ? (source as Uint8Array<ArrayBuffer>)
    : new Uint8Array(source);
}
