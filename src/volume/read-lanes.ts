/** Who decodes the chunks of a large read: lanes that run side by side until the plan is done. */
import { AbortGroup } from "../base/abort.js";
import { sharedWorkspace } from "../base/memory-workspace.js";
import { owned } from "../base/owned.js";
import type { OutputMemory } from "../compute/outputs.js";
import type { WorkerPool } from "../compute/pool.js";
import type { ChunkRead, ReadPlan } from "../grid/plan.js";
import { withTrustAsync } from "../stores/distrust.js";
import type { ChunkContext } from "./chunk-store.js";
import { fillMissingChunk } from "./decode.js";
import { voxelBytes } from "./layout.js";
import type { ReadRequest } from "./read-request.js";
import {
  type DecodeJob,
  DONE,
  NEXT,
  type OutputRef,
  type ReadJob,
  readSlice,
  type WorkerContext,
} from "./read-worker.js";
import { type FetchedBytes, readStored } from "./stored.js";
import { supervise, type Work } from "./supervise.js";

/** Milliseconds of work after which a worker reports back. */
const SLICE_MS = 40;
/** Chunks of a store that workers cannot open that are fetched at a time: as many as decode to so much, but not too few. */
const IN_FLIGHT = { most: 128, least: 16, bytes: 512 << 20 } as const;

export interface LanesRequest {
  readonly context: ChunkContext;
  readonly request: ReadRequest;
  readonly plan: ReadPlan;
  readonly pool: WorkerPool;
  /** The memory that workers decode into, and where in it. */
  readonly output: OutputMemory;
  readonly place: OutputRef;
}

/** Disk: each thread opens the files itself and takes chunk numbers off a shared counter. `assisted`: this one too. */
export function shareCounter(
  { context, request, plan, pool, output, place }: LanesRequest,
  assisted: boolean,
): Work {
  const control = new SharedArrayBuffer(8);
  const counts = new Int32Array(control);
  const job: ReadJob = {
    store: context.chunks.spec,
    layout: request.layout,
    box: request.box,
    output: place,
    fill: request.fillMissing ? request.background : undefined,
    control,
    slice: SLICE_MS,
  };
  const allDone = (): boolean => Atomics.load(counts, DONE) === plan.length;
  let over = false;
  const progress = (): void => {
    if (!over) request.onProgress?.({ done: Atomics.load(counts, DONE), total: plan.length });
    over ||= allDone();
  };
  const lane = async (): Promise<void> => {
    while (Atomics.load(counts, NEXT) < plan.length) {
      await pool.run("read", job, { share: output });
      progress();
    }
  };
  const threads = Math.min(request.parallel, assisted ? pool.idle + 1 : pool.size, plan.length);
  const lanes = Array.from({ length: assisted ? threads - 1 : threads }, lane);
  const stop = (): void => void Atomics.store(counts, NEXT, plan.length);
  if (!assisted) return supervise(lanes, stop, request.signal);
  const { codec } = context.runtime;
  const here: WorkerContext = { openSpec: () => context.store, codec, memory: () => output.memory };
  const own = readSlice(here, { ...job, slice: Number.POSITIVE_INFINITY });
  // A helper that came too late, or whose answer is still on its way, is not waited for.
  const early = own.then(
    () => {
      if (allDone()) progress();
      return allDone();
    },
    () => false,
  );
  return supervise([own, ...lanes], stop, request.signal, early);
}

/** Other stores: this thread fetches, workers decode into the shared memory. */
export function feedWorkers({ context, request, plan, pool, output, place }: LanesRequest): Work {
  const { layout, fillMissing, background } = request;
  return feed(context, request, plan, {
    missing: async (chunk, where) => {
      const workspace = sharedWorkspace(output.memory);
      const codec = await context.runtime.codec(layout.encoding, "decode");
      const target = { workspace, codec, layout, ...place };
      fillMissingChunk(target, chunk, fillMissing ? background : undefined, where);
    },
    decode: async (chunk, { compression, source }, where, signal) => {
      const bytes = owned(source);
      const job: DecodeJob = { layout, chunk, output: place, compression, bytes, where };
      await pool.run("decode", job, { transfer: [bytes.buffer], share: output, finishBegun: true, signal });
    },
  });
}

/** What becomes of fetched chunks. */
export interface ChunkSink {
  missing(chunk: ChunkRead, where: string): Promise<void>;
  decode(chunk: ChunkRead, stored: FetchedBytes, where: string, signal: AbortSignal): Promise<void>;
}

/** Fetches the chunks of a plan; a bounded number of them is on its way. */
export function feed(context: ChunkContext, request: ReadRequest, plan: ReadPlan, sink: ChunkSink): Work {
  const { layout } = request;
  const { chunks: store } = context;
  const fetches = new AbortGroup(request.signal);
  let next = 0;
  let done = 0;
  const one = async (i: number): Promise<void> => {
    const chunk = plan.at(i);
    const key = `${layout.key}/${chunk.key}`;
    await withTrustAsync(store, key, () => fetchAndDecode(chunk, key));
    if (!fetches.over) request.onProgress?.({ done: ++done, total: plan.length });
  };
  const fetchAndDecode = async (chunk: ChunkRead, key: string): Promise<void> => {
    const where = store.url(key);
    const stored = await fetches.run((signal) => readStored(store, key, signal));
    if (fetches.over) return;
    if (stored === undefined) await sink.missing(chunk, where);
    else await fetches.run((signal) => sink.decode(chunk, stored, where, signal));
  };
  const lane = async (): Promise<void> => {
    while (!fetches.over && next < plan.length) await one(next++);
  };
  const { most, least, bytes } = IN_FLIGHT;
  const fitting = Math.floor(bytes / voxelBytes(layout, layout.grid.chunk));
  const count = Math.max(least, Math.min(most, fitting));
  const lanes = Array.from({ length: Math.min(count, plan.length) }, lane);
  const work = supervise(lanes, () => fetches.abort(new Error("another chunk failed")), request.signal);
  void work.settled.then(() => fetches.close());
  return work;
}
