import { arrayType, bytesPerVoxel, type DataType } from "../../base/dtype.js";
import { EncodingError } from "../../base/errors.js";
import { formatNpyHeader } from "../../base/npy.js";
import { product } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { deflateWith } from "../../compression/deflate-workspace.js";
import type { ChunkSpec } from "../codec.js";

/** zlib's level unless told, as in CloudVolume. */
const LEVEL = 6;

/** Encodes dense voxels in Fortran order. @throws EncodingError. */
export function encodeNpz(ws: Workspace, source: Region, spec: ChunkSpec): Uint8Array {
  return pack(ws, spec, spec.dtype, voxelsOf(ws, source, spec));
}

/** The same of floats, as uint8. @throws EncodingError. */
export function encodeNpzUint8(ws: Workspace, source: Region, spec: ChunkSpec): Uint8Array {
  const bytes = voxelsOf(ws, source, spec).slice();
  const floats = new (arrayType(spec.dtype))(bytes.buffer) as Float32Array | Float64Array;
  const single = spec.dtype === "float32";
  return pack(
    ws,
    spec,
    "uint8",
    Uint8Array.from(floats, (value) => toByte(single ? Math.fround(value * 255) : value * 255)),
  );
}

/** As C casts on common machines: towards zero, then the lowest byte; beyond 32 bits nothing is left. */
function toByte(value: number): number {
  return Math.abs(value) < 2 ** 31 ? value & 255 : 0;
}

function voxelsOf(ws: Workspace, { ptr, length }: Region, { shape, dtype }: ChunkSpec): Uint8Array {
  const expected = product(shape) * bytesPerVoxel(dtype);
  if (length < expected)
    throw new EncodingError("Too few voxels for a chunk", {
      expected: `${expected} bytes`,
      got: `${length}`,
    });
  return ws.bytes().subarray(ptr, ptr + expected);
}

function pack(ws: Workspace, { shape }: ChunkSpec, dtype: DataType, voxels: Uint8Array): Uint8Array {
  const header = formatNpyHeader(dtype, shape);
  const file = new Uint8Array(header.length + voxels.length);
  file.set(header);
  file.set(voxels, header.length);
  return deflateWith(ws, "zlib", file, LEVEL);
}
