/** The worker's side of a transfer that encodes anew: chunk by chunk from one store into the other, nothing passes the caller. */
import type { Box6 } from "../base/bbox.js";
import type { Voxel } from "../base/dtype.js";
import { sharedWorkspace } from "../base/memory-workspace.js";
import { planRead } from "../grid/plan.js";
import type { Store, StoreSpec } from "../stores/store.js";
import { chunkStore } from "./chunk-store.js";
import { type DecodeTarget, decodeChunkInto, fillMissingChunk } from "./decode.js";
import type { StoragePolicy } from "./encode.js";
import { denseByteStride, type ScaleLayout, voxelBytes } from "./layout.js";
import type { WorkerContext } from "./read-worker.js";
import { type RecompressJob, recompressChunk } from "./recompress-worker.js";
import { readStored } from "./stored.js";
import { compressHere, encodeHere, storeOne } from "./write-worker.js";

export interface TranscodeJob {
  readonly from: { readonly store: StoreSpec; readonly layout: ScaleLayout };
  /** The same chunks, each a file. */
  readonly to: { readonly store: StoreSpec; readonly layout: ScaleLayout };
  /** Chunks are recompressed to this encoding, where they can be. */
  readonly recompress: RecompressJob["to"] | undefined;
  readonly box: Box6;
  readonly policy: StoragePolicy;
  /** The value of missing chunks; undefined: a missing chunk is an error. */
  readonly fill: Voxel | undefined;
  /** A memory to work in. */
  readonly memory: number;
  /** Int32: the next chunk. */
  readonly control: SharedArrayBuffer;
  /** Milliseconds after which a worker hands back. */
  readonly slice: number;
}

export async function transcodeSlice(context: WorkerContext, job: TranscodeJob): Promise<void> {
  const { from, to, policy } = job;
  const workspace = sharedWorkspace(context.memory(job.memory));
  const source = chunkStore({ store: context.openSpec(from.store) }, from.layout);
  const target = context.openSpec(to.store);
  const plan = planRead(to.layout.grid, job.box);
  const control = new Int32Array(job.control);
  const until = performance.now() + job.slice;
  do {
    const index = Atomics.add(control, 0, 1);
    if (index >= plan.length) return;
    const chunk = plan.at(index);
    const key = `${from.layout.key}/${chunk.key}`;
    const name = `${to.layout.key}/${chunk.key}`;
    const stored = await readStored(source, key, undefined);
    // As in copies, what is missing stays so.
    if (stored === undefined && job.recompress !== undefined && job.fill !== undefined) continue;
    const turned =
      stored &&
      job.recompress &&
      (await recompressChunk({
        ...{ from: from.layout, to: to.layout, encoding: job.recompress, shape: chunk.shape },
        ...{ compression: stored.compression, bytes: stored.source, where: source.url(key) },
      }));
    if (turned !== undefined) {
      await store(target, name, await compressHere(workspace, policy, turned), policy);
      continue;
    }
    // Most recompressions need neither of them.
    const decoder = await context.codec(from.layout.encoding, "decode");
    const encoder = await context.codec(to.layout.encoding, "encode");
    const length = voxelBytes(from.layout, chunk.shape);
    const { ptr } = workspace.scratch("transcode.voxels", length);
    const stride = denseByteStride(from.layout, chunk.shape);
    const place: DecodeTarget = { workspace, codec: decoder, layout: from.layout, ptr, stride };
    const whole = { ...chunk, from: [0, 0, 0], size: chunk.shape, to: [0, 0, 0] } as const;
    if (stored === undefined) fillMissingChunk(place, whole, job.fill, source.url(key));
    else decodeChunkInto(place, whole, stored, source.url(key));
    const bytes = await encodeHere(workspace, encoder, to.layout, policy, { ptr, length }, chunk.shape);
    await store(target, name, bytes, policy);
  } while (performance.now() < until);
}

async function store(
  target: Store,
  name: string,
  bytes: Uint8Array | undefined,
  policy: StoragePolicy,
): Promise<void> {
  if (bytes !== undefined && target.writeSync !== undefined) target.writeSync(name, bytes, policy);
  else await storeOne(target, name, bytes, policy);
}
