/** A block of chunks encoded anew by workers, which read and write the files themselves. */
import type { Box6 } from "../../base/bbox.js";
import type { Outputs } from "../../compute/outputs.js";
import type { WorkerPool } from "../../compute/pool.js";
import { chunkCount } from "../../grid/grid.js";
import type { StoreSpec } from "../../stores/store.js";
import { chunkStore } from "../chunk-store.js";
import { isForeign } from "../layout.js";
import { supervise } from "../supervise.js";
import type { TranscodeJob } from "../transcode-worker.js";
import { recompressedTo, withoutLoss } from "./how.js";
import type { TransferRequest } from "./request.js";

const SLICE_MS = 40;
/** Bytes of a worker's memory at the start; it grows to what a chunk needs. */
const MEMORY = 1 << 20;

interface Ends {
  readonly source: StoreSpec;
  readonly target: StoreSpec;
  readonly pool: WorkerPool;
  readonly outputs: Outputs;
}

/** @returns undefined where workers cannot: other chunks, stores that they cannot open, no workers, shards to write. */
export function endsForWorkers({ from, to, parallel }: TransferRequest): Ends | undefined {
  const { pool, outputs } = to.context.runtime;
  const source = chunkStore(from.context, from.layout).spec;
  const target = to.context.store.spec;
  const isSame =
    String(Object.values(from.layout.grid)) === String(Object.values(to.layout.grid)) &&
    !isForeign(from.layout) &&
    !isForeign(to.layout) &&
    to.layout.sharding === undefined;
  if (!isSame || pool === undefined || outputs === undefined) return undefined;
  if (source === undefined || target === undefined || parallel < 2) return undefined;
  return { source, target, pool, outputs };
}

/** Encodes the chunks of a box anew. Each worker holds one chunk. */
export async function transcodeBlock(request: TransferRequest, box: Box6, ends: Ends): Promise<void> {
  const { from, to, policy, fillMissing, background, parallel, signal } = request;
  const { source, target, pool, outputs } = ends;
  const count = chunkCount(to.layout.grid, box);
  const recompress = recompressedTo(from.layout, to.layout);
  const control = new SharedArrayBuffer(8);
  const counts = new Int32Array(control);
  const lane = async (): Promise<void> => {
    const lease = await outputs.acquire(MEMORY);
    const job: TranscodeJob = {
      from: { store: source, layout: from.layout },
      to: { store: target, layout: recompress === undefined ? to.layout : withoutLoss(to.layout) },
      recompress,
      ...{ box, policy, fill: fillMissing ? background : undefined, control, slice: SLICE_MS },
      memory: lease.output.id,
    };
    try {
      while (Atomics.load(counts, 0) < count) await pool.run("transcode", job, { share: lease.output });
    } finally {
      lease.discard();
    }
  };
  const lanes = Array.from({ length: Math.min(parallel, pool.size, count) }, lane);
  await supervise(lanes, () => Atomics.store(counts, 0, count), signal).result;
}
