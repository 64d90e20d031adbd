/** Runs the units of a transfer, two at a time, with a journal. */
import { throwIfAborted } from "../../base/abort.js";
import { chunkCount } from "../../grid/grid.js";
import type { ProgressListener } from "../progress.js";
import { supervise } from "../supervise.js";
import { copyUnits } from "./copy-chunks.js";
import { shardUnits } from "./copy-shards.js";
import { howOf } from "./how.js";
import { TransferJournal } from "./journal.js";
import type { TransferRequest, TransferUnit } from "./request.js";
import { rerenderUnits } from "./rerender.js";
import { endsForWorkers } from "./transcode.js";

/** Units at a time: while one is read, another is written. */
const LANES = 2;

export interface TransferRun {
  readonly request: TransferRequest;
  /** Tells transfers apart, for resuming. */
  readonly name: string;
  readonly resume: boolean;
  readonly onProgress?: ProgressListener | undefined;
}

/** @throws EmptyFileException, EmptyVolumeException, StorageError, DecodingError; what is done stays done. */
export async function runTransfer({ request, name, resume, onProgress }: TransferRun): Promise<void> {
  const { to, box, signal } = request;
  const units = unitsOf(request);
  const place = to.layout.cutouts === undefined ? to.context.store : undefined;
  const journal = await TransferJournal.open(place, name, units.length, resume, signal);
  const total = chunkCount(to.layout.grid, box);
  let done = 0;
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < units.length; i = next++) {
      throwIfAborted(signal);
      const unit = units.at(i);
      if (!journal.isDone(i)) {
        await unit.run();
        await journal.add(i);
      }
      done += unit.chunks;
      onProgress?.({ done, total });
    }
  };
  const stop = (): void => {
    next = units.length;
  };
  const work = supervise(Array.from({ length: Math.min(LANES, units.length) }, lane), stop, signal);
  try {
    await work.result;
  } catch (error) {
    // What is under way ends first, so that the journal says all.
    await work.settled;
    await journal.flush().catch(() => {});
    throw error;
  }
  await journal.remove();
}

function unitsOf(request: TransferRequest): { readonly length: number; at(i: number): TransferUnit } {
  const { from, to } = request;
  const how = howOf(from.layout, to.layout, request.box);
  if (how === "from voxels") return rerenderUnits(request);
  // Workers go from file to file.
  if (how === "recompressed" && endsForWorkers(request) !== undefined) return rerenderUnits(request);
  const { sharding } = to.layout;
  if (sharding === undefined) return copyUnits(request);
  const units = shardUnits(request, sharding);
  return { length: units.length, at: (i) => units[i]! };
}
