import { bytesPerVoxel } from "../../base/dtype.js";
import { EncodingError } from "../../base/errors.js";
import { product, type Vec3 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { compressedSegmentation } from "../../kernels/compressed-segmentation.js";
import type { ChunkSpec } from "../codec.js";
import { blockCount, checkedBlock, checkStatus, jobResult, putJob } from "./layout.js";

const OUTPUT_FULL = 6;
const NONE: Vec3 = [0, 0, 0];

/**
 * Encodes dense labels, byte for byte as the C++ `compressedseg` does. Several channels follow each other.
 * @throws EncodingError; also if a channel's tables reach beyond 64 MiB.
 */
export function encode(ws: Workspace, source: Region, spec: ChunkSpec): Uint8Array {
  const block = checkedBlock(spec, EncodingError);
  const expected = product(spec.shape) * bytesPerVoxel(spec.dtype);
  if (source.length < expected)
    throw new EncodingError("Too few voxels for a chunk", {
      expected: `${spec.shape.join(" x ")} voxels of ${spec.dtype}: ${expected} bytes`,
      got: `${source.length}`,
    });
  const kernel = ws.kernel(compressedSegmentation);
  const blocks = blockCount(spec, block);
  const scratch = ws.scratch(
    "compressed_segmentation.scratch",
    kernel.encodeScratchSize(heldVoxels(spec, block), blocks),
  );
  const most = mostBytes(spec, block, blocks);
  const likely = Math.min(most, expected / 2 + 65536);
  for (const capacity of [likely, most]) {
    const output = ws.scratch("compressed_segmentation.output", capacity);
    const target = { ptr: output.ptr, stride: NONE, from: NONE, size: NONE };
    const job = putJob(ws, spec, block, { source, scratch: scratch.ptr, target, capacity });
    const status = spec.dtype === "uint64" ? kernel.encode64(job) : kernel.encode32(job);
    if (status === OUTPUT_FULL && capacity < most) continue;
    checkStatus(status, "encode");
    const written = jobResult(ws, job);
    return ws.bytes().slice(output.ptr, output.ptr + written);
  }
  throw new EncodingError("Labels do not fit compressed_segmentation");
}

/** Voxels of the volume that one block can hold. */
function heldVoxels({ shape }: ChunkSpec, block: Vec3): number {
  return Math.min(shape[0], block[0]) * Math.min(shape[1], block[1]) * Math.min(shape[2], block[2]);
}

/** Bytes if every voxel had a label of its own. */
function mostBytes(spec: ChunkSpec, block: Vec3, blocks: number): number {
  const labels = heldVoxels(spec, block);
  const bits = [0, 1, 2, 4, 8, 16].find((b) => 2 ** b >= labels) ?? 32;
  const indexWords = Math.ceil((bits * product(block)) / 32);
  const tableWords = labels * (bytesPerVoxel(spec.dtype) / 4);
  return 4 * spec.shape[3] * (1 + blocks * (2 + indexWords + tableWords));
}
