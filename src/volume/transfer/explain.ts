/** What a transfer would do, without doing it. */
import { type BoxExplanation, explainDownload, explainUpload } from "../explain.js";
import { SLAB_BYTES } from "../read-slabs.js";
import { howOf, type TransferHow } from "./how.js";
import type { TransferRequest } from "./request.js";

/** A dry run of a transfer. `bytes`: those read; `items`: what is read, then what is written. */
export interface TransferExplanation extends Omit<BoxExplanation, "operation"> {
  readonly operation: "transfer";
  /** Whether stored bytes are copied as they are, recompressed without loss, or voxels are read and written. */
  readonly how: TransferHow;
}

/** Units in work at a time, as `run.ts` has them. */
const LANES = 2;

export async function explainTransfer(request: TransferRequest): Promise<TransferExplanation> {
  const { from, to, box, parallel, signal } = request;
  const source = await explainDownload(from.context, { layout: from.layout, box, parallel, signal });
  const target = explainUpload({ layout: to.layout, box, parallel, signal }, false);
  return {
    operation: "transfer",
    how: howOf(from.layout, to.layout, box),
    chunks: target.chunks,
    shards: source.shards + target.shards,
    requests: source.requests + target.requests,
    bytes: source.bytes,
    memory: Math.min(source.memory, LANES * SLAB_BYTES) + Math.min(target.memory, LANES * SLAB_BYTES),
    missing: source.missing,
    items: [...source.items, ...target.items],
  };
}
