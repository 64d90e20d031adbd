import { bytesPerVoxel, type Voxel } from "../../base/dtype.js";
import { DecodingError } from "../../base/errors.js";
import { checkPlacement } from "../../base/place.js";
import type { Placement } from "../../base/placement.js";
import type { Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { compressedSegmentation } from "../../kernels/compressed-segmentation.js";
import { checkChannel } from "../channel.js";
import type { ChunkSpec } from "../codec.js";
import { checkedBlock, checkStatus, putJob } from "./layout.js";

/**
 * Decodes a sub-box of all channels into its place; only the blocks that it touches are read.
 * @throws DecodingError for data types that the encoding lacks, and wherever the bytes lead out of themselves.
 */
export function decode(ws: Workspace, source: Region, spec: ChunkSpec, target: Placement): void {
  const block = checkedBlock(spec, DecodingError);
  checkPlacement(ws, target, spec.shape, bytesPerVoxel(spec.dtype));
  const kernel = ws.kernel(compressedSegmentation);
  const scratch = ws.scratch("compressed_segmentation.band", kernel.bandSize()).ptr;
  const job = putJob(ws, spec, block, { source, scratch, target });
  checkStatus(spec.dtype === "uint64" ? kernel.decode64(job) : kernel.decode32(job), "decode");
}

/** One voxel's label, without decoding the rest. `at`: x, y, z, channel. @throws DecodingError, OutOfBoundsError. */
export function readVoxel(ws: Workspace, source: Region, spec: ChunkSpec, [x, y, z, c]: Vec4): Voxel {
  checkChannel(c, spec);
  const channels = spec.shape[3];
  const { ptr } = ws.scratch("compressed_segmentation.voxel", 8 * channels);
  decode(ws, source, spec, { ptr, stride: [8, 8, 8], from: [x, y, z], size: [1, 1, 1] });
  const view = new DataView(ws.memory.buffer, ptr, 8 * channels);
  return spec.dtype === "uint64" ? view.getBigUint64(8 * c, true) : view.getUint32(8 * c, true);
}
