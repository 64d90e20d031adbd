import { type CloudVolumeError, DecodingError, EncodingError, type ErrorFacts } from "../../base/errors.js";
import type { Placement } from "../../base/placement.js";
import type { Vec3 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import type { ChunkSpec } from "../codec.js";

/** Most voxels of a block. */
const MAX_BLOCK = 2 ** 24;
/** Bounds that keep the kernel's 32-bit arithmetic exact. */
const MAX_AXIS = 2 ** 30;
const MAX_CHANNELS = 2 ** 16;

type Failed = new (what: string, facts?: ErrorFacts) => CloudVolumeError;

/** The block size of a chunk that this encoding can hold; else throws `Failed`. */
export function checkedBlock({ shape, dtype, blockSize }: ChunkSpec, Failed: Failed): Vec3 {
  if (dtype !== "uint32" && dtype !== "uint64")
    throw new Failed("compressed_segmentation holds uint32 and uint64 only", {
      got: dtype,
      fix: "Use raw, or labels of 32 or 64 bits.",
    });
  if (blockSize === undefined || !blockSize.every((n) => Number.isSafeInteger(n) && n >= 1))
    throw new Failed("compressed_segmentation needs a block size", {
      expected: "compressed_segmentation_block_size of three whole numbers >= 1",
      got: String(blockSize),
    });
  if (blockSize[0] * blockSize[1] * blockSize[2] > MAX_BLOCK)
    throw new Failed("A block of compressed_segmentation is too large", {
      expected: `at most ${MAX_BLOCK} voxels`,
      got: blockSize.join(" x "),
    });
  const whole = shape.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!whole || Math.max(...shape) > MAX_AXIS || shape[3] > MAX_CHANNELS)
    throw new Failed("Not the shape of a chunk", {
      expected: `whole numbers up to ${MAX_AXIS}, up to ${MAX_CHANNELS} channels`,
      got: shape.join(" x "),
    });
  return blockSize;
}

/** Blocks of a channel. */
export function blockCount({ shape }: ChunkSpec, block: Vec3): number {
  return Math.ceil(shape[0] / block[0]) * Math.ceil(shape[1] / block[1]) * Math.ceil(shape[2] / block[2]);
}

/**
 * Whether the first block's values begin where the headers of all blocks end, as all known writers have it: then there are
 * as many blocks as in a chunk of this shape.
 */
export function fits(ws: Workspace, { ptr, length }: Region, spec: ChunkSpec): boolean {
  const { shape, blockSize } = spec;
  const headers = shape[3] * 4;
  if (blockSize === undefined || length < headers + 8) return false;
  const view = new DataView(ws.memory.buffer, ptr, length);
  const channel = 4 * view.getUint32(0, true);
  if (channel + 8 > length) return false;
  return view.getUint32(channel + 4, true) === 2 * blockCount(spec, blockSize);
}

/** What is missing of a job for the kernel: where it reads, and where it writes. */
export interface JobPlaces {
  readonly source: Region;
  readonly scratch: number;
  readonly target: Placement;
  /** Encoding only: bytes at the target. */
  readonly capacity?: number;
}

/** Puts a job into the memory as `kernels/compressed-segmentation/assembly/job.ts` lays it out. @returns its address. */
export function putJob(ws: Workspace, spec: ChunkSpec, block: Vec3, places: JobPlaces): number {
  const { source, scratch, target, capacity = 0 } = places;
  const { ptr, length } = ws.scratch("compressed_segmentation.job", 88);
  const job = new Uint32Array(ws.memory.buffer, ptr, length / 4);
  job.set([source.ptr, source.length, ...spec.shape, ...block, ...target.from, ...target.size]);
  job.set([target.ptr, ...target.stride, scratch, capacity, 0], 15);
  return ptr;
}

/** The result of a job: bytes written, or entries marked. */
export function jobResult(ws: Workspace, job: number): number {
  return new Uint32Array(ws.memory.buffer, job + 84, 1)[0]!;
}

const STATUS: Readonly<Record<number, string>> = {
  1: "it ends within a header or within a block's indices",
  2: "the bits of a block are none of 0, 1, 2, 4, 8, 16, 32",
  3: "a block's table of labels starts behind the end",
  4: "an index leads behind the end of a block's table of labels",
  5: "a table of labels lies 2^24 words or more from the start of its channel",
  6: "there is no room for the result",
};

/** @throws the error of a status other than 0. */
export function checkStatus(status: number, doing: "decode" | "encode"): void {
  if (status === 0) return;
  if (doing === "decode")
    throw new DecodingError("A compressed_segmentation chunk is damaged", {
      got: STATUS[status] ?? `${status}`,
    });
  throw new EncodingError("Labels do not fit compressed_segmentation", {
    got: STATUS[status] ?? `${status}`,
    fix: "Use smaller chunks.",
  });
}
