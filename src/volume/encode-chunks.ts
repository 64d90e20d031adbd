/** Chunks to encoded bytes without storing them: few on the calling thread, many by workers. */
import { throwIfAborted } from "../base/abort.js";
import { arrayType } from "../base/dtype.js";
import { copyRows, fortranStride, type StridedArray, type Vec3 } from "../base/strided.js";
import { compress } from "../compression/index.js";
import type { ChunkRead } from "../grid/plan.js";
import { hasSharedWorkers, type Runtime } from "./context.js";
import { encodeDense, packChunk, type StoragePolicy } from "./encode.js";
import type { EncodeJob } from "./encode-worker.js";
import { type ScaleLayout, voxelBytes } from "./layout.js";
import { SLAB_BYTES } from "./read-slabs.js";
import { supervise } from "./supervise.js";
import type { EncodedChunks } from "./write-worker.js";

export interface EncodeRequest {
  readonly layout: ScaleLayout;
  readonly policy: StoragePolicy;
  readonly parallel: number;
  /** The voxels of a chunk, x, y, z, channel, any strides. */
  readonly voxels: (chunk: ChunkRead) => StridedArray | Promise<StridedArray>;
  /** Told each chunk when it is encoded and compressed; no bytes: it is one to delete. */
  readonly done: (chunk: ChunkRead, bytes: Uint8Array | undefined) => void | Promise<void>;
  /** Bytes of voxels that are held, unless one chunk has more. Default 64 MiB. */
  readonly batchBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const SMALL_CHUNKS = 4;
const SMALL_BYTES = 4 << 20;
const SLICE_MS = 40;

/** Encodes chunks in any order. Holds the voxels of 64 MiB of them, or of one. */
export async function encodeChunks(
  runtime: Runtime,
  request: EncodeRequest,
  chunks: readonly ChunkRead[],
): Promise<void> {
  const { layout } = request;
  const bytes = chunks.reduce((sum, c) => sum + voxelBytes(layout, c.shape), 0);
  const small = chunks.length <= SMALL_CHUNKS && bytes <= SMALL_BYTES;
  if (small || !hasSharedWorkers(runtime)) return await encodeHere(runtime, request, chunks);
  for (const batch of batches(layout, chunks, request.batchBytes ?? SLAB_BYTES))
    await encodePooled(runtime, request, batch);
}

function* batches(layout: ScaleLayout, chunks: readonly ChunkRead[], most: number): Generator<ChunkRead[]> {
  let batch: ChunkRead[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    const own = voxelBytes(layout, chunk.shape);
    if (batch.length > 0 && bytes + own > most) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(chunk);
    bytes += own;
  }
  if (batch.length > 0) yield batch;
}

async function encodeHere(
  { workspace, codec: codecOf }: Runtime,
  { layout, policy, voxels, done, signal }: EncodeRequest,
  chunks: readonly ChunkRead[],
): Promise<void> {
  const codec = await codecOf(layout.encoding, "encode");
  for (const chunk of chunks) {
    throwIfAborted(signal);
    const array = await voxels(chunk);
    const length = voxelBytes(layout, chunk.shape);
    const { ptr } = workspace.scratch("cutout", length);
    pack(layout, chunk.shape, array, workspace.memory.buffer, ptr);
    const dense = encodeDense(workspace, codec, layout, policy, { ptr, length }, chunk.shape);
    const encoded = await packChunk(workspace, codec, layout, dense, chunk.shape);
    const level = { level: policy.compressLevel };
    await done(chunk, encoded && (await compress(policy.compression, encoded, level)));
  }
}

/** Copies a chunk's voxels, dense in Fortran order. */
function pack(
  { dtype, channels }: ScaleLayout,
  chunk: Vec3,
  array: StridedArray,
  buffer: ArrayBufferLike,
  ptr: number,
): void {
  const shape = [...chunk, channels];
  const type = arrayType(dtype);
  const dense = new type(
    buffer,
    ptr,
    shape.reduce((n, s) => n * s, 1),
  );
  copyRows(array.data, array.stride, 0, dense, fortranStride(shape), 0, shape);
}

async function encodePooled(
  { pool, outputs }: Runtime,
  { layout, policy, parallel, voxels, done, signal }: EncodeRequest,
  chunks: readonly ChunkRead[],
): Promise<void> {
  if (pool === undefined || outputs === undefined) throw new TypeError("no workers here");
  throwIfAborted(signal);
  // Each chunk begins at a multiple of 16 bytes.
  const room = (c: ChunkRead): number => Math.ceil(voxelBytes(layout, c.shape) / 16) * 16;
  const lease = await outputs.acquire(chunks.reduce((sum, c) => sum + room(c), 0));
  const places: { ptr: number; shape: Vec3 }[] = [];
  let next = lease.region.ptr;
  try {
    for (const chunk of chunks) {
      const array = await voxels(chunk);
      throwIfAborted(signal);
      pack(layout, chunk.shape, array, lease.output.memory.buffer, next);
      places.push({ ptr: next, shape: chunk.shape });
      next += room(chunk);
    }
  } catch (error) {
    lease.discard();
    throw error;
  }
  const control = new SharedArrayBuffer(8);
  const counts = new Int32Array(control);
  const job: EncodeJob = {
    layout,
    policy,
    memory: lease.output.id,
    chunks: places,
    control,
    slice: SLICE_MS,
  };
  const lane = async (): Promise<void> => {
    while (Atomics.load(counts, 0) < chunks.length) {
      const encoded = await pool.run<EncodedChunks>("encode", job, { share: lease.output });
      throwIfAborted(signal);
      for (const { index, bytes } of encoded.chunks) await done(chunks[index]!, bytes);
    }
  };
  const lanes = Array.from({ length: Math.min(parallel, pool.size, chunks.length) }, lane);
  const work = supervise(lanes, () => Atomics.store(counts, 0, chunks.length), signal);
  void work.settled.then(() => lease.discard());
  await work.result;
}
