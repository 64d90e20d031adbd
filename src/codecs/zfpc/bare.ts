import { arrayType, bytesPerVoxel } from "../../base/dtype.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { arrayDataType, toFortran } from "../../base/gather.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import { cStride, product, type StridedArray } from "../../base/strided.js";
import { limitsOf, type ZfpMode } from "./mode.js";
import { checkHolds, decodeZfp, encodeZfp, mostBytes } from "./zfp.js";
import { readZfpHeader, ZFP_TYPES } from "./zfp-header.js";

/** @see decodeZfpStream */
export function decodeBare(bytes: Uint8Array): StridedArray {
  const header = readZfpHeader(bytes);
  checkHolds(header, bytes.length);
  const { dtype } = header;
  const shape = [...header.shape].reverse();
  const length = product(shape) * bytesPerVoxel(dtype);
  if (length > 2 ** 31)
    throw new DecodingError("A zfp stream is too large for one call", {
      expected: `at most ${2 ** 31} bytes`,
      got: `${shape.join(" x ")} of ${dtype}`,
    });
  const ws = createWorkspace();
  const source = ws.allocate(bytes.length);
  ws.bytes().set(bytes, source.ptr);
  const { ptr } = ws.allocate(length);
  const stride = cStride(shape).map((n) => n * bytesPerVoxel(dtype));
  const axes = { shape: header.shape, stride: stride.reverse(), size: header.shape, reversed: false };
  decodeZfp(ws, source, dtype, { ...axes, ptr, from: shape.map(() => 0) });
  const { buffer } = ws.bytes().slice(ptr, ptr + length);
  return { data: new (arrayType(dtype))(buffer, 0, product(shape)), shape, stride: cStride(shape), dtype };
}

/** @see encodeZfpStream */
export function encodeBare(array: StridedArray, mode: ZfpMode): Uint8Array {
  const dtype = arrayDataType(array);
  const { shape } = array;
  if (!ZFP_TYPES.includes(dtype) || shape.length < 1 || shape.length > 4 || shape.some((n) => n < 1))
    throw new EncodingError("zfp cannot hold this array", {
      expected: `1 to 4 axes of at least 1, of ${ZFP_TYPES.join(", ")}`,
      got: `${shape.join(" x ")} of ${dtype}`,
    });
  if (mode.tolerance !== undefined && !dtype.startsWith("float"))
    throw new EncodingError("The tolerance of zfp is for floats only", { got: dtype, fix: "Use precision." });
  // The same values with the axes in turn are in Fortran order.
  const turned = { ...array, shape: [...shape].reverse(), stride: [...array.stride].reverse() };
  const data = toFortran(turned);
  const limits = limitsOf(mode, dtype, shape.length);
  const ws = createWorkspace();
  const source = ws.allocate(data.byteLength);
  ws.bytes().set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), source.ptr);
  const output = ws.allocate(mostBytes(dtype, shape, limits));
  const stride = cStride(shape).map((n) => n * bytesPerVoxel(dtype));
  const axes = { reversed: false, shape: turned.shape, stride: stride.reverse() };
  const length = encodeZfp(ws, source.ptr, dtype, axes, limits, output);
  return ws.bytes().slice(output.ptr, output.ptr + length);
}
