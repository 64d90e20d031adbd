/** A progress bar on standard error. */
import type { Bbox, CloudVolume, ProgressListener } from "../../src/node.js";

const FORMAT = "{bar} {percentage}%  {value}/{total} chunks  {eta_formatted} left";

/** For work of several stages, whose steps mean nothing to people. */
export const STAGES: string = "{bar} {percentage}%  {eta_formatted} left";

/** Runs `work` with a listener, or with none where no bar is wanted. By default: on a terminal. */
export async function withProgress<T>(
  wanted: boolean | undefined,
  work: (listener: ProgressListener | undefined) => Promise<T>,
  format: string = FORMAT,
): Promise<T> {
  if (!(wanted ?? process.stderr.isTTY)) return await work(undefined);
  const { Presets, SingleBar } = await import("cli-progress");
  const bar = new SingleBar(
    { format, stream: process.stderr, hideCursor: true, clearOnComplete: true, noTTYOutput: true },
    Presets.shades_classic,
  );
  let started = false;
  try {
    return await work(({ done, total }) => {
      if (!started) bar.start(total, 0);
      started = true;
      bar.update(done);
    });
  } finally {
    if (started) bar.stop();
  }
}

/** How many chunks a box touches. */
export function chunksOf({ chunkSize, voxelOffset }: CloudVolume, box: Bbox): number {
  return box.expandToChunkSize(chunkSize, voxelOffset).numChunks(chunkSize);
}

/** Adds parts up: each call gives the listener of the next part of a work of `total` chunks. */
export function inParts(listener: ProgressListener | false, total: number): () => ProgressListener | false {
  let before = 0;
  return () => {
    const base = before;
    if (!listener) return false;
    return (part) => {
      before = base + part.total;
      listener({ done: base + part.done, total });
    };
  };
}
