/** Small reads, on the calling thread: all chunks are fetched, then decoded one after the other without waiting in between. */
import { AbortGroup, throwIfAborted } from "../base/abort.js";
import { arrayType, type TypedArray, toVoxel } from "../base/dtype.js";
import { EmptyVolumeException } from "../base/errors.js";
import type { ChunkRead, ReadPlan } from "../grid/plan-read.js";
import { dropsCopy, withTrust } from "../stores/distrust.js";
import type { ChunkContext } from "./chunk-store.js";
import { type DecodeTarget, decodeChunkInto, fillMissingChunk, type StoredChunk } from "./decode.js";
import { boxSize, denseByteStride, voxelBytes } from "./layout.js";
import {
  allocate,
  copyOut,
  fillArray,
  type ReadRequest,
  type ReadResult,
  reachesOutside,
} from "./read-request.js";
import { readStored, readStoredSync } from "./stored.js";

/** Reads of at most this much never wait for a worker to start. */
const SMALL = [
  { chunks: 16, bytes: 32 << 20 },
  { chunks: 256, bytes: 4 << 20 },
];
/** Whether a read is done before a worker would have started. */
export function isSmall(plan: ReadPlan, bytes: number): boolean {
  return SMALL.some((s) => plan.length <= s.chunks && bytes <= s.bytes);
}

/** A box without any chunk. @throws EmptyVolumeException unless fillMissing: nothing is stored there. */
export function readOutside({ chunks }: ChunkContext, request: ReadRequest, bytes: number): TypedArray {
  if (!request.fillMissing) {
    throw new EmptyVolumeException("The requested box lies outside of the volume, where nothing is stored", {
      where: `${chunks.url(request.layout.key)} ${request.box.join(",")}`,
      fix: "Pass fillMissing: true to read the background there.",
    });
  }
  const data = request.out ?? allocate(request, bytes);
  return fillArray(data, toVoxel(request.background, request.layout.dtype));
}

export async function readInline(
  context: ChunkContext,
  request: ReadRequest,
  plan: ReadPlan,
  isSecond = false,
): Promise<ReadResult> {
  const { layout, box } = request;
  const codec = await context.runtime.codec(layout.encoding, "decode");
  const chunks = Array.from({ length: plan.length }, (_, i) => plan.at(i));
  const sync = context.chunks.readSync !== undefined && request.asyncIo !== true;
  const fetched = sync ? undefined : await fetchAll(context, request, chunks);
  throwIfAborted(request.signal);
  // From here on nothing waits, so that the workspace's regions belong to this read alone.
  const { workspace } = context.runtime;
  const size = boxSize(box);
  const bytes = voxelBytes(layout, size);
  const { ptr } = workspace.scratch("cutout", bytes);
  const target: DecodeTarget = { workspace, codec, layout, ptr, stride: denseByteStride(layout, size) };
  const data = (): TypedArray =>
    new (arrayType(layout.dtype))(
      workspace.memory.buffer,
      ptr,
      bytes / arrayType(layout.dtype).BYTES_PER_ELEMENT,
    );
  if (reachesOutside(layout, box)) fillArray(data(), toVoxel(request.background, layout.dtype));
  const unsettled: ChunkRead[] = [];
  chunks.forEach((chunk, i) => {
    if (fetched === undefined) {
      if (!decodeSync(context, request, target, chunk)) unsettled.push(chunk);
    } else if (!decodeOne(context, request, target, chunk, fetched[i], isSecond)) unsettled.push(chunk);
    request.onProgress?.({ done: i + 1, total: chunks.length });
  });
  // Compressions without a synchronous form (xz) and bad copies are rare: take the asynchronous way for the whole read.
  if (unsettled.length > 0)
    return await readInline(context, { ...request, asyncIo: true }, plan, fetched !== undefined);
  return copyOut(context.runtime, data(), request);
}

function fetchAll(
  { chunks: store }: ChunkContext,
  request: ReadRequest,
  chunks: readonly ChunkRead[],
): Promise<(StoredChunk | undefined)[]> {
  const { layout, signal } = request;
  const group = new AbortGroup(signal);
  const fetch = (c: ChunkRead): Promise<StoredChunk | undefined> =>
    group.run((own) => readStored(store, `${layout.key}/${c.key}`, own));
  const all = Promise.all(chunks.map(fetch));
  // One failure ends the others: their bytes are of no use any more.
  all.then(
    () => group.close(),
    (error) => group.abort(error),
  );
  return all;
}

/** @returns false if the chunk's compression cannot be undone synchronously. */
function decodeSync(
  { chunks: store }: ChunkContext,
  request: ReadRequest,
  target: DecodeTarget,
  chunk: ChunkRead,
): boolean {
  const key = `${target.layout.key}/${chunk.key}`;
  return withTrust(store, key, () => {
    const got = readStoredSync(store, key, target.workspace, target.layout, chunk);
    if (got === undefined)
      fillMissingChunk(target, chunk, request.fillMissing ? request.background : undefined, store.url(key));
    else if (got === "asynchronous") return false;
    else decodeChunkInto(target, got.chunk, got.stored, store.url(key));
    return true;
  });
}

/** @returns false if what was fetched is a bad copy that the store has dropped. */
function decodeOne(
  { chunks: store }: ChunkContext,
  request: ReadRequest,
  target: DecodeTarget,
  chunk: ChunkRead,
  stored: StoredChunk | undefined,
  isSecond: boolean,
): boolean {
  const key = `${target.layout.key}/${chunk.key}`;
  const where = store.url(key);
  if (stored === undefined) {
    fillMissingChunk(target, chunk, request.fillMissing ? request.background : undefined, where);
    return true;
  }
  try {
    decodeChunkInto(target, chunk, stored, where);
    return true;
  } catch (error) {
    if (isSecond || !dropsCopy(store, key, error)) throw error;
    return false;
  }
}
