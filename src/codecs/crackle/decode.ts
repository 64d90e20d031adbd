import { bytesPerVoxel, isBigDataType, type Voxel } from "../../base/dtype.js";
import { checkPlacement, fillPlacement } from "../../base/place.js";
import type { Placement } from "../../base/placement.js";
import { product, type Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { crc32cTables } from "../../compression/crc32c-workspace.js";
import { crackle } from "../../kernels/crackle.js";
import { checkChannel } from "../channel.js";
import type { ChunkSpec } from "../codec.js";
import { readLabel } from "../labels.js";
import { type Header, readHeader } from "./header.js";
import { checkStatus, type JobFields, putJob } from "./job.js";
import { componentsOf, type LabelSection, readLabelSection } from "./label-section.js";
import { preparePins } from "./pins.js";
import { bandRows, isSigned } from "./spec.js";

/**
 * Decodes a sub-box into its place: only the slices that it touches, straight into their rows. All checksums on the way
 * are verified. A chunk of one label is filled without a look at its slices. @throws DecodingError.
 */
export function decode(ws: Workspace, source: Region, spec: ChunkSpec, target: Placement): void {
  const header = readHeader(ws, source, spec);
  const bytes = bytesPerVoxel(spec.dtype);
  checkPlacement(ws, target, spec.shape, bytes);
  if (product(target.size) === 0 || product(spec.shape) === 0) return;
  const section = readLabelSection(ws, header, spec);
  const single = onlyLabel(section);
  if (single !== undefined) {
    const label = readLabel(ws, single, section.unique.bytes);
    fillPlacement(ws, target, 1, spec.dtype, asVoxel(label, spec));
    return;
  }
  const { from, size, ptr, stride } = target;
  const z = [from[2], from[2] + size[2]] as const;
  const { fields, runLimit } = sliceFields(ws, header, spec, z);
  const first = componentsOf(ws, section.counts, 0, z[0]).sum;
  const here = componentsOf(ws, section.counts, ...z);
  const { unique, counts, keys } = section;
  const flat = section.background === undefined;
  const job = putJob(ws, {
    ...fields,
    counts: counts.ptr + z[0] * counts.bytes,
    countBytes: counts.bytes,
    unique: unique.ptr,
    uniqueCount: unique.count,
    storedBytes: unique.bytes,
    keys: flat ? keys.ptr + first * keys.bytes : 0,
    keyBytes: keys.bytes,
    boxX: from[0],
    boxY: from[1],
    boxW: size[0],
    boxH: size[1],
    target: ptr,
    stepY: stride[0],
    stepZ: stride[1],
    voxelBytes: bytes,
    colors: ws.scratch("crackle.colors", (flat ? here.most : here.sum) * bytes).ptr,
  });
  if (!flat) preparePins(ws, job, section, spec, z, first);
  checkStatus(ws, job, ws.kernel(crackle).decodeSlices(job, runLimit), z[0]);
}

/** Fields for the slices of a chunk, with scratch as large as these slices can need. */
function sliceFields(
  ws: Workspace,
  header: Header,
  { shape: [x, y, sz] }: ChunkSpec,
  [from, to]: readonly [number, number],
): { fields: JobFields; runLimit: number } {
  const lengths = new DataView(ws.memory.buffer, header.lengths, 4 * sz);
  let codes = header.codes.ptr;
  for (let z = 0; z < from; z++) codes += lengths.getUint32(4 * z, true);
  let longest = 0;
  for (let z = from; z < to; z++) longest = Math.max(longest, lengths.getUint32(4 * z, true));
  // Moves of two bits, or of one at least.
  const moves = longest * (header.order === 0 ? 4 : 8);
  const runLimit = Math.min(x * y, header.permissible ? Number.POSITIVE_INFINITY : y + moves);
  const stackLimit = Math.min(moves / 2, 3 * (x + 1) * (y + 1));
  const idsRows = bandRows(x, y);
  const { planesSize } = ws.kernel(crackle);
  const verified = header.checksums !== 0;
  const fields = {
    sx: x,
    sy: y,
    sz,
    zFrom: from,
    zTo: to,
    permissible: header.permissible ? 1 : 0,
    order: header.order,
    model: header.model.ptr,
    lengths: header.lengths + 4 * from,
    codes,
    checksums: verified ? header.checksums + 4 * from : 0,
    planes: ws.scratch("crackle.planes", planesSize(x, y) >>> 0).ptr,
    runs: ws.scratch("crackle.runs", 4 * runLimit).ptr,
    rows: ws.scratch("crackle.rows", 4 * y).ptr,
    stack: ws.scratch("crackle.stack", 4 * stackLimit).ptr,
    stackLimit,
    ids: verified ? ws.scratch("crackle.ids", 4 * x * idsRows).ptr : 0,
    idsRows,
    crcTables: verified ? crc32cTables(ws) : 0,
    differences: header.order === 0 ? 0 : ws.scratch("crackle.differences", 2 * longest).ptr,
  };
  return { fields, runLimit };
}

/** Where the label is that all voxels have for sure. */
function onlyLabel({ unique, background }: LabelSection): number | undefined {
  if (background === undefined) return unique.count === 1 ? unique.ptr : undefined;
  return unique.count === 0 ? background.ptr : undefined;
}

function asVoxel(label: bigint, { dtype }: ChunkSpec): Voxel {
  const value = isSigned(dtype) ? BigInt.asIntN(8 * bytesPerVoxel(dtype), label) : label;
  return isBigDataType(dtype) ? value : Number(value);
}

/** One voxel's label (x, y, z, channel); of the slices only its own is decoded. @throws DecodingError, OutOfBoundsError. */
export function readVoxel(ws: Workspace, source: Region, spec: ChunkSpec, [x, y, z, channel]: Vec4): Voxel {
  checkChannel(channel, spec);
  const { ptr } = ws.scratch("crackle.voxel", 8);
  ws.bytes().fill(0, ptr, ptr + 8);
  decode(ws, source, spec, { ptr, stride: [8, 8, 8], from: [x, y, z], size: [1, 1, 1] });
  return asVoxel(new DataView(ws.memory.buffer, ptr, 8).getBigUint64(0, true), spec);
}
