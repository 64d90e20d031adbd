/** The worker's side of a large read: takes chunks off a shared counter and decodes them in place. */
import type { Box6 } from "../base/bbox.js";
import type { Voxel } from "../base/dtype.js";
import { sharedWorkspace } from "../base/memory-workspace.js";
import type { Workspace } from "../base/workspace.js";
import type { Codec, CodecUse } from "../codecs/codec.js";
import type { Compression } from "../compression/compression.js";
import { loadCompression } from "../compression/index.js";
import { type ChunkRead, planRead } from "../grid/plan.js";
import { withTrustAsync } from "../stores/distrust.js";
import type { Store } from "../stores/store.js";
import { chunkStore } from "./chunk-store.js";
import { type DecodeTarget, decodeChunkInto, fillMissingChunk } from "./decode.js";
import { denseByteStride, type ScaleLayout, voxelBytes } from "./layout.js";
import { readStored, readStoredSync } from "./stored.js";

/** Places in a job's control array. */
export const NEXT = 0;
export const DONE = 1;

/** A place in a memory that the worker was given. */
export interface OutputRef {
  readonly id: number;
  readonly ptr: number;
  /** Byte strides along y, z, channel. */
  readonly stride: readonly [number, number, number];
}

export interface ReadJob {
  readonly store: Store["spec"];
  readonly layout: ScaleLayout;
  readonly box: Box6;
  readonly output: OutputRef;
  /** The value of missing chunks; undefined: a missing chunk is an error. */
  readonly fill: Voxel | undefined;
  /** Int32 [next chunk, chunks done]; `next` past the end stops every worker. */
  readonly control: SharedArrayBuffer;
  /** Milliseconds after which a worker hands back, so that other reads get their turn. */
  readonly slice: number;
}

export interface WorkerContext {
  readonly openSpec: (spec: NonNullable<Store["spec"]>) => Store;
  readonly codec: (name: string, use: CodecUse) => Promise<Codec>;
  /** A memory that this thread was given. */
  readonly memory: (id: number) => WebAssembly.Memory;
}

export async function targetOf(
  context: WorkerContext,
  layout: ScaleLayout,
  output: OutputRef,
  use: CodecUse,
): Promise<DecodeTarget> {
  return {
    workspace: sharedWorkspace(context.memory(output.id)),
    codec: await context.codec(layout.encoding, use),
    layout,
    ptr: output.ptr,
    stride: output.stride,
  };
}

/** Decodes chunks until there are none left or the time slice is over. */
export async function readSlice(context: WorkerContext, job: ReadJob): Promise<void> {
  if (job.store === undefined) throw new TypeError("a read job needs a store that workers can open");
  const store = chunkStore({ store: context.openSpec(job.store) }, job.layout);
  const target = await targetOf(context, job.layout, job.output, "decode");
  const plan = planRead(job.layout.grid, job.box);
  const control = new Int32Array(job.control);
  const until = performance.now() + job.slice;
  do {
    const i = Atomics.add(control, NEXT, 1);
    if (i >= plan.length) return;
    await readOne(store, target, plan.at(i), job.fill);
    Atomics.add(control, DONE, 1);
  } while (performance.now() < until);
}

async function readOne(
  store: Store,
  target: DecodeTarget,
  chunk: ChunkRead,
  fill: Voxel | undefined,
): Promise<void> {
  const key = `${target.layout.key}/${chunk.key}`;
  const where = store.url(key);
  await withTrustAsync(store, key, async () => {
    const got = readStoredSync(store, key, target.workspace, target.layout, chunk);
    if (got === undefined) return fillMissingChunk(target, chunk, fill, where);
    if (got !== "asynchronous") return decodeChunkInto(target, got.chunk, got.stored, where);
    const stored = await readStored(store, key, undefined);
    if (stored === undefined) fillMissingChunk(target, chunk, fill, where);
    else decodeChunkInto(target, chunk, stored, where);
  });
}

/** One chunk whose bytes another thread fetched. */
export interface DecodeJob {
  readonly layout: ScaleLayout;
  readonly chunk: ChunkRead;
  readonly output: OutputRef;
  readonly compression: Compression;
  readonly bytes: Uint8Array;
  readonly where: string;
}

export async function decodeFetched(context: WorkerContext, job: DecodeJob): Promise<void> {
  const target = await targetOf(context, job.layout, job.output, "decode");
  await loadCompression(job.compression); // The other thread may have had it.
  decodeChunkInto(target, job.chunk, { compression: job.compression, source: job.bytes }, job.where);
}

/** One chunk whose bytes another thread fetched, and whose voxels are given to it. */
export type AloneJob = Omit<DecodeJob, "output">;

/** Dense voxels of the wanted part of a chunk. */
export interface Decoded {
  readonly voxels: ArrayBuffer;
  readonly transfer: readonly ArrayBuffer[];
}

export async function decodeAlone(
  workspace: Workspace,
  codec: WorkerContext["codec"],
  { layout, chunk, compression, bytes, where }: AloneJob,
): Promise<Decoded> {
  const ready = await codec(layout.encoding, "decode");
  await loadCompression(compression);
  const length = voxelBytes(layout, chunk.size);
  const { ptr } = workspace.scratch("cutout", length);
  const stride = denseByteStride(layout, chunk.size);
  const target: DecodeTarget = { workspace, codec: ready, layout, ptr, stride };
  decodeChunkInto(target, { ...chunk, to: [0, 0, 0] }, { compression, source: bytes }, where);
  const voxels = workspace.bytes().slice(ptr, ptr + length).buffer as ArrayBuffer;
  return { voxels, transfer: [voxels] };
}
