/** The encoded chunks of an array, by label. */
import { planRead } from "../grid/plan.js";
import type { VolumeContext } from "./context.js";
import { encodeChunks } from "./encode-chunks.js";
import { labelOf } from "./shard-groups.js";
import { partOf, type WriteRequest } from "./write-request.js";

/** Encodes the chunks of an aligned box; the results are held in memory, in the order of the grid. */
export async function encodedChunks(
  { runtime }: VolumeContext,
  request: WriteRequest,
): Promise<Map<bigint, Uint8Array>> {
  const { layout, box, policy, parallel, signal } = request;
  const chunks = [...planRead(layout.grid, box)];
  const found: (Uint8Array | undefined)[] = [];
  await encodeChunks(
    runtime,
    {
      layout,
      policy,
      parallel,
      signal,
      voxels: (chunk) => partOf(request, chunk.box),
      done: (chunk, bytes) => {
        found[chunk.index] = bytes;
      },
    },
    chunks,
  );
  const out = new Map<bigint, Uint8Array>();
  for (const chunk of chunks) {
    const bytes = found[chunk.index];
    if (bytes !== undefined) out.set(labelOf(layout.grid, chunk), bytes);
  }
  return out;
}
