/**
 * Reads a box of one scale: small ones on the calling thread, large ones by workers that fill one shared
 * output. Plans are pure (`grid/plan`); this decides who executes them.
 */

import { AbortGroup, throwIfAborted } from "../base/abort.js";
import { arrayType, type TypedArray, toVoxel } from "../base/dtype.js";
import { EmptyVolumeException } from "../base/errors.js";
import { ORDINARY } from "../compute/outputs.js";
import { type ChunkRead, planRead, type ReadPlan } from "../grid/plan.js";
import { dropsCopy, withTrust } from "../stores/distrust.js";
import { type ChunkContext, chunkContext } from "./chunk-store.js";
import type { VolumeContext } from "./context.js";
import { type DecodeTarget, decodeChunkInto, fillMissingChunk, type StoredChunk } from "./decode.js";
import { boxSize, denseByteStride, voxelBytes } from "./layout.js";
import { readThroughLru } from "./read-lru.js";
import { readCopied, readPooled, sharedPlace } from "./read-pooled.js";
import {
  allocate,
  copyOut,
  fillArray,
  type ReadRequest,
  type ReadResult,
  reachesOutside,
} from "./read-request.js";
import { isOneSlab, readIntoSlabs } from "./read-slabs.js";
import { readStored, readStoredSync } from "./stored.js";

/** Reads of at most this much never wait for a worker to start. */
const SMALL = [
  { chunks: 16, bytes: 32 << 20 },
  { chunks: 256, bytes: 4 << 20 },
];
/** Chunks from which on a worker that is already there lends a hand, and small reads after which one is started. */
const WORTH_HELP = 4;
const WARM_AFTER = 6;
/** Results of up to this size are ordinary arrays, so that keeping many of them costs no address space. */
const ORDINARY_BYTES = 8 << 20;
/** One output memory holds less than 4 GiB; larger results are read in slabs. */
export const MAX_OUTPUT: number = 3 * 1024 ** 3;

export async function readBox(context: VolumeContext, request: ReadRequest): Promise<ReadResult> {
  throwIfAborted(request.signal);
  return await readChunks(chunkContext(context, request.layout), request);
}

async function readChunks(context: ChunkContext, request: ReadRequest): Promise<ReadResult> {
  throwIfAborted(request.signal);
  const { layout, box, out } = request;
  const { pool, outputs } = context.runtime;
  const plan = planRead(layout.grid, box);
  const bytes = voxelBytes(layout, boxSize(box));
  if (plan.length === 0) return { data: outside(context, request, bytes), lifetime: ORDINARY };
  const { lru } = context;
  if (lru !== undefined && lru.size > 0) {
    if (isOneSlab(request)) return await readThroughLru(context, request, plan, lru);
    const data = await readIntoSlabs(context, request, out ?? allocate(request, bytes), readBox);
    return { data, lifetime: ORDINARY };
  }
  if (SMALL.some((s) => plan.length <= s.chunks && bytes <= s.bytes)) {
    return (await canBeHelped(context, request, plan))
      ? await readCopied(context, request, plan, true)
      : await readInline(context, request, plan);
  }
  if (pool !== undefined && bytes <= MAX_OUTPUT) {
    const place = out === undefined ? undefined : sharedPlace(outputs, out);
    if (place === undefined && bytes <= ORDINARY_BYTES)
      return await readCopied(context, request, plan, false);
    if (out === undefined || place !== undefined) return await readPooled(context, request, plan, place);
  }
  if (pool === undefined && isOneSlab(request)) return await readInline(context, request, plan);
  return {
    data: await readIntoSlabs(context, request, out ?? allocate(request, bytes), readChunks),
    lifetime: ORDINARY,
  };
}

/** Small reads of several chunks so far: those who read often get a worker's help. */
let smallReads = 0;

async function canBeHelped(
  { chunks, runtime }: ChunkContext,
  request: ReadRequest,
  plan: ReadPlan,
): Promise<boolean> {
  const { pool } = runtime;
  if (pool === undefined || chunks.spec === undefined || request.asyncIo === true) return false;
  if (plan.length < WORTH_HELP || request.parallel < 2) return false;
  if (++smallReads === WARM_AFTER) pool.warm(Math.min(request.parallel, runtime.cores) - 1);
  // Who reads in a row gives the event loop no turn by itself, and answers of workers wait for one.
  if (pool.idle === 0 && pool.alive > 0) await runtime.turn();
  return pool.idle > 0;
}

/** A box without any chunk. @throws EmptyVolumeException unless fillMissing: nothing is stored there. */
function outside({ chunks }: ChunkContext, request: ReadRequest, bytes: number): TypedArray {
  if (!request.fillMissing) {
    throw new EmptyVolumeException("The requested box lies outside of the volume, where nothing is stored", {
      where: `${chunks.url(request.layout.key)} ${request.box.join(",")}`,
      fix: "Pass fillMissing: true to read the background there.",
    });
  }
  const data = request.out ?? allocate(request, bytes);
  return fillArray(data, toVoxel(request.background, request.layout.dtype));
}

async function readInline(
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
    group.run((own) => readStored(store, `${layout.key}/${c.key}`, layout, c, own));
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
