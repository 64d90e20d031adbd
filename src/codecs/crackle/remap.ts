import { bytesPerVoxel } from "../../base/dtype.js";
import { EncodingError } from "../../base/errors.js";
import { product } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { crc32cRegion } from "../../compression/crc32c-workspace.js";
import type { ChunkSpec, RemapOptions } from "../codec.js";
import { placeMapping, readLabel, remapSpan } from "../labels.js";
import { crc8, HEADER_BYTES, type Header, REMAPPED, readHeader, UNSORTED } from "./header.js";
import { readLabelSection } from "./label-section.js";
import { bytesForAll, numberWriter } from "./numbers.js";
import { checkSpec } from "./spec.js";

/**
 * The chunk with other labels: only the list of them changes, so that it may name a label twice, and the header says
 * if it is not ascending. They are stored with more bytes where the new ones need them.
 * @throws DecodingError; EncodingError for labels that the mapping or the data type lacks, and for types with sign.
 */
export function remap(
  ws: Workspace,
  source: Region,
  spec: ChunkSpec,
  mapping: ReadonlyMap<bigint, bigint>,
  options: RemapOptions = {},
): Uint8Array {
  checkSpec(spec, EncodingError);
  const header = readHeader(ws, source, spec);
  if (product(spec.shape) === 0) return ws.bytes().slice(source.ptr, source.ptr + source.length);
  const { unique, background } = readLabelSection(ws, header, spec);
  const stored = [...(background === undefined ? [] : [background]), unique];
  const bytes = bytesPerVoxel(spec.dtype);
  const old = stored.flatMap(({ ptr, count, bytes }) =>
    Array.from({ length: count }, (_, i) => readLabel(ws, ptr + i * bytes, bytes)),
  );
  const to = placeMapping(ws, mapping, options);
  const { ptr } = ws.scratch("crackle.wide", bytes * old.length);
  numberWriter(ws, ptr)(old, bytes);
  remapSpan(ws, { ptr, count: old.length, bytes }, to);
  const labels = old.map((_, i) => readLabel(ws, ptr + i * bytes, bytes));
  const storedBytes = Math.max(bytesForAll(labels), Math.min(header.storedBytes, bytes));
  return withLabels(ws, source, header, labels, storedBytes, background !== undefined);
}

/** The file with these labels in place of its own; the first is the background's with pins. */
function withLabels(
  ws: Workspace,
  source: Region,
  header: Header,
  labels: readonly bigint[],
  storedBytes: number,
  pins: boolean,
): Uint8Array {
  const first = pins ? 1 : 0;
  const unchanged = labels.length * header.storedBytes + 8;
  const section = ws.scratch(
    "crackle.labels",
    header.labels.length + labels.length * (storedBytes - header.storedBytes),
  );
  const put = numberWriter(ws, section.ptr);
  put(labels.slice(0, first), storedBytes);
  put([labels.length - first], 8);
  const at = put(labels.slice(first), storedBytes);
  const bytes = ws.bytes();
  const end = source.ptr + source.length;
  const labelsEnd = header.labels.ptr + header.labels.length;
  bytes.copyWithin(at, header.labels.ptr + unchanged, labelsEnd);
  const sum = crc32cRegion(ws, section);

  const out = new Uint8Array(source.length + section.length - header.labels.length);
  const head = header.labels.ptr - source.ptr;
  out.set(bytes.subarray(source.ptr, header.labels.ptr));
  out.set(bytes.subarray(section.ptr, section.ptr + section.length), head);
  out.set(bytes.subarray(labelsEnd, end), head + section.length);
  const sorted = labels.slice(first).every((label, i, all) => i === 0 || all[i - 1]! <= label);
  const format = (header.format & ~(0b1100 | UNSORTED)) | (Math.log2(storedBytes) << 2) | REMAPPED;
  const view = new DataView(out.buffer);
  view.setUint16(5, format | (sorted ? 0 : UNSORTED), true);
  if (header.version === 0) view.setUint32(20, section.length, true);
  else {
    view.setBigUint64(20, BigInt(section.length), true);
    out[28] = crc8(out.subarray(5, HEADER_BYTES[1] - 1));
    view.setUint32(out.length - (end - header.checksums) - 4, sum, true);
  }
  return out;
}
