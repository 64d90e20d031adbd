import { bytesPerVoxel } from "../../base/dtype.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { crc32 } from "../../compression/crc32.js";
import { deflateWith } from "../../compression/deflate-workspace.js";
import { png } from "../../kernels/png.js";
import type { ChunkSpec } from "../codec.js";
import { chunkImage, levelOf, toPixels } from "../image.js";
import { SIGNATURE } from "./file.js";

/** What libpng reads unless told to go on. */
const MAX_SIDE = 1_000_000;
/** Longest IDAT chunk written; the format's limit is 2^31 - 1. */
const MAX_DATA = 2 ** 30;
const COLOR_TYPES = [0, 4, 2, 6] as const;

/** One PNG file of a chunk: 1 to 4 channels as gray, gray + alpha, RGB, RGBA of 8 or 16 bits. */
export function encodePng(ws: Workspace, source: Region, spec: ChunkSpec): Uint8Array {
  const level = levelOf(spec, "png_level", [0, 9], 9);
  const channels = spec.shape[3];
  const bytes = bytesPerVoxel(spec.dtype);
  const { width, height } = chunkImage(spec.shape, MAX_SIDE);
  const rowBytes = width * channels * bytes;
  const pixels = toPixels(ws, source, spec, bytes === 2);
  const filtered = ws.scratch("png.filtered", height * (rowBytes + 1));
  const work = ws.scratch("png.rows", 2 * (rowBytes + 64));
  ws.kernel(png).filter(pixels.ptr, filtered.ptr, height, rowBytes, channels * bytes, work.ptr);
  const rows = ws.bytes().subarray(filtered.ptr, filtered.ptr + filtered.length);
  const stream = deflateWith(ws, "zlib", rows, level);
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8 * bytes);
  header.setUint8(9, COLOR_TYPES[channels - 1]!);
  return assemble(new Uint8Array(header.buffer), stream);
}

function assemble(header: Uint8Array, stream: Uint8Array): Uint8Array {
  const pieces = Math.max(1, Math.ceil(stream.length / MAX_DATA));
  const out = new Uint8Array(8 + 12 + header.length + 12 * pieces + stream.length + 12);
  const view = new DataView(out.buffer);
  out.set(SIGNATURE);
  let at = 8;
  const chunk = (type: string, data: Uint8Array): void => {
    view.setUint32(at, data.length);
    for (let i = 0; i < 4; i++) out[at + 4 + i] = type.charCodeAt(i);
    out.set(data, at + 8);
    const end = at + 8 + data.length;
    view.setUint32(end, crc32(out, at + 4, end));
    at = end + 4;
  };
  chunk("IHDR", header);
  for (let i = 0; i < pieces; i++) chunk("IDAT", stream.subarray(i * MAX_DATA, (i + 1) * MAX_DATA));
  chunk("IEND", new Uint8Array(0));
  return out;
}
