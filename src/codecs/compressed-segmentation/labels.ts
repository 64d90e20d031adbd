/** Labels of a chunk from its tables: no voxel is decoded. */
import { DecodingError } from "../../base/errors.js";
import type { Vec3 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { compressedSegmentation } from "../../kernels/compressed-segmentation.js";
import type { ChunkSpec, RemapOptions } from "../codec.js";
import { distinctLabels, hasLabel, type LabelSpan, placeMapping, remapSpan } from "../labels.js";
import { checkedBlock, checkStatus, jobResult, putJob } from "./layout.js";

/** The distinct labels of all channels, ascending. @throws DecodingError. */
export function labels(ws: Workspace, source: Region, spec: ChunkSpec): BigUint64Array {
  return distinctLabels(ws, [takeLabels(ws, source, spec).span]);
}

/** Whether a voxel of any channel has this label. @throws DecodingError. */
export function contains(ws: Workspace, source: Region, spec: ChunkSpec, label: bigint): boolean {
  return hasLabel(ws, [takeLabels(ws, source, spec).span], label);
}

/**
 * The chunk with other labels: the same file but for the entries of its tables that voxels have, each replaced once.
 * @throws DecodingError; EncodingError for labels that the mapping or the data type lacks.
 */
export function remap(
  ws: Workspace,
  source: Region,
  spec: ChunkSpec,
  mapping: ReadonlyMap<bigint, bigint>,
  options: RemapOptions = {},
): Uint8Array {
  const to = placeMapping(ws, mapping, options);
  const { span, job } = takeLabels(ws, source, spec);
  remapSpan(ws, span, to);
  const out = ws.scratch("compressed_segmentation.output", source.length).ptr;
  ws.bytes().copyWithin(out, source.ptr, source.ptr + source.length);
  exchange(ws, spec, job, out, span.ptr, true);
  return ws.bytes().slice(out, out + source.length);
}

const NONE: Vec3 = [0, 0, 0];

/** A copy of those entries of the tables that voxels have. The job still knows where they were. */
function takeLabels(ws: Workspace, source: Region, spec: ChunkSpec): { span: LabelSpan; job: number } {
  const block = checkedBlock(spec, DecodingError);
  const kernel = ws.kernel(compressedSegmentation);
  const scratch = ws.scratch("compressed_segmentation.marks", kernel.markSize(source.length >>> 2)).ptr;
  const target = { ptr: 0, stride: NONE, from: NONE, size: NONE };
  const job = putJob(ws, spec, block, { source, scratch, target });
  checkStatus(spec.dtype === "uint64" ? kernel.mark64(job) : kernel.mark32(job), "decode");
  const count = jobResult(ws, job);
  const bytes = spec.dtype === "uint64" ? 8 : 4;
  const { ptr } = ws.scratch("compressed_segmentation.labels", count * bytes);
  exchange(ws, spec, job, source.ptr, ptr, false);
  return { span: { ptr, count, bytes }, job };
}

function exchange(
  ws: Workspace,
  { dtype }: ChunkSpec,
  job: number,
  input: number,
  list: number,
  back: boolean,
): void {
  const kernel = ws.kernel(compressedSegmentation);
  if (dtype === "uint64") kernel.exchange64(job, input, list, back ? 1 : 0);
  else kernel.exchange32(job, input, list, back ? 1 : 0);
}
