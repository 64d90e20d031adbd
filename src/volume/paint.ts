/** Writing a box that cuts through chunks: the aligned core directly, the cut chunks by read, paint, write. */
import { Bbox, type Box6 } from "../base/bbox.js";
import { arrayType, type TypedArray, toVoxel } from "../base/dtype.js";
import { copyRows, dot, fortranStride, type StridedArray, type Vec4 } from "../base/strided.js";
import { expandToChunks } from "../grid/align.js";
import { type ChunkRead, planWrite } from "../grid/plan.js";
import type { ShardingSpec } from "../shards/neuroglancer-uint64/index.js";
import { chunkContext } from "./chunk-store.js";
import { type VolumeContext, withoutCaches } from "./context.js";
import { forgetting } from "./forget.js";
import { boxSize, voxelBytes } from "./layout.js";
import { readBox } from "./read.js";
import { fillArray } from "./read-request.js";
import type { VolumeSettings } from "./settings.js";
import { supervise } from "./supervise.js";
import { writeBox } from "./write.js";
import { partOf, type WriteRequest } from "./write-request.js";
import { writeSharded } from "./write-sharded.js";

/** Cut chunks that are read and written at a time. */
const IN_FLIGHT = 4;

/** Not atomic as a whole, and not safe against other writers of the same chunks: each chunk by itself is. */
export async function paintBox(
  context: VolumeContext,
  request: WriteRequest,
  settings: Readonly<VolumeSettings>,
): Promise<void> {
  const { sharding } = request.layout;
  if (sharding !== undefined) return await paintSharded(context, request, settings, sharding);
  const { core, shell } = planWrite(request.layout.grid, request.box);
  if (core !== undefined)
    await writeBox(context, { ...request, box: core, array: partOf(request, core), onProgress: undefined });
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < shell.length) {
      const { box } = shell.at(next++);
      await paintChunk(context, request, settings, box);
      request.onProgress?.({ done: next, total: shell.length });
    }
  };
  const stop = (): void => {
    next = shell.length;
  };
  await supervise(Array.from({ length: Math.min(IN_FLIGHT, shell.length) }, lane), stop, request.signal)
    .result;
}

/** The same in shards: each file is replaced once, with whole and cut chunks. */
async function paintSharded(
  context: VolumeContext,
  request: WriteRequest,
  settings: Readonly<VolumeSettings>,
  sharding: ShardingSpec,
): Promise<void> {
  const { layout, box } = request;
  const wanted = Bbox.fromList(box);
  const whole = { ...request, box: expandToChunks(layout.grid, box) };
  const voxels = async (chunk: ChunkRead): Promise<StridedArray> =>
    wanted.containsBbox(Bbox.fromList(chunk.box))
      ? partOf(request, chunk.box)
      : await painted(context, request, settings, chunk.box);
  await forgetting(context.lru, layout, whole.box, () =>
    writeSharded(chunkContext(context, layout), whole, sharding, voxels),
  );
}

async function paintChunk(
  context: VolumeContext,
  request: WriteRequest,
  settings: Readonly<VolumeSettings>,
  chunk: Box6,
): Promise<void> {
  const array = await painted(context, request, settings, chunk);
  await writeBox(context, { ...request, box: chunk, array, onProgress: undefined });
}

/** A cut chunk with what of the request lies in it painted over. */
async function painted(
  context: VolumeContext,
  request: WriteRequest,
  settings: Readonly<VolumeSettings>,
  chunk: Box6,
): Promise<StridedArray> {
  const { layout, signal, parallel } = request;
  const shape: Vec4 = [...boxSize(chunk), layout.channels];
  const data = settings.overwritePartialChunks
    ? blank(request, settings, chunk)
    : (
        await readBox(withoutCaches(context), {
          layout,
          box: chunk,
          fillMissing: settings.fillMissing,
          background: settings.backgroundColor,
          parallel,
          signal,
        })
      ).data;
  const cut = Bbox.intersection(Bbox.fromList(chunk), Bbox.fromList(request.box)).toList();
  const from = partOf(request, cut);
  const stride = fortranStride(shape);
  const to = dot([cut[0] - chunk[0], cut[1] - chunk[1], cut[2] - chunk[2], 0], stride);
  copyRows(from.data, from.stride, 0, data, stride, to, from.shape);
  return { data, shape, stride };
}

function blank({ layout }: WriteRequest, settings: Readonly<VolumeSettings>, chunk: Box6): TypedArray {
  const type = arrayType(layout.dtype);
  const data = new type(voxelBytes(layout, boxSize(chunk)) / type.BYTES_PER_ELEMENT);
  return fillArray(data, toVoxel(settings.backgroundColor, layout.dtype));
}
