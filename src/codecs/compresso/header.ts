import { bytesPerVoxel } from "../../base/dtype.js";
import { DecodingError } from "../../base/errors.js";
import { product, type Vec3, type Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import type { ChunkSpec } from "../codec.js";
import { checkSpec } from "./spec.js";

/** Bytes of the header. */
export const HEADER_BYTES = 36;
/** What a header says, and where the sections are: addresses in the workspace, counts of entries. */
export interface Header {
  /** 1: with a z index at the end. */
  readonly version: 0 | 1;
  readonly labelBytes: number;
  readonly steps: Vec3;
  readonly connectivity: 4 | 6;
  readonly ids: Section;
  readonly values: Section;
  readonly locations: Section;
  readonly windows: Section;
  /** Two tables of one entry for each slice: components, and where locations start. */
  readonly zIndex: Section;
}

export interface Section {
  readonly ptr: number;
  readonly count: number;
  /** Of an entry. */
  readonly bytes: number;
}

/**
 * Reads the header of a chunk that has to be the one of `spec`.
 * @throws DecodingError for anything else, and for sections that do not fit the bytes.
 */
export function readHeader(ws: Workspace, source: Region, spec: ChunkSpec): Header {
  checkSpec(spec, DecodingError);
  const { ptr, length } = source;
  if (length < HEADER_BYTES)
    throw damaged("it is shorter than a header", `${HEADER_BYTES} bytes`, `${length}`);
  const view = new DataView(ws.memory.buffer, ptr, HEADER_BYTES);
  const u8 = (at: number): number => view.getUint8(at);
  const u16 = (at: number): number => view.getUint16(at, true);
  const magic = String.fromCharCode(u8(0), u8(1), u8(2), u8(3));
  if (magic !== "cpso") throw damaged("it does not start as one", '"cpso"', JSON.stringify(magic));
  const [version, labelBytes, connectivity] = [u8(4), u8(5), u8(35)];
  if (version !== 0 && version !== 1) throw damaged("its version is unknown", "0 or 1", `${version}`);
  if (connectivity !== 4 && connectivity !== 6)
    throw damaged("its connectivity is unknown", "4 or 6", `${connectivity}`);
  if (version === 1 && connectivity === 6)
    throw damaged("it has a z index", "none with connectivity 6", "version 1");
  const [x, y, z] = spec.shape;
  const shape = [u16(6), u16(8), u16(10)];
  if (shape.join() !== `${x},${y},${z}`)
    throw damaged("it has another shape", `${x} x ${y} x ${z}`, shape.join(" x "));
  if (labelBytes !== bytesPerVoxel(spec.dtype))
    throw damaged("its labels have another width", `${bytesPerVoxel(spec.dtype)} bytes`, `${labelBytes}`);
  const steps = [u8(12), u8(13), u8(14)] as const;
  if (product(steps) < 1 || product(steps) > 64)
    throw damaged("its blocks have another size", "1 to 64 voxels", steps.join(" x "));

  let at = ptr + HEADER_BYTES;
  const section = (count: number, bytes: number): Section => {
    const start = at;
    at += count * bytes;
    if (at > ptr + length)
      throw damaged("it is too short for what its header names", `at least ${at - ptr} bytes`, `${length}`);
    return { ptr: start, count, bytes };
  };
  const count = (offset: number): number => Number(view.getBigUint64(offset, true));
  const windowBytes = bytesOfWindow(steps);
  const ids = section(count(15), labelBytes);
  const values = section(view.getUint32(23, true), windowBytes);
  const locations = section(count(27), labelBytes);
  const indexBytes = zIndexBytes(x, y);
  const zEntries = version === 1 ? 2 * z : 0;
  const rest = ptr + length - at - zEntries * indexBytes;
  if (rest < 0 || rest % windowBytes !== 0)
    throw damaged("its windows are no whole number", `a multiple of ${windowBytes} bytes`, `${rest}`);
  const windows = section(rest / windowBytes, windowBytes);
  const zIndex = section(zEntries, indexBytes);
  return { version, labelBytes, steps, connectivity, ids, values, locations, windows, zIndex };
}

/** Bytes of a window: a bit for each voxel of a block. */
export function bytesOfWindow(steps: Vec3): number {
  const voxels = product(steps);
  return voxels <= 8 ? 1 : voxels <= 16 ? 2 : voxels <= 32 ? 4 : 8;
}

/** Bytes of an entry of the z index: enough for twice the voxels of a slice. */
export function zIndexBytes(x: number, y: number): number {
  const most = 2 * x * y;
  return most < 255 ? 1 : most < 65535 ? 2 : most < 2 ** 32 - 1 ? 4 : 8;
}

function damaged(got: string, expected: string, found: string): DecodingError {
  return new DecodingError(`Not the compresso chunk asked for: ${got}`, { expected, got: found });
}

/** The bytes of a header; `counts`: ids, window values, locations. */
export function writeHeader(shape: Vec4, header: Header, counts: Vec3): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set([0x63, 0x70, 0x73, 0x6f, header.version, header.labelBytes]);
  view.setUint16(6, shape[0], true);
  view.setUint16(8, shape[1], true);
  view.setUint16(10, shape[2], true);
  bytes.set(header.steps, 12);
  view.setBigUint64(15, BigInt(counts[0]), true);
  view.setUint32(23, counts[1], true);
  view.setBigUint64(27, BigInt(counts[2]), true);
  bytes[35] = header.connectivity;
  return bytes;
}
