/** A large box block by block. */
import { Bbox, type Box6 } from "../base/bbox.js";
import type { VolumeCutout } from "./cutout.js";
import { boxSize, type ScaleLayout, voxelBytes } from "./layout.js";
import { slabs } from "./read-slabs.js";

export interface BlockOptions {
  /** The most bytes of voxels that blocks hold at a time: the one being looked at, and the next. Default 256 MB. */
  readonly bytes?: number | undefined;
  /** Give a block's memory back when the next one is asked for. Then none may be kept. Default false. */
  readonly recycle?: boolean | undefined;
}

const DEFAULT_BYTES = 256 << 20;

/** The boxes of the blocks, x fastest. Each ends at the edges of chunks, so that no chunk is read twice; one chunk at least. */
export function blockBoxes(layout: ScaleLayout, box: Box6, bytes: number = DEFAULT_BYTES): Iterable<Box6> {
  return slabs({ layout, box }, bytes / 2);
}

/**
 * Reads blocks one after the other, one ahead of the caller where both fit. Nothing more is read until the caller asks
 * for the next block. Leaving the loop stops what is being read.
 */
export async function* readBlocks(
  layout: ScaleLayout,
  boxes: Iterable<Box6>,
  { bytes = DEFAULT_BYTES, recycle = false }: BlockOptions,
  read: (box: Bbox, signal: AbortSignal) => Promise<VolumeCutout>,
  signal: AbortSignal | undefined,
): AsyncGenerator<VolumeCutout, void, undefined> {
  const stop = new AbortController();
  const abort = (): void => stop.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  const begin = (box: Box6): Promise<VolumeCutout> => {
    const reading = read(Bbox.fromList(box, { dtype: "int64" }), stop.signal);
    reading.catch(() => {}); // Told when it is this block's turn.
    return reading;
  };
  const size = (box: Box6): number => voxelBytes(layout, boxSize(box));
  let ahead: Promise<VolumeCutout> | undefined;
  const walk = boxes[Symbol.iterator]();
  const step = (): Box6 | undefined => walk.next().value;
  try {
    for (let box = step(), next = step(); box !== undefined; box = next, next = step()) {
      const block = await (ahead ?? begin(box));
      ahead = next !== undefined && size(box) + size(next) <= bytes ? begin(next) : undefined;
      yield block;
      if (recycle) block.release();
    }
  } finally {
    stop.abort();
    signal?.removeEventListener("abort", abort);
    if (ahead !== undefined) void ahead.then((block) => block.release()).catch(() => {});
  }
}
