/**
 * Reads a box of one scale: small ones on the calling thread, large ones by workers that fill one shared
 * output. Plans are pure (`grid/plan`); this decides who executes them.
 */

import { throwIfAborted } from "../base/abort.js";
import { ORDINARY } from "../compute/outputs.js";
import { planRead, type ReadPlan } from "../grid/plan.js";
import type { Store } from "../stores/store.js";
import { type ChunkContext, chunkContext } from "./chunk-store.js";
import { hasSharedWorkers, type VolumeContext } from "./context.js";
import { boxSize, voxelBytes } from "./layout.js";
import { isSmall, readInline, readOutside } from "./read-inline.js";
import { readThroughLru } from "./read-lru.js";
import { readCopied, readPooled, sharedPlace } from "./read-pooled.js";
import { allocate, type ReadRequest, type ReadResult } from "./read-request.js";
import { isOneSlab, readIntoSlabs } from "./read-slabs.js";
import { readTransferred } from "./read-transferred.js";

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

/** The same of a scale whose chunks were found already. */
export async function readChunks(context: ChunkContext, request: ReadRequest): Promise<ReadResult> {
  throwIfAborted(request.signal);
  const { layout, box, out } = request;
  const { outputs } = context.runtime;
  const pool = hasSharedWorkers(context.runtime) ? context.runtime.pool : undefined;
  const plan = planRead(layout.grid, box);
  const bytes = voxelBytes(layout, boxSize(box));
  if (plan.length === 0) return { data: readOutside(context, request, bytes), lifetime: ORDINARY };
  const { lru } = context;
  if (lru !== undefined && lru.size > 0) {
    if (isOneSlab(request)) return await readThroughLru(context, request, plan, lru);
    const data = await readIntoSlabs(context, request, out ?? allocate(request, bytes), readBox);
    return { data, lifetime: ORDINARY };
  }
  if (isSmall(plan, bytes)) {
    const isHelped = await canBeHelped(context, request, plan);
    const start = performance.now();
    const result = await (isHelped
      ? readCopied(context, request, plan, true)
      : readInline(context, request, plan));
    if (plan.length >= WORTH_HELP) paces.set(context.store, performance.now() - start);
    return result;
  }
  if (pool === undefined && context.runtime.pool !== undefined && bytes <= MAX_OUTPUT)
    return await readTransferred(context, request, plan);
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

/** Milliseconds that the last small read of several chunks of a layer took, and those from which on it is worth to wake a worker. */
const paces = new WeakMap<Store, number>();
const WORTH_WAKING = 1.3;

/** Small reads of several chunks so far: those who read often get a worker's help. */
let smallReads = 0;

async function canBeHelped(
  { store, chunks, runtime }: ChunkContext,
  request: ReadRequest,
  plan: ReadPlan,
): Promise<boolean> {
  const { pool } = runtime;
  if (pool === undefined || chunks.spec === undefined || request.asyncIo === true) return false;
  if (plan.length < WORTH_HELP || request.parallel < 2) return false;
  if ((paces.get(store) ?? Number.POSITIVE_INFINITY) < WORTH_WAKING) return false;
  if (++smallReads === WARM_AFTER) pool.warm(Math.min(request.parallel, runtime.cores) - 1);
  // Who reads in a row gives the event loop no turn by itself, and answers of workers wait for one.
  if (pool.idle === 0 && pool.alive > 0) await runtime.turn();
  return pool.idle > 0;
}
