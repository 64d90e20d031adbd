/** What is asked of a write, whoever executes it. */
import type { Box6 } from "../base/bbox.js";
import type { TypedArray } from "../base/dtype.js";
import { dot, type StridedArray } from "../base/strided.js";
import type { StoragePolicy } from "./encode.js";
import { boxSize, type ScaleLayout } from "./layout.js";
import type { ProgressListener } from "./progress.js";

export interface WriteRequest {
  readonly layout: ScaleLayout;
  /** Aligned to chunks (or ending at the volume's edge) and inside of the volume. */
  readonly box: Box6;
  /** x, y, z, channel of exactly the box; any strides. */
  readonly array: StridedArray;
  readonly policy: StoragePolicy;
  readonly parallel: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** The part of the request's array that covers a box inside of it. */
export function partOf({ array, box, layout }: WriteRequest, part: Box6): StridedArray {
  const at = dot([part[0] - box[0], part[1] - box[1], part[2] - box[2], 0], array.stride);
  return {
    data: array.data.subarray(at) as TypedArray,
    shape: [...boxSize(part), layout.channels],
    stride: array.stride,
  };
}
