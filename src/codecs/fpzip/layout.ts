/** The four axes of an fpzip stream, and the job that `kernels/fpzip/assembly/job.ts` describes. */
import { bytesPerVoxel } from "../../base/dtype.js";
import type { Placement } from "../../base/placement.js";
import { fortranStride, type Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { fpzip } from "../../kernels/fpzip.js";
import type { ChunkSpec } from "../codec.js";

/** How a chunk becomes a stream. */
export interface Variant {
  readonly name: string;
  /** Which of x, y, z, channel are the axes of a stream: three of a field, and the fields. */
  readonly axes: Vec4;
  /** Whether 2 is added. */
  readonly shifted: boolean;
}

export function permuted(values: readonly number[], { axes }: Variant): Vec4 {
  return axes.map((axis) => values[axis]!) as unknown as Vec4;
}

/** Index of a job's fields, in words. */
export const JOB = {
  source: 0,
  shape: 2,
  precision: 6,
  low: 10,
  scratch: 14,
  shifted: 27,
  written: 29,
} as const;
const JOB_WORDS = 30;

/** An empty job. @returns its address. */
export function newJob(ws: Workspace, source: Region): number {
  const { ptr } = ws.scratch("fpzip.job", 4 * JOB_WORDS);
  const job = jobWords(ws, ptr);
  job.fill(0);
  job.set([source.ptr, source.length]);
  return ptr;
}

/** The words of a job, until the memory grows. */
export function jobWords(ws: Workspace, ptr: number): Uint32Array {
  return new Uint32Array(ws.memory.buffer, ptr, JOB_WORDS);
}

/** Scratch for the model and the samples that predictions refer to: little more than a plane. */
export function streamScratch(ws: Workspace, [nx, ny]: Vec4, bytes: number): number {
  return ws.scratch("fpzip.scratch", ws.kernel(fpzip).modelSize() + (nx + 1) * (ny + 3) * bytes).ptr;
}

/** Steps in bytes along x, y, z, channel of a dense chunk. */
export function denseStrides({ shape, dtype }: ChunkSpec): number[] {
  return fortranStride(shape).map((n) => n * bytesPerVoxel(dtype));
}

/** The box of a placement along the stream's axes: target, steps of its last three, first sample, size. */
export function boxFields(target: Placement, channels: number, variant: Variant): number[] {
  const stride = permuted([0, ...target.stride], variant);
  return [
    target.ptr,
    ...stride.slice(1),
    ...permuted([...target.from, 0], variant),
    ...permuted([...target.size, channels], variant),
    Number(variant.shifted),
  ];
}
