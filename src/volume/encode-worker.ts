/** The worker's side of encoding without storing: takes chunks off a shared counter and hands their bytes back. */
import { sharedWorkspace } from "../base/memory-workspace.js";
import { owned } from "../base/owned.js";
import type { Vec3 } from "../base/strided.js";
import type { StoragePolicy } from "./encode.js";
import { type ScaleLayout, voxelBytes } from "./layout.js";
import type { WorkerContext } from "./read-worker.js";
import { type EncodedChunks, encodeHere, HAND_BACK_BYTES } from "./write-worker.js";

export interface EncodeJob {
  readonly layout: ScaleLayout;
  readonly policy: StoragePolicy;
  /** The memory that the chunks are in, each dense in Fortran order. */
  readonly memory: number;
  readonly chunks: readonly { readonly ptr: number; readonly shape: Vec3 }[];
  /** Int32: the next chunk. */
  readonly control: SharedArrayBuffer;
  readonly slice: number;
}

/** Encodes chunks until there are none left, the time slice is over, or enough is held. */
export async function encodeSlice(context: WorkerContext, job: EncodeJob): Promise<EncodedChunks> {
  const { layout, policy } = job;
  const workspace = sharedWorkspace(context.memory(job.memory));
  const codec = await context.codec(layout.encoding, "encode");
  const control = new Int32Array(job.control);
  const until = performance.now() + job.slice;
  const chunks: { index: number; bytes: Uint8Array<ArrayBuffer> | undefined }[] = [];
  let held = 0;
  do {
    const index = Atomics.add(control, 0, 1);
    const chunk = job.chunks[index];
    if (chunk === undefined) break;
    const source = { ptr: chunk.ptr, length: voxelBytes(layout, chunk.shape) };
    const encoded = await encodeHere(workspace, codec, layout, policy, source, chunk.shape);
    const bytes = encoded && owned(encoded);
    chunks.push({ index, bytes });
    held += bytes?.length ?? 0;
  } while (held < HAND_BACK_BYTES && performance.now() < until);
  return { chunks, transfer: chunks.flatMap(({ bytes }) => bytes?.buffer ?? []) };
}
