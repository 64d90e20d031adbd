/** The stored bytes of chunks, as they are. */
import { AbortGroup } from "../base/abort.js";
import type { Box6 } from "../base/bbox.js";
import { decompress } from "../compression/index.js";
import { planRead } from "../grid/plan.js";
import { chunkStore } from "./chunk-store.js";
import type { VolumeContext } from "./context.js";
import { missingChunk } from "./decode.js";
import { encodedLimit, type ScaleLayout, storedShapes } from "./layout.js";
import type { ProgressListener } from "./progress.js";
import { labelOfChunk } from "./sharded-chunks.js";
import { supervise } from "./supervise.js";

export interface FilesRequest {
  readonly layout: ScaleLayout;
  readonly box: Box6;
  /** Undo gzip and the like; the encoding stays. */
  readonly decompress: boolean;
  /** Keep nothing: what is read goes into the caches only. */
  readonly cacheOnly: boolean;
  readonly fillMissing: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

const IN_FLIGHT = 32;

/**
 * The bytes of each chunk that a box touches, by its key, or by its label in shards (its compressed Morton code). Chunks that are not stored are left out with fillMissing.
 * @throws EmptyVolumeException for a missing chunk, DecompressionError, StorageError.
 */
export async function chunkFiles(
  context: VolumeContext,
  request: FilesRequest,
): Promise<Map<string | bigint, Uint8Array>> {
  const { layout, box, fillMissing, cacheOnly, signal, onProgress } = request;
  const store = chunkStore(context, layout);
  const plan = planRead(layout.grid, box);
  const found: (Uint8Array | undefined)[] = [];
  const fetches = new AbortGroup(signal);
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < plan.length && !fetches.over; i = next++) {
      const chunk = plan.at(i);
      const key = `${layout.key}/${chunk.key}`;
      const stored = await fetches.run((own) => store.read(key, { signal: own }));
      if (stored === undefined && !fillMissing) throw missingChunk(store.url(key));
      if (stored !== undefined && !cacheOnly) {
        const { bytes, compression } = stored;
        const limit = encodedLimit(layout, storedShapes(layout, chunk.shape).at(-1) ?? chunk.shape);
        const where = store.url(key);
        found[i] = request.decompress ? await decompress(compression, bytes, { limit, where }) : bytes;
      }
      onProgress?.({ done: ++done, total: plan.length });
    }
  };
  const lanes = Array.from({ length: Math.min(IN_FLIGHT, plan.length) }, lane);
  await supervise(lanes, () => fetches.abort(new Error("another chunk failed")), signal).result;
  fetches.close();
  const files = new Map<string | bigint, Uint8Array>();
  found.forEach((bytes, i) => {
    const key = `${layout.key}/${plan.at(i).key}`;
    const name = layout.sharding === undefined ? key : labelOfChunk(layout, key);
    if (bytes !== undefined && name !== undefined) files.set(name, bytes);
  });
  return files;
}
