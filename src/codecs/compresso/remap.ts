import { DecodingError } from "../../base/errors.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { compresso } from "../../kernels/compresso.js";
import type { ChunkSpec, RemapOptions } from "../codec.js";
import { type PlacedMapping, placeMapping, readLabel, remapSpan, unmapped } from "../labels.js";
import { HEADER_BYTES, type Header, readHeader, type Section } from "./header.js";
import { checkStatus } from "./job.js";

/** From this status on it is the mapping that failed, not the chunk. */
const MISSING_LABEL = 10;

/**
 * The chunk with other labels. Where a label in the locations becomes one of the seven highest of its type, the file
 * grows by an entry. @throws DecodingError; EncodingError for labels that the mapping or the data type lacks.
 */
export function remap(
  ws: Workspace,
  source: Region,
  spec: ChunkSpec,
  mapping: ReadonlyMap<bigint, bigint>,
  options: RemapOptions = {},
): Uint8Array {
  const header = readHeader(ws, source, spec);
  const { ids, locations, windows, zIndex } = header;
  const to = placeMapping(ws, mapping, options);
  const head = locations.ptr - source.ptr;
  const tail = source.length - head - locations.count * locations.bytes;
  const out = ws.scratch("compresso.remapped", source.length + locations.count * locations.bytes).ptr;
  const copy = (from: number, length: number, at: number): void => {
    ws.bytes().copyWithin(at, from, from + length);
  };
  copy(source.ptr, head, out);
  remapSpan(ws, { ...ids, ptr: out + HEADER_BYTES }, to);
  const written = remapLocations(ws, header, to, out + head);
  const end = out + head + written + tail;
  copy(windows.ptr, tail, end - tail);
  if (written !== locations.count * locations.bytes) {
    new DataView(ws.memory.buffer).setBigUint64(out + 27, BigInt(written / locations.bytes), true);
    const counts = new Uint32Array(ws.memory.buffer, countsAt(ws, zIndex), zIndex.count / 2);
    writeStarts(ws, { ...zIndex, ptr: end - zIndex.count * zIndex.bytes }, counts);
  }
  return ws.bytes().slice(out, end);
}

/** @returns the bytes written. The entries of each slice are then at `countsAt`. */
function remapLocations(ws: Workspace, header: Header, to: PlacedMapping, out: number): number {
  const { locations, zIndex } = header;
  const { ptr, count, bytes } = locations;
  const slices = zIndex.count / 2;
  const counts = countsAt(ws, zIndex);
  const result = ws.scratch("compresso.result", 8).ptr;
  readCounts(ws, zIndex, count, counts);
  const status = ws
    .kernel(compresso)
    .remapJob(
      ...([ptr, count, bytes, out, slices === 0 ? 0 : counts, Math.max(1, slices)] as const),
      ...([to.keys, to.values, to.slots, to.bits, to.keep ? 1 : 0, result] as const),
    );
  const [written = 0, failed = 0] = new Uint32Array(ws.memory.buffer, result, 2);
  if (status < MISSING_LABEL) {
    checkStatus(status);
    return written;
  }
  const entry = readLabel(ws, ptr + failed * bytes, bytes);
  const label = entry === 6n ? readLabel(ws, ptr + (failed + 1) * bytes, bytes) : entry - 7n;
  throw unmapped(ws, label, bytes, to);
}

function countsAt(ws: Workspace, zIndex: Section): number {
  return ws.scratch("compresso.counts", 2 * zIndex.count).ptr;
}

/** Puts the number of location entries of each slice at `counts`. */
function readCounts(ws: Workspace, zIndex: Section, total: number, counts: number): void {
  const slices = zIndex.count / 2;
  const out = new Uint32Array(ws.memory.buffer, counts, slices);
  let start = 0;
  for (let z = 0; z < slices; z++) {
    const step = readEntry(ws, zIndex, slices + z);
    start += step;
    if (start > total || (z === 0 && step !== 0))
      throw new DecodingError("A compresso chunk is damaged", { got: "the z index leads behind the end" });
    if (z > 0) out[z - 1] = step;
  }
  if (slices > 0) out[slices - 1] = total - start;
}

/** Writes the second table: where locations start, as differences. */
function writeStarts(ws: Workspace, zIndex: Section, counts: Uint32Array): void {
  for (let z = 1; z < counts.length; z++) writeEntry(ws, zIndex, counts.length + z, counts[z - 1]!);
}

function readEntry(ws: Workspace, { ptr, bytes }: Section, i: number): number {
  return Number(readLabel(ws, ptr + i * bytes, bytes));
}

function writeEntry(ws: Workspace, { ptr, bytes }: Section, i: number, value: number): void {
  const view = new DataView(ws.memory.buffer, ptr + i * bytes, bytes);
  for (let byte = 0; byte < bytes; byte++) view.setUint8(byte, Math.floor(value / 256 ** byte) % 256);
}
