import type { Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { crc32cRegion } from "../../compression/crc32c-workspace.js";
import type { CodeParts } from "./codes.js";
import { crc8, FLAT, FORTRAN_ORDER, HEADER_BYTES, PERMISSIBLE } from "./header.js";
import type { NameSection } from "./name-section.js";
import type { SliceRecord } from "./slices.js";

/** What a file is made of. Without voxels: only the first three. */
export interface FileParts extends Partial<CodeParts> {
  readonly voxelBytes: number;
  readonly shape: Vec4;
  readonly fortranOrder: boolean;
  readonly section?: NameSection;
  readonly permissible?: boolean;
  readonly slices?: readonly SliceRecord[];
}

/** Puts a file of version 1 together. */
export function writeFile(ws: Workspace, parts: FileParts): Uint8Array {
  const { section, codes, lengths = [], slices = [], model } = parts;
  const header = writeHeader(parts);
  if (section === undefined || codes === undefined || model === undefined) return header;
  const index = u32s(lengths);
  const spare = ws.scratch("crackle.index", index.length);
  ws.bytes().set(index, spare.ptr);
  const sums = [crc32cRegion(ws, spare), crc32cRegion(ws, section.labels)] as const;
  const bytes = ws.bytes();
  const bytesOf = (region: Region): Uint8Array => bytes.subarray(region.ptr, region.ptr + region.length);
  const sections = [
    header,
    index,
    u32s([sums[0]]),
    bytesOf(section.labels),
    bytesOf(model),
    bytesOf(codes),
    u32s([sums[1]]),
    u32s(slices.map((slice) => slice.checksum)),
  ];
  const out = new Uint8Array(sections.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const content of sections) {
    out.set(content, at);
    at += content.length;
  }
  return out;
}

function writeHeader(parts: FileParts): Uint8Array {
  const { shape, voxelBytes, section, order = 0 } = parts;
  const { storedBytes = 1, labelFormat = FLAT } = section ?? {};
  const out = new Uint8Array(HEADER_BYTES[1]);
  const view = new DataView(out.buffer);
  out.set([0x63, 0x72, 0x6b, 0x6c, 1]);
  const flags = (parts.permissible === true ? PERMISSIBLE : 0) | (parts.fortranOrder ? FORTRAN_ORDER : 0);
  const widths = Math.log2(voxelBytes) | (Math.log2(storedBytes) << 2);
  view.setUint16(5, widths | flags | (labelFormat << 5) | (order << 9), true);
  for (const [axis, offset] of [7, 11, 15].entries()) view.setUint32(offset, shape[axis]!, true);
  out[19] = 31;
  view.setBigUint64(20, BigInt(section?.labels.length ?? 0), true);
  out[28] = crc8(out.subarray(5, 28));
  return out;
}

function u32s(values: readonly number[]): Uint8Array {
  const out = new Uint8Array(4 * values.length);
  const view = new DataView(out.buffer);
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value, true);
  return out;
}
