import { bytesPerVoxel } from "../../base/dtype.js";
import { DecodingError } from "../../base/errors.js";
import { product } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { crc32cRegion, crc32cTables } from "../../compression/crc32c-workspace.js";
import type { ChunkSpec } from "../codec.js";
import { checkSpec, isSigned } from "./spec.js";

/** Bytes of the header by version. */
export const HEADER_BYTES = [24, 29] as const;
export const FLAT = 0;
export const CONDENSED_PINS = 2;
/** Bits of the format field. */
export const PERMISSIBLE: number = 1 << 4;
export const FORTRAN_ORDER: number = 1 << 7;
export const SIGNED: number = 1 << 8;
export const UNSORTED: number = 1 << 13;
export const REMAPPED: number = 1 << 14;

/** What a header says, and where the sections are: addresses in the workspace. */
export interface Header {
  readonly version: 0 | 1;
  /** The format field: see formats/crackle of the format's own description. */
  readonly format: number;
  /** Bytes of a stored label. */
  readonly storedBytes: number;
  /** Moves pass between joined pixels; else between separate ones. */
  readonly permissible: boolean;
  readonly labelFormat: typeof FLAT | typeof CONDENSED_PINS;
  /** Order of the Markov model of moves; 0: none. */
  readonly order: number;
  /** Lengths of the slices' codes, u32 each. */
  readonly lengths: number;
  readonly labels: Region;
  readonly model: Region;
  /** All slices' codes. */
  readonly codes: Region;
  /** Checksums of the slices' components, u32 each; 0: none. */
  readonly checksums: number;
}

/**
 * Reads the header of a chunk that has to be the one of `spec` and finds its sections. Checksums of the header, the
 * lengths and the labels are verified. Without voxels all sections are empty.
 * @throws DecodingError for anything else, and for sections that do not fill the bytes.
 */
export function readHeader(ws: Workspace, source: Region, spec: ChunkSpec): Header {
  checkSpec(spec, DecodingError, true);
  const { ptr, length } = source;
  if (length < HEADER_BYTES[0])
    throw damaged("it is shorter than a header", `${HEADER_BYTES[0]} bytes`, `${length}`);
  crc32cTables(ws); // May grow the memory, which would detach the view.
  const view = new DataView(ws.memory.buffer, ptr, length);
  const magic = String.fromCharCode(...new Uint8Array(ws.memory.buffer, ptr, 4));
  if (magic !== "crkl") throw damaged("it does not start as one", '"crkl"', JSON.stringify(magic));
  const version = view.getUint8(4);
  if (version !== 0 && version !== 1) throw damaged("its version is unknown", "0 or 1", `${version}`);
  const start = HEADER_BYTES[version];
  if (length < start) throw damaged("it is shorter than a header", `${start} bytes`, `${length}`);
  if (version === 1) checkSum("header", view.getUint8(28), crc8(new Uint8Array(view.buffer, ptr + 5, 23)));

  const format = view.getUint16(5, true);
  const fields = checkFields(view, format, spec);
  if (product(spec.shape) === 0) {
    if (length !== start) throw damaged("it has bytes without voxels", `${start} bytes`, `${length}`);
    const none = { ptr, length: 0 };
    return { version, format, ...fields, lengths: ptr, labels: none, model: none, codes: none, checksums: 0 };
  }

  const slices = spec.shape[2];
  let at = ptr + start;
  const section = (bytes: number): Region => {
    const region = { ptr: at, length: bytes };
    at += bytes;
    if (at > ptr + length)
      throw damaged("it is too short for what its header names", `at least ${at - ptr} bytes`, `${length}`);
    return region;
  };
  const u32 = (address: number): number => view.getUint32(address - ptr, true);
  const lengths = section(4 * slices);
  if (version === 1) checkSum("lengths", u32(section(4).ptr), crc32cRegion(ws, lengths));
  const labelBytes = version === 1 ? Number(view.getBigUint64(20, true)) : view.getUint32(20, true);
  const labels = section(labelBytes);
  const model = section(fields.order === 0 ? 0 : Math.ceil((5 * 4 ** fields.order) / 8));
  let codeBytes = 0;
  for (let z = 0; z < slices; z++) codeBytes += u32(lengths.ptr + 4 * z);
  const codes = section(codeBytes);
  if (version === 1) checkSum("labels", u32(section(4).ptr), crc32cRegion(ws, labels));
  const checksums = version === 1 ? section(4 * slices).ptr : 0;
  if (at !== ptr + length)
    throw damaged("it does not end with its sections", `${at - ptr} bytes`, `${length}`);
  return { version, format, ...fields, lengths: lengths.ptr, labels, model, codes, checksums };
}

type Fields = Pick<Header, "storedBytes" | "permissible" | "labelFormat" | "order">;

/** What does not depend on the version. */
function checkFields(view: DataView, format: number, { shape, dtype }: ChunkSpec): Fields {
  const found = [7, 11, 15].map((offset) => view.getUint32(offset, true));
  const [x, y, z] = shape;
  if (found.join() !== `${x},${y},${z}`)
    throw damaged("it has another shape", `${x} x ${y} x ${z}`, found.join(" x "));
  const signed = (format & SIGNED) !== 0;
  if (signed !== isSigned(dtype) || (signed && 1 << (format & 3) !== bytesPerVoxel(dtype)))
    throw damaged("it holds labels of another type", dtype, `${signed ? "int" : "uint"}${8 << (format & 3)}`);
  const labelFormat = (format >> 5) & 3;
  if (labelFormat !== FLAT && labelFormat !== CONDENSED_PINS)
    throw damaged("the format of its labels is none that was ever written", "0 or 2", `${labelFormat}`);
  const grid = view.getUint8(19);
  if (grid < 31 && 2 ** grid < Math.max(x, y))
    throw damaged("its slices are divided", "one grid for a slice", `grids of 2^${grid}`);
  return {
    storedBytes: 1 << ((format >> 2) & 3),
    permissible: (format & PERMISSIBLE) !== 0,
    labelFormat,
    order: (format >> 9) & 15,
  };
}

/** Checksum of a header's fields: reflected polynomial 0xe7, from 0xff on. */
export function crc8(bytes: Uint8Array): number {
  let crc = 0xff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xe7 : crc >>> 1;
  }
  return crc;
}

function checkSum(what: string, expected: number, got: number): void {
  if (expected !== got)
    throw damaged(`the checksum of its ${what} differs`, expected.toString(16), got.toString(16));
}

export function damaged(got: string, expected: string, found: string): DecodingError {
  return new DecodingError(`Not the crackle chunk asked for: ${got}`, { expected, got: found });
}
