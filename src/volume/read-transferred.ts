/** Large reads where memory cannot be shared: workers decode chunks into arrays of their own and give them away. */
import { arrayType, toVoxel } from "../base/dtype.js";
import { owned } from "../base/owned.js";
import { copyBox } from "../base/strided.js";
import { ORDINARY } from "../compute/outputs.js";
import type { ReadPlan } from "../grid/plan.js";
import type { ChunkContext } from "./chunk-store.js";
import { missingChunk } from "./decode.js";
import { boxSize, voxelBytes } from "./layout.js";
import { feed } from "./read-lanes.js";
import { allocate, fillArray, type ReadRequest, type ReadResult, reachesOutside } from "./read-request.js";
import type { AloneJob, Decoded } from "./read-worker.js";

/** Costs a copy of each chunk on this thread. A read that fails leaves nothing behind. */
export async function readTransferred(
  context: ChunkContext,
  request: ReadRequest,
  plan: ReadPlan,
): Promise<ReadResult> {
  const { pool } = context.runtime;
  if (pool === undefined) throw new TypeError("no workers here");
  const { layout, box, fillMissing, background, out } = request;
  const type = arrayType(layout.dtype);
  const shape = [...boxSize(box), layout.channels];
  const data = out ?? allocate(request, voxelBytes(layout, boxSize(box)));
  if (fillMissing || reachesOutside(layout, box)) fillArray(data, toVoxel(background, layout.dtype));
  await feed(context, request, plan, {
    missing: async (_, where) => {
      if (!fillMissing) throw missingChunk(where);
    },
    decode: async (chunk, { compression, source }, where, signal) => {
      const bytes = owned(source);
      const job: AloneJob = { layout, chunk, compression, bytes, where };
      const { voxels } = await pool.run<Decoded>("decodeAlone", job, { transfer: [bytes.buffer], signal });
      copyBox(new type(voxels), [...chunk.size, layout.channels], data, shape, [...chunk.to, 0]);
    },
  }).result;
  return { data, lifetime: ORDINARY };
}
