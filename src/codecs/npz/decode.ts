import { swapBytes } from "../../base/byte-order.js";
import { bytesPerVoxel } from "../../base/dtype.js";
import { DecodingError } from "../../base/errors.js";
import { NPY_HEADER_BYTES, type NpyHeader, parseNpyHeader } from "../../base/npy.js";
import { placeDense } from "../../base/place.js";
import { product, type Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import type { ChunkSpec, Placement } from "../codec.js";
import { inflateZlib } from "../zlib-stream.js";
import { toFortranOrder } from "./order.js";

/** Decodes a chunk into its place, in either order of axes and bytes. @throws DecodingError. */
export function decodeNpz(ws: Workspace, source: Region, spec: ChunkSpec, target: Placement): void {
  const bytes = bytesPerVoxel(spec.dtype);
  const length = product(spec.shape) * bytes;
  const file = inflateZlib(ws, source, {
    limit: NPY_HEADER_BYTES + length,
    scratch: "npz.file",
    what: "npz",
  });
  const header = parseNpyHeader(
    ws.bytes().subarray(file.ptr, file.ptr + Math.min(file.length, NPY_HEADER_BYTES)),
  );
  checkHeader(header, spec);
  if (file.length - header.start !== length)
    throw new DecodingError("An npz chunk has another length than its voxels", {
      expected: `${length} bytes behind the header`,
      got: `${file.length - header.start}`,
    });
  // To the front, where values are aligned.
  ws.bytes().copyWithin(file.ptr, file.ptr + header.start, file.ptr + file.length);
  let dense: Region = { ptr: file.ptr, length };
  if (header.bigEndian) swapBytes(ws.bytes().subarray(dense.ptr, dense.ptr + length), bytes);
  if (!header.fortran) {
    const ordered = ws.scratch("npz.voxels", length);
    toFortranOrder(ws, dense, ordered, spec.shape, bytes);
    dense = ordered;
  }
  placeDense(ws, dense, spec.shape, bytes, target);
}

export function refuseDecode(): never {
  throw new DecodingError("npz_uint8 cannot be read as floats", {
    fix: "Open a layer of data type uint8 and encoding npz: the values are those of the floats times 255.",
  });
}

/** Arrays of three axes are stored with a first axis of one element. */
function checkHeader({ dtype, shape }: NpyHeader, spec: ChunkSpec): void {
  if (dtype !== spec.dtype)
    throw new DecodingError("An npz chunk has another data type than the volume", {
      expected: spec.dtype,
      got: dtype,
    });
  const [x, y, z, c] = spec.shape;
  const shapes: (readonly number[])[] = [spec.shape satisfies Vec4];
  if (c === 1) shapes.push([x, y, z], [1, x, y, z]);
  if (!shapes.some((wanted) => wanted.join() === shape.join()))
    throw new DecodingError("An npz chunk is not of the chunk's size", {
      expected: spec.shape.join(" x "),
      got: shape.join(" x "),
    });
}
