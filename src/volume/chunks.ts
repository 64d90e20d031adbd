/** Questions about and deletion of chunks, without their content. */

import { AbortGroup } from "../base/abort.js";
import { Bbox, type Box6 } from "../base/bbox.js";
import { AlignmentError, StorageError, UnsupportedProtocolError } from "../base/errors.js";
import { expandToChunks, isAligned, nearestAligned } from "../grid/align.js";
import { planRead } from "../grid/plan.js";
import type { Store } from "../stores/store.js";
import { chunkStore } from "./chunk-store.js";
import type { VolumeContext } from "./context.js";
import { forgetting } from "./forget.js";
import type { ScaleLayout } from "./layout.js";
import type { ProgressListener } from "./progress.js";
import { supervise } from "./supervise.js";
import { deleteSharded } from "./write-sharded.js";

export interface ChunksRequest {
  readonly layout: ScaleLayout;
  readonly box: Box6;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

const IN_FLIGHT = 32;

/** Which chunks that the box touches are stored, by key. Source: CloudVolume `exists`. */
export async function chunksExist(
  context: VolumeContext,
  request: ChunksRequest,
): Promise<Map<string, boolean>> {
  const found: boolean[] = [];
  const keys: string[] = [];
  const chunks = chunkStore(context, request.layout);
  await eachChunk(request, async (key, i, signal) => {
    keys[i] = key;
    found[i] = (await chunks.stat(key, { signal })) !== undefined;
    if (found[i] !== true) context.lru?.invalidate(key);
  });
  return new Map(keys.map((key, i) => [key, found[i] === true]));
}

/** Deletes the chunks of an aligned box. @throws AlignmentError naming the nearest aligned box, StorageError if read-only. */
export async function deleteChunks(context: VolumeContext, request: ChunksRequest): Promise<void> {
  const { layout, box } = request;
  const store = chunkStore(context, layout);
  if (store.remove === undefined) {
    throw new StorageError("This storage is read-only", { where: store.url(layout.key) });
  }
  if (!isAligned(layout.grid, box)) {
    throw new AlignmentError("The box to delete cuts through chunks", {
      where: Bbox.fromList(box).toString(),
      fix: `The nearest aligned box is ${Bbox.fromList(nearestAligned(layout.grid, box)).toString()}.`,
    });
  }
  const { signal: own, onProgress } = request;
  await forgetting(context.lru, layout, box, async () => {
    if (layout.sharding !== undefined)
      await deleteSharded(context, layout, layout.sharding, box, own, onProgress);
    else if (store.removeAll !== undefined) await deleteBatches(store.removeAll, request);
    else await eachChunk(request, async (key, _, signal) => await store.remove?.(key, { signal }));
  });
}

/** Chunks of one request for many: a thousand is what S3 takes. */
const BATCH = 1000;

async function deleteBatches(
  removeAll: NonNullable<Store["removeAll"]>,
  { layout, box, signal, onProgress }: ChunksRequest,
): Promise<void> {
  const plan = planRead(layout.grid, expandToChunks(layout.grid, box));
  for (let at = 0; at < plan.length; at += BATCH) {
    const count = Math.min(BATCH, plan.length - at);
    const keys = Array.from({ length: count }, (_, i) => `${layout.key}/${plan.at(at + i).key}`);
    await removeAll(keys, { signal });
    onProgress?.({ done: at + count, total: plan.length });
  }
}

async function eachChunk(
  request: ChunksRequest,
  act: (key: string, index: number, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { layout, signal, onProgress } = request;
  const plan = planRead(layout.grid, expandToChunks(layout.grid, request.box));
  const requests = new AbortGroup(signal);
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < plan.length; i = next++) {
      await requests.run((own) => act(`${layout.key}/${plan.at(i).key}`, i, own));
      onProgress?.({ done: ++done, total: plan.length });
    }
  };
  const stop = (): void => {
    next = plan.length;
    requests.abort(new Error("another request failed"));
  };
  await supervise(Array.from({ length: Math.min(IN_FLIGHT, plan.length) }, lane), stop, signal).result;
  requests.close();
}

/** Whether anything is stored under a scale's key: the first listed key decides. Source: CloudVolume `image.has_data`. */
export async function scaleHasData(
  context: VolumeContext,
  layout: ScaleLayout,
  signal?: AbortSignal,
): Promise<boolean> {
  const store = chunkStore(context, layout);
  if (store.list === undefined) return await firstChunksExist(store, layout, signal);
  try {
    for await (const _ of store.list(`${layout.key}/`, { signal })) return true;
    return false;
  } catch (error) {
    if (!(error instanceof UnsupportedProtocolError)) throw error;
    return await firstChunksExist(store, layout, signal);
  }
}

/** Without a listing (plain http): the first and the middle chunk are asked for. */
async function firstChunksExist(
  store: VolumeContext["store"],
  layout: ScaleLayout,
  signal?: AbortSignal,
): Promise<boolean> {
  const { offset, size } = layout.grid;
  const end = offset.map((o, i) => o + (size[i] as number)) as [number, number, number];
  const plan = planRead(layout.grid, [...offset, ...end]);
  const probes = [0, Math.floor(plan.length / 2), plan.length - 1].filter((i) => i >= 0 && i < plan.length);
  for (const i of probes) {
    if ((await store.stat(`${layout.key}/${plan.at(i).key}`, { signal })) !== undefined) return true;
  }
  return false;
}
