/** Chunks as images and back; loaded with the codec. */
import { bytesPerVoxel } from "../../base/dtype.js";
import { DecodingError } from "../../base/errors.js";
import { placeDense } from "../../base/place.js";
import type { Region, Workspace } from "../../base/workspace.js";
import type { ChunkSpec, Placement } from "../codec.js";
import { chunkImage, passes, toPixels } from "../image.js";
import { readCodestream } from "./codestream.js";
import type { JxlDecoder, JxlEncoder } from "./engine.js";
import { jxlSettings } from "./settings.js";

/** The format's limit is 2^30. */
const MAX_SIDE = 2 ** 30;

/** Decodes a file into its place. @throws DecodingError. */
export function decodeJxl(
  ws: Workspace,
  source: Region,
  spec: ChunkSpec,
  target: Placement,
  decoder: JxlDecoder,
): void {
  const file = ws.bytes().subarray(source.ptr, source.ptr + source.length);
  const codestream = readCodestream(file, spec);
  const pictures = decoder.decode(codestream);
  const [x, y, z, channels] = spec.shape;
  if (codestream.layout === "rows") {
    placeRows(ws, pictures[0]!, spec, target);
    return;
  }
  const each = channels / pictures.length;
  for (const [i, picture] of pictures.entries()) {
    const part = { ...spec, shape: [x, y, z, each] } as const;
    const place = { ...target, ptr: target.ptr + i * each * target.stride[2] };
    placeRgba(ws, picture, part, place);
  }
}

/** Whether the headers of a file are those of such a chunk. */
export function fitsJxl(ws: Workspace, { ptr, length }: Region, spec: ChunkSpec): boolean {
  return passes(() => readCodestream(ws.bytes().subarray(ptr, ptr + length), spec));
}

/** Takes the samples of pixels (the first ones, or gray and alpha) as they come. */
function placeRows(ws: Workspace, rgba: Uint8Array, spec: ChunkSpec, target: Placement): void {
  const [x, y, z, channels] = spec.shape;
  const bytes = bytesPerVoxel(spec.dtype);
  const pixels = y * z * channels;
  checkLength(rgba, pixels * 4 * bytes);
  const dense = ws.scratch("image.planes", pixels * x * bytes);
  const out = ws.bytes().subarray(dense.ptr, dense.ptr + dense.length);
  for (let i = 0, at = 0; i < pixels; i++)
    for (let sample = 0; sample < x; sample++) {
      const from = (4 * i + (x === 2 ? 3 * sample : sample)) * bytes;
      for (let b = 0; b < bytes; b++) out[at++] = rgba[from + b]!;
    }
  placeDense(ws, dense, spec.shape, bytes, target);
}

/** Encodes dense voxels in Fortran order as one image. @throws EncodingError. */
export function encodeJxl(ws: Workspace, source: Region, spec: ChunkSpec, encoder: JxlEncoder): Uint8Array {
  const settings = jxlSettings(spec);
  const size = chunkImage(spec.shape, MAX_SIDE);
  const { ptr, length } = toPixels(ws, source, spec);
  // A copy: encoders take no shared memory, and 16-bit samples have to be aligned.
  const pixels = ws.bytes().slice(ptr, ptr + length);
  const channels = spec.shape[3] as 1 | 3 | 4;
  return encoder.encode(pixels, { ...size, channels, bits: spec.dtype === "uint16" ? 16 : 8 }, settings);
}

/** Takes the first channels of red, green, blue and alpha; gray is in all three colours. */
function placeRgba(ws: Workspace, rgba: Uint8Array, part: ChunkSpec, target: Placement): void {
  const [x, y, z, channels] = part.shape;
  const bytes = bytesPerVoxel(part.dtype);
  const pixels = x * y * z;
  checkLength(rgba, pixels * 4 * bytes);
  const planes = ws.scratch("image.planes", pixels * channels * bytes);
  const from = bytes === 1 ? rgba : new Uint16Array(rgba.buffer, rgba.byteOffset, pixels * 4);
  const to = new (bytes === 1 ? Uint8Array : Uint16Array)(ws.memory.buffer, planes.ptr, pixels * channels);
  for (let c = 0, at = 0; c < channels; c++) for (let i = c; i < from.length; i += 4) to[at++] = from[i]!;
  placeDense(ws, planes, part.shape, bytes, target);
}

function checkLength({ length }: Uint8Array, expected: number): void {
  if (length === expected) return;
  throw new DecodingError("A jxl decoder gave another image than the header announces", {
    expected: `${expected} bytes`,
    got: `${length}`,
  });
}
