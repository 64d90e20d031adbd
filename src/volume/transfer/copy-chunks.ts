/** Stored bytes from chunk to chunk, without decoding: as they are, or recompressed. */
import { AbortGroup } from "../../base/abort.js";
import { nextTurn } from "../../base/turn.js";
import { type ChunkRead, planRead } from "../../grid/plan.js";
import { chunkStore } from "../chunk-store.js";
import { storedShapes } from "../layout.js";
import { supervise } from "../supervise.js";
import { recompressedTo } from "./how.js";
import type { TransferRequest, TransferUnit } from "./request.js";
import { storedChunk } from "./stored-chunk.js";

/** Chunks of a unit, and those that are on their way at a time. */
const UNIT = 64;
const IN_FLIGHT = 16;
/** Milliseconds of synchronous work after which others have their turn. */
const SLICE_MS = 25;

/** The units of a copy to a scale with a file for each chunk. */
export function copyUnits(request: TransferRequest): {
  readonly length: number;
  at(i: number): TransferUnit;
} {
  const plan = planRead(request.to.layout.grid, request.box);
  const length = Math.ceil(plan.length / UNIT);
  return {
    length,
    at: (i) => {
      const count = Math.min(UNIT, plan.length - i * UNIT);
      return { chunks: count, run: () => copySome(request, count, (n) => plan.at(i * UNIT + n)) };
    },
  };
}

/**
 * Copies a chunk on the calling thread, where both sides can: a tenth of the way through the threads of Node for small files.
 * @returns false for a chunk that takes more than a copy.
 */
function syncCopier({
  from,
  to,
  compression,
  policy,
}: TransferRequest): ((chunk: ChunkRead) => boolean) | undefined {
  const { readSync } = chunkStore(from.context, from.layout);
  const { writeSync } = to.context.store;
  if (readSync === undefined || writeSync === undefined) return undefined;
  if (recompressedTo(from.layout, to.layout) !== undefined) return undefined;
  return (chunk) => {
    if (storedShapes(from.layout, chunk.shape).length > 1) return false;
    const stored = readSync(`${from.layout.key}/${chunk.key}`);
    if (stored === undefined || (compression !== undefined && compression !== stored.compression))
      return false;
    writeSync(`${to.layout.key}/${chunk.key}`, stored.bytes, { ...policy, compression: stored.compression });
    return true;
  };
}

async function copySome(
  request: TransferRequest,
  count: number,
  at: (n: number) => ChunkRead,
): Promise<void> {
  const { to, compression, policy, signal } = request;
  const { store } = to.context;
  const { contentType, cacheControl } = policy;
  const group = new AbortGroup(signal);
  let next = 0;
  const copySync = syncCopier(request);
  let until = performance.now() + SLICE_MS;
  const lane = async (): Promise<void> => {
    for (let n = next++; n < count && !group.over; n = next++) {
      const chunk = at(n);
      if (copySync?.(chunk)) {
        if (performance.now() < until) continue;
        await nextTurn();
        until = performance.now() + SLICE_MS;
        continue;
      }
      await group.run(async (own) => {
        const stored = await storedChunk(request, chunk, compression, own);
        if (stored === undefined) return;
        const { lasting } = policy;
        const how = { compression: stored.compression, contentType, cacheControl, lasting, signal: own };
        await store.write?.(`${to.layout.key}/${chunk.key}`, stored.bytes, how);
      });
    }
  };
  const lanes = Array.from({ length: copySync === undefined ? Math.min(IN_FLIGHT, count) : 1 }, lane);
  await supervise(lanes, () => group.abort(new Error("another chunk failed")), signal).result;
  group.close();
  await store.sync?.(Array.from({ length: count }, (_, n) => `${to.layout.key}/${at(n).key}`));
}
