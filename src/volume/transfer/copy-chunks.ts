/** Stored bytes from chunk to chunk, without decoding. */
import { AbortGroup } from "../../base/abort.js";
import { type ChunkRead, planRead } from "../../grid/plan.js";
import { supervise } from "../supervise.js";
import type { TransferRequest, TransferUnit } from "./request.js";
import { storedChunk } from "./stored-chunk.js";

/** Chunks of a unit, and those that are on their way at a time. */
const UNIT = 64;
const IN_FLIGHT = 16;

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
  const lane = async (): Promise<void> => {
    for (let n = next++; n < count && !group.over; n = next++) {
      const chunk = at(n);
      await group.run(async (own) => {
        const stored = await storedChunk(request, chunk, compression, own);
        if (stored === undefined) return;
        const how = { compression: stored.compression, contentType, cacheControl, signal: own };
        await store.write?.(`${to.layout.key}/${chunk.key}`, stored.bytes, how);
      });
    }
  };
  const lanes = Array.from({ length: Math.min(IN_FLIGHT, count) }, lane);
  await supervise(lanes, () => group.abort(new Error("another chunk failed")), signal).result;
  group.close();
}
