/** A part of a volume as a volume in memory. */
import { AbortGroup } from "../base/abort.js";
import type { Box6 } from "../base/bbox.js";
import { planRead } from "../grid/plan.js";
import type { Store } from "../stores/store.js";
import { chunkStore } from "./chunk-store.js";
import type { VolumeContext } from "./context.js";
import { missingChunk } from "./decode.js";
import { type ScaleLayout, storedShapes } from "./layout.js";
import type { ProgressListener } from "./progress.js";
import { supervise } from "./supervise.js";

const IN_FLIGHT = 32;

export interface CopyRequest {
  readonly layout: ScaleLayout;
  readonly box: Box6;
  readonly fillMissing: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/**
 * Copies the stored bytes of chunks under the same keys. @returns the boxes of those that cannot be copied so: writers of
 * shards may have padded what the volume's end cuts. @throws EmptyVolumeException unless fillMissing.
 */
export async function copyChunks(context: VolumeContext, to: Store, request: CopyRequest): Promise<Box6[]> {
  const { layout, box, fillMissing, signal, onProgress } = request;
  const store = chunkStore(context, layout);
  const others: Box6[] = [];
  const plan = planRead(layout.grid, box);
  const requests = new AbortGroup(signal);
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < plan.length && !requests.over; i = next++) {
      const chunk = plan.at(i);
      const key = `${layout.key}/${chunk.key}`;
      const stored = await requests.run((own) => store.read(key, { signal: own }));
      if (stored === undefined && !fillMissing) throw missingChunk(store.url(key));
      if (stored !== undefined && storedShapes(layout, chunk.shape).length > 1) others.push(chunk.box);
      else if (stored !== undefined) await to.write?.(key, stored.bytes, { compression: stored.compression });
      onProgress?.({ done: ++done, total: plan.length });
    }
  };
  const lanes = Array.from({ length: Math.min(IN_FLIGHT, plan.length) }, lane);
  await supervise(lanes, () => requests.abort(new Error("another chunk failed")), signal).result;
  requests.close();
  return others;
}

const forgotten = new FinalizationRegistry<() => void>((free) => free());

/** Calls `free` when `owner` is garbage, unless the function that is returned did so before. `free` must not hold it. */
export function freeWith(owner: object, free: () => void): () => void {
  forgotten.register(owner, free, free);
  return () => {
    if (forgotten.unregister(free)) free();
  };
}
