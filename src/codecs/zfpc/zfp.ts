/** zfp streams (https://zfp.io, codec version 5) in a workspace: between a stream and a box of any strides. */
import { bytesPerVoxel, type DataType } from "../../base/dtype.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { product } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { zfp } from "../../kernels/zfp.js";
import type { ZfpLimits } from "./mode.js";
import { orderTable } from "./order.js";
import { HEADER_ROOM, readZfpHeader, writeZfpHeader, ZFP_TYPES, type ZfpHeader } from "./zfp-header.js";

/** Up to four axes of memory, the first the one whose neighbours are closest. */
export interface ZfpAxes {
  /** Whether the first is the stream's last axis (of a Fortran array), or its x (of a C array). */
  readonly reversed: boolean;
  readonly shape: readonly number[];
  /** Bytes. */
  readonly stride: readonly number[];
}

export interface ZfpBox extends ZfpAxes {
  /** Where the first value of the box goes. */
  readonly ptr: number;
  readonly from: readonly number[];
  readonly size: readonly number[];
}

const JOB_WORDS = 31;
const WRITTEN = 30;

/**
 * Decodes the box of a stream.
 * @throws DecodingError for another type or shape, streams that end early, or that cannot hold so many values.
 */
export function decodeZfp(ws: Workspace, source: Region, dtype: DataType, box: ZfpBox): void {
  const head = ws.bytes().subarray(source.ptr, source.ptr + Math.min(source.length, HEADER_ROOM));
  const header = readZfpHeader(head);
  const expected = box.reversed ? [...box.shape].reverse() : box.shape;
  if (header.dtype !== dtype || header.shape.join() !== expected.join())
    throw new DecodingError("A zfp stream holds something else than its chunk", {
      expected: `${dtype} ${expected.join(" x ")}`,
      got: `${header.dtype} ${header.shape.join(" x ")}`,
    });
  checkHolds(header, source.length);
  const job = putJob(ws, header, box, [source.ptr, source.length, header.bits], box.ptr, 0);
  if (ws.kernel(zfp).decode(job) !== 0) throw cutShort(source.length);
}

/** @throws DecodingError if a stream of `length` bytes cannot hold as many values as its header tells. */
export function checkHolds(header: ZfpHeader, length: number): void {
  if (leastBits(header) > 8 * length - header.bits) throw cutShort(length);
}

/** Fewest bits that the blocks of a stream can have. */
function leastBits({ dtype, shape, minBits, maxBits, maxPrecision, minExponent }: ZfpHeader): number {
  const planes = dtype.startsWith("float") || minExponent < -1074 ? 1 : Math.min(maxPrecision, maxBits, 32);
  return blockCount(shape) * Math.max(minBits, planes);
}

export function blockCount(shape: readonly number[]): number {
  return product(shape.map((n) => Math.ceil(n / 4)));
}

/** Most bytes of a stream, and what the kernel wants to have left for the last block. */
export function mostBytes(
  dtype: DataType,
  shape: readonly number[],
  { minBits, maxBits }: ZfpLimits,
): number {
  const bits = 8 * bytesPerVoxel(dtype);
  const full = (bits + 1) * (4 ** shape.length + 1) + 32;
  const block = Math.max(minBits, Math.min(full, maxBits));
  return Math.ceil((blockCount(shape) * block + Math.max(full, minBits)) / 8) + HEADER_ROOM + 64;
}

/**
 * Encodes the values at `ptr` to `target`, which has room for {@link mostBytes}. @returns the stream's bytes, a multiple of 8.
 * @throws EncodingError.
 */
export function encodeZfp(
  ws: Workspace,
  ptr: number,
  dtype: DataType,
  axes: ZfpAxes,
  limits: ZfpLimits,
  target: Region,
): number {
  const head = new Uint8Array(HEADER_ROOM);
  const shape = axes.reversed ? [...axes.shape].reverse() : axes.shape;
  const bits = writeZfpHeader(head, { dtype, shape, ...limits });
  ws.bytes().set(head, target.ptr);
  const box = { ...axes, ptr: 0, from: axes.shape.map(() => 0), size: axes.shape };
  const job = putJob(ws, { dtype, shape, bits, ...limits }, box, [ptr, 0, bits], target.ptr, target.length);
  if (ws.kernel(zfp).encode(job) !== 0)
    throw new EncodingError("No room for a zfp stream", { got: `${target.length} bytes` });
  return new Uint32Array(ws.memory.buffer, job, JOB_WORDS)[WRITTEN]!;
}

/** Puts a job into the memory as `kernels/zfp/assembly/job.ts` lays it out. @returns its address. */
function putJob(
  ws: Workspace,
  header: ZfpHeader,
  box: ZfpBox,
  source: readonly number[],
  target: number,
  capacity: number,
): number {
  const four = (values: readonly number[], rest: number): number[] =>
    Array.from({ length: 4 }, (_, i) => values[i] ?? rest);
  const order = orderTable(ws, header.shape.length, box.reversed);
  const scratch = ws.scratch("zfp.scratch", ws.kernel(zfp).scratchSize());
  const { ptr } = ws.scratch("zfp.job", 4 * JOB_WORDS);
  const job = new Uint32Array(ws.memory.buffer, ptr, JOB_WORDS);
  job.set([...source, ZFP_TYPES.indexOf(header.dtype) + 1, header.shape.length, Number(box.reversed)]);
  job.set([...four(box.shape, 1), ...four(box.stride, 0), ...four(box.from, 0), ...four(box.size, 1)], 6);
  job.set([header.minBits, header.maxBits, header.maxPrecision, header.minExponent], 22);
  job.set([order.ptr, scratch.ptr, target, capacity, 0], 26);
  return ptr;
}

function cutShort(length: number): DecodingError {
  return new DecodingError("A zfp stream is cut short", {
    expected: "bits for every block",
    got: `the end after ${length} bytes`,
  });
}
