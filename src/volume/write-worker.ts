/** The worker's side of a large write: takes chunks off a shared counter, encodes, compresses, stores. */
import type { Box6 } from "../base/bbox.js";
import { bytesPerVoxel } from "../base/dtype.js";
import { owned } from "../base/owned.js";
import { gatherDense } from "../base/place.js";
import type { Vec3, Vec4 } from "../base/strided.js";
import type { Region, Workspace } from "../base/workspace.js";
import type { Codec } from "../codecs/codec.js";
import { compress, compressSync, isSyncCompression } from "../compression/index.js";
import { type ChunkRead, planRead } from "../grid/plan.js";
import type { Store } from "../stores/store.js";
import { chunkStore } from "./chunk-store.js";
import { type DecodeTarget, placementOf } from "./decode.js";
import { isToDelete, type StoragePolicy } from "./encode.js";
import { InFlight } from "./in-flight.js";
import { chunkSpec, type ScaleLayout } from "./layout.js";
import { DONE, NEXT, type OutputRef, targetOf, type WorkerContext } from "./read-worker.js";

export interface WriteJob {
  /** Undefined: the worker hands encoded chunks back. */
  readonly store: Store["spec"];
  readonly layout: ScaleLayout;
  /** Chunk-aligned, all of it in the source. */
  readonly box: Box6;
  /** The voxels, dense in Fortran order. */
  readonly source: OutputRef;
  readonly policy: StoragePolicy;
  readonly control: SharedArrayBuffer;
  readonly slice: number;
}

/** Chunks encoded for a store that workers cannot open; no bytes: delete it. */
export interface EncodedChunks {
  readonly chunks: readonly { readonly index: number; readonly bytes: Uint8Array | undefined }[];
  readonly transfer: readonly ArrayBuffer[];
}

/** Bytes after which a worker hands back what it has encoded. */
export const HAND_BACK_BYTES: number = 4 << 20;

/** Chunks that are being stored while others are encoded: to sync a file takes about as long as to make it. */
const STORING = 8;

/** Writes chunks until there are none left or the time slice is over. */
export async function writeSlice(context: WorkerContext, job: WriteJob): Promise<EncodedChunks> {
  const store =
    job.store === undefined ? undefined : chunkStore({ store: context.openSpec(job.store) }, job.layout);
  const target = await targetOf(context, job.layout, job.source, "encode");
  const plan = planRead(job.layout.grid, job.box);
  const control = new Int32Array(job.control);
  const until = performance.now() + job.slice;
  const chunks: { index: number; bytes: Uint8Array<ArrayBuffer> | undefined }[] = [];
  let held = 0;
  const storing = new InFlight(STORING);
  do {
    const index = Atomics.add(control, NEXT, 1);
    if (index >= plan.length) break;
    const bytes = await encodeOne(target, job, plan.at(index));
    if (store === undefined) {
      chunks.push({ index, bytes: bytes === undefined ? undefined : owned(bytes) });
      held += bytes?.length ?? 0;
    } else {
      const key = `${job.layout.key}/${plan.at(index).key}`;
      await storing.start(async () => {
        await storeOne(store, key, bytes, job.policy);
        Atomics.add(control, DONE, 1);
      });
    }
  } while (held < HAND_BACK_BYTES && performance.now() < until);
  await storing.all();
  return {
    chunks,
    transfer: chunks.flatMap(({ bytes }) => (bytes === undefined ? [] : [bytes.buffer])),
  };
}

async function encodeOne(
  target: DecodeTarget,
  job: WriteJob,
  chunk: ChunkRead,
): Promise<Uint8Array | undefined> {
  const { layout, policy } = job;
  const shape: Vec4 = [...chunk.shape, layout.channels];
  const dense = gatherDense(target.workspace, placementOf(target, chunk), shape, bytesPerVoxel(layout.dtype));
  return await encodeHere(target.workspace, target.codec, layout, policy, dense, chunk.shape);
}

/** One chunk's voxels to what is stored, on this thread where the platform can; undefined if it is one to delete. */
export async function encodeHere(
  workspace: Workspace,
  codec: Codec,
  layout: ScaleLayout,
  policy: StoragePolicy,
  source: Region,
  shape: Vec3,
): Promise<Uint8Array | undefined> {
  if (isToDelete(workspace, layout, policy, source)) return undefined;
  const spec = chunkSpec(layout, shape);
  // May lie in the workspace: nothing waits before it is compressed.
  const now = codec.encodeNow?.(workspace, source, spec);
  if (now !== undefined) return await compressHere(workspace, policy, now);
  const encoded = codec.encode(workspace, source, spec);
  return await compressHere(workspace, policy, (await codec.pack?.(workspace, encoded, spec)) ?? encoded);
}

/** Compresses on this thread, where the platform can. The result is never in the workspace, whose memory it may begin in. */
export async function compressHere(
  workspace: Workspace,
  { compression, compressLevel: level }: StoragePolicy,
  encoded: Uint8Array,
): Promise<Uint8Array> {
  if (compression === "gzip" && isSyncCompression(compression))
    return compressSync(compression, encoded, { level, workspace });
  const isInside = !(encoded.buffer instanceof ArrayBuffer) || encoded.buffer === workspace.memory.buffer;
  const bytes = isInside ? encoded.slice() : encoded;
  return isSyncCompression(compression)
    ? compressSync(compression, bytes, { level })
    : await compress(compression, bytes, { level });
}

/** Stores or deletes one chunk. */
export async function storeOne(
  store: Store,
  key: string,
  bytes: Uint8Array | undefined,
  policy: StoragePolicy,
  signal?: AbortSignal,
): Promise<void> {
  if (bytes === undefined) return await store.remove?.(key, { signal });
  const { compression, contentType, cacheControl, lasting } = policy;
  const options = { compression, contentType, cacheControl, lasting };
  await store.write?.(key, bytes, { ...options, signal });
}
