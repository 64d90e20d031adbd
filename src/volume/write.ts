/**
 * Writes a chunk-aligned box of one scale: small ones on the calling thread, large ones slab by slab by
 * workers, so that a bounded number of chunks is held whatever the size of the write.
 */

import { throwIfAborted } from "../base/abort.js";
import type { Box6 } from "../base/bbox.js";
import { arrayType } from "../base/dtype.js";
import { StorageError } from "../base/errors.js";
import { copyRows, dot, fortranStride } from "../base/strided.js";
import type { Workspace } from "../base/workspace.js";
import type { Codec } from "../codecs/codec.js";
import { compress } from "../compression/index.js";
import { type ChunkRead, planRead, type ReadPlan } from "../grid/plan.js";
import { shardingOf } from "./array-chunks.js";
import { type ChunkContext, chunkContext } from "./chunk-store.js";
import { hasSharedWorkers, type VolumeContext } from "./context.js";
import { encodeDense, packChunk } from "./encode.js";
import { forgetting } from "./forget.js";
import { boxSize, denseByteStride, voxelBytes } from "./layout.js";
import type { ProgressListener } from "./progress.js";
import { SLAB_BYTES, slabs } from "./read-slabs.js";
import { DONE, NEXT } from "./read-worker.js";
import { supervise } from "./supervise.js";
import { partOf, type WriteRequest } from "./write-request.js";
import { writeSharded } from "./write-sharded.js";
import { writeShardedArray } from "./write-sharded-array.js";
import { type EncodedChunks, storeOne, type WriteJob } from "./write-worker.js";

/** Writes of at most this many chunks and bytes never wait for a worker. */
const SMALL_CHUNKS = 4;
const SMALL_BYTES = 4 << 20;
const SLICE_MS = 100;
/** Chunks of a small write that are compressed and stored at a time. */
const IN_FLIGHT = 8;

export async function writeBox(context: VolumeContext, request: WriteRequest): Promise<void> {
  throwIfAborted(request.signal);
  await forgetting(context.lru, request.layout, request.box, () => writeChunks(context, request));
}

async function writeChunks(base: VolumeContext, request: WriteRequest): Promise<void> {
  const { layout, box } = request;
  const context = chunkContext(base, layout);
  const { chunks, runtime } = context;
  if (chunks.write === undefined) {
    throw new StorageError("This storage is read-only", { where: chunks.url(layout.key) });
  }
  if (layout.sharding !== undefined) return await writeSharded(context, request, layout.sharding);
  const sharded = layout.array && shardingOf(layout.array);
  if (layout.array !== undefined && sharded !== undefined)
    return await writeShardedArray(context, request, layout.array, sharded);
  const plan = planRead(layout.grid, box);
  const small = plan.length <= SMALL_CHUNKS && voxelBytes(layout, boxSize(box)) <= SMALL_BYTES;
  if (small || !hasSharedWorkers(runtime)) {
    const codec = await runtime.codec(layout.encoding, "encode");
    return await writeInline(context, request, codec, plan);
  }
  const report = counted(request.onProgress, plan.length);
  const pieces = [...slabs(request, SLAB_BYTES)];
  let next = 0;
  // Two lanes: while workers encode one slab, this thread copies the next.
  const lane = async (): Promise<void> => {
    while (next < pieces.length) {
      const piece = pieces[next++] as Box6;
      await writePooled(context, { ...request, box: piece, array: partOf(request, piece) }, report);
    }
  };
  const stop = (): void => {
    next = pieces.length;
  };
  await supervise([lane(), lane()], stop, request.signal).result;
}

/** Adds the chunks of several steps up to one progress. */
function counted(listener: ProgressListener | undefined, total: number): (more: number) => void {
  let done = 0;
  return (more) => {
    done += more;
    listener?.({ done, total });
  };
}

async function writeInline(
  context: ChunkContext,
  request: WriteRequest,
  codec: Codec,
  plan: ReadPlan,
): Promise<void> {
  const { layout, policy, signal } = request;
  const report = counted(request.onProgress, plan.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < plan.length) {
      throwIfAborted(signal);
      const chunk = plan.at(next++);
      const { workspace } = context.runtime;
      const cut = encodeChunkOf(workspace, codec, request, chunk);
      const encoded = await packChunk(workspace, codec, layout, cut, chunk.shape);
      const bytes =
        encoded === undefined || policy.compression === "none"
          ? encoded
          : await compress(policy.compression, encoded, { level: policy.compressLevel });
      await storeOne(context.chunks, `${layout.key}/${chunk.key}`, bytes, policy, signal);
      report(1);
    }
  };
  const work = supervise(
    Array.from({ length: Math.min(IN_FLIGHT, plan.length) }, lane),
    () => {
      next = plan.length;
    },
    signal,
  );
  await work.result;
}

/** Cuts one chunk out of the caller's array and encodes it, without waiting in between. */
function encodeChunkOf(
  workspace: Workspace,
  codec: Codec,
  request: WriteRequest,
  chunk: ChunkRead,
): Uint8Array | undefined {
  const { layout, array, policy } = request;
  const bytes = voxelBytes(layout, chunk.shape);
  const { ptr } = workspace.scratch("cutout", bytes);
  const type = arrayType(layout.dtype);
  const dense = new type(workspace.memory.buffer, ptr, bytes / type.BYTES_PER_ELEMENT);
  const shape = [...chunk.shape, layout.channels];
  copyRows(
    array.data,
    array.stride,
    dot([...chunk.to, 0], array.stride),
    dense,
    fortranStride(shape),
    0,
    shape,
  );
  return encodeDense(workspace, codec, layout, policy, { ptr, length: bytes }, chunk.shape);
}

async function writePooled(
  context: ChunkContext,
  request: WriteRequest,
  report: (chunks: number) => void,
): Promise<void> {
  const { pool, outputs } = context.runtime;
  if (pool === undefined || outputs === undefined) throw new TypeError("no workers here");
  const { layout, box, array, policy, signal } = request;
  const size = boxSize(box);
  const bytes = voxelBytes(layout, size);
  const lease = await outputs.acquire(bytes);
  const type = arrayType(layout.dtype);
  const dense = new type(lease.output.memory.buffer, lease.region.ptr, bytes / type.BYTES_PER_ELEMENT);
  const shape = [...size, layout.channels];
  copyRows(array.data, array.stride, 0, dense, fortranStride(shape), 0, shape);
  const plan = planRead(layout.grid, box);
  const control = new SharedArrayBuffer(8);
  const counts = new Int32Array(control);
  const source = {
    id: lease.output.id,
    ptr: lease.region.ptr,
    stride: denseByteStride(layout, size),
  };
  const job: WriteJob = { store: context.chunks.spec, layout, box, source, policy, control, slice: SLICE_MS };
  let reported = 0;
  const lane = async (): Promise<void> => {
    while (Atomics.load(counts, NEXT) < plan.length) {
      const { chunks } = await pool.run<EncodedChunks>("write", job, { share: lease.output });
      for (const c of chunks) {
        throwIfAborted(signal);
        await storeOne(context.chunks, `${layout.key}/${plan.at(c.index).key}`, c.bytes, policy, signal);
        Atomics.add(counts, DONE, 1);
      }
      const done = Atomics.load(counts, DONE);
      report(done - reported);
      reported = done;
    }
  };
  const lanes = Array.from({ length: Math.min(request.parallel, pool.size, plan.length) }, lane);
  const work = supervise(lanes, () => Atomics.store(counts, NEXT, plan.length), signal);
  void work.settled.then(() => lease.discard());
  await work.result;
}
