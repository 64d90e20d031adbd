/** Which values a box holds, as far as possible without decoding its chunks. */
import type { Box6 } from "../base/bbox.js";
import { bytesPerVoxel, type TypedArray, type Voxel } from "../base/dtype.js";
import { LabelSet } from "../base/label-set.js";
import { product } from "../base/strided.js";
import { distinctLabels } from "../codecs/labels.js";
import { planRead } from "../grid/plan.js";
import type { VolumeContext } from "./context.js";
import { missingChunk } from "./decode.js";
import { denseChunk } from "./dense-chunk.js";
import { chunkSpec, type ScaleLayout } from "./layout.js";
import type { ProgressListener } from "./progress.js";
import { reachesOutside } from "./read-request.js";
import { type VisitedChunk, visitChunks } from "./visit-chunks.js";

export interface UniqueRequest {
  readonly layout: ScaleLayout;
  /** May reach over the volume's bounds: the background is there. */
  readonly box: Box6;
  readonly fillMissing: boolean;
  readonly background: Voxel;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/**
 * The distinct values of all channels of a box, ascending. Chunks that lie inside as a whole are asked for their labels
 * where the encoding lists them, the others are decoded one at a time, so that memory holds a few chunks and 8 to 16
 * bytes for each distinct value. One request for each chunk. Source: CloudVolume `unique`.
 * @throws EmptyVolumeException for a missing chunk unless fillMissing, DecodingError, StorageError.
 */
export async function uniqueValues(context: VolumeContext, request: UniqueRequest): Promise<TypedArray> {
  const { layout, box, fillMissing, background, signal, onProgress } = request;
  const values = new LabelSet(layout.dtype);
  const chunks = planRead(layout.grid, box);
  if (reachesOutside(layout, box)) {
    if (chunks.length === 0 && !fillMissing) throw missingChunk(context.store.url(layout.key));
    values.addVoxel(background);
  }
  await visitChunks(context, { layout, chunks, signal, onProgress }, (visited) => {
    if (visited.encoded !== undefined) values.addBits(bitsIn(layout, visited));
    else if (fillMissing) values.addVoxel(background);
    else throw missingChunk(visited.where);
  });
  return values.sorted();
}

/** The distinct bit patterns of what is wanted of a stored chunk. */
function bitsIn(layout: ScaleLayout, visited: VisitedChunk): BigUint64Array {
  const { chunk, codec, workspace, encoded } = visited;
  if (encoded === undefined) return new BigUint64Array(0);
  const { shape, size } = chunk;
  const whole = product(size) === product(shape);
  const labels = layout.dtype.startsWith("float") ? undefined : codec.labels;
  if (whole && labels !== undefined) {
    const found = labels(workspace, encoded, chunkSpec(layout, shape));
    if (found instanceof BigUint64Array) return found;
    const bits = 8 * bytesPerVoxel(layout.dtype);
    return BigUint64Array.from(found, (label) => BigInt.asUintN(bits, label));
  }
  const bytes = bytesPerVoxel(layout.dtype);
  const { ptr, length } = denseChunk(layout, visited, encoded);
  return distinctLabels(workspace, [{ ptr, count: length / bytes, bytes }]);
}
