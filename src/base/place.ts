/**
 * Boxes of voxels between a dense chunk (Fortran order: x, y, z, channel) and a strided place, in one memory.
 * Everything is checked before a kernel runs, which itself trusts its arguments.
 */
import { place } from "../kernels/place.js";
import { arrayType, bytesPerVoxel, type DataType, toVoxel, type Voxel } from "./dtype.js";
import { ArgumentError, DecodingError, OutOfBoundsError } from "./errors.js";
import type { Placement } from "./placement.js";
import { product, type Vec4 } from "./strided.js";
import type { Region, Workspace } from "./workspace.js";

/**
 * Copies the sub-box of a dense chunk that `target` names to its place.
 * @throws DecodingError if `source` is shorter than the chunk; see {@link checkPlacement}.
 */
export function placeDense(
  ws: Workspace,
  source: Region,
  shape: Vec4,
  bytes: number,
  target: Placement,
): void {
  checkDense(source, shape, bytes);
  checkPlacement(ws, target, shape, bytes);
  const d = denseBox(source.ptr, shape, bytes, target);
  const [y, z, c] = target.stride;
  ws.kernel(place).copyBox(d.ptr, d.y, d.z, d.c, target.ptr, y, z, c, d.row, d.ny, d.nz, d.nc);
}

/**
 * The inverse: copies from a strided place into the named sub-box of a dense chunk. Without `dense` that is the
 * scratch region "dense", whose voxels outside the sub-box are undefined. @returns the whole chunk.
 */
export function gatherDense(
  ws: Workspace,
  from: Placement,
  shape: Vec4,
  bytes: number,
  dense: Region = ws.scratch("dense", product(shape) * bytes),
): Region {
  checkDense(dense, shape, bytes);
  checkPlacement(ws, from, shape, bytes);
  const d = denseBox(dense.ptr, shape, bytes, from);
  const [y, z, c] = from.stride;
  ws.kernel(place).copyBox(from.ptr, y, z, c, d.ptr, d.y, d.z, d.c, d.row, d.ny, d.nz, d.nc);
  return dense;
}

/** Sets all voxels of a place to one value. `target.from` does not matter. */
export function fillPlacement(
  ws: Workspace,
  target: Placement,
  channels: number,
  dtype: DataType,
  value: Voxel,
): void {
  const bytes = bytesPerVoxel(dtype);
  const [x, y, z] = target.size;
  checkPlacement(ws, { ...target, from: [0, 0, 0] }, [x, y, z, channels], bytes);
  const [sy, sz, sc] = target.stride;
  ws.kernel(place).fillBox(target.ptr, sy, sz, sc, x * bytes, y, z, channels, voxelPattern(value, dtype));
}

/** Whether all voxels of `source` (each of 1, 2, 4 or 8 bytes) are the bytes of `pattern`, lowest first. */
export function allEqual(ws: Workspace, source: Region, bytes: number, pattern: bigint): boolean {
  return ws.kernel(place).allEqual(source.ptr, source.length, repeated(pattern, bytes)) !== 0;
}

/** A voxel's bytes, repeated to eight, lowest first. */
export function voxelPattern(value: Voxel, dtype: DataType): bigint {
  const one = new (arrayType(dtype))(1);
  one[0] = toVoxel(value, dtype);
  const bytes = new Uint8Array(one.buffer);
  return repeated(
    bytes.reduceRight((n, b) => (n << 8n) | BigInt(b), 0n),
    bytes.length,
  );
}

function repeated(pattern: bigint, bytes: number): bigint {
  if (![1, 2, 4, 8].includes(bytes))
    throw new ArgumentError("A voxel has 1, 2, 4 or 8 bytes", { got: String(bytes) });
  let p = BigInt.asUintN(8 * bytes, pattern);
  for (let n = bytes; n < 8; n *= 2) p |= p << BigInt(8 * n);
  return p;
}

function denseBox(
  ptr: number,
  [sx, sy, sz, nc]: Vec4,
  bytes: number,
  { from, size }: Placement,
): { ptr: number; y: number; z: number; c: number; row: number; ny: number; nz: number; nc: number } {
  const y = sx * bytes;
  const z = y * sy;
  return {
    ptr: ptr + from[0] * bytes + from[1] * y + from[2] * z,
    y,
    z,
    c: z * sz,
    row: size[0] * bytes,
    ny: size[1],
    nz: size[2],
    nc,
  };
}

function checkDense(source: Region, shape: Vec4, bytes: number): void {
  const expected = product(shape) * bytes;
  if (source.length >= expected) return;
  throw new DecodingError("A chunk has too few bytes", {
    expected: `${shape.join(" x ")} voxels of ${bytes} bytes: ${expected}`,
    got: `${source.length}`,
  });
}

/**
 * @throws OutOfBoundsError unless the sub-box is inside the chunk and its place inside the workspace's memory.
 */
export function checkPlacement(ws: Workspace, target: Placement, shape: Vec4, bytes: number): void {
  const { ptr, stride, from, size } = target;
  let last = ptr + bytes;
  let empty = shape[3] === 0;
  for (let axis = 0; axis < 3; axis++) {
    const n = size[axis]!;
    if (!isCount(from[axis]!) || !isCount(n) || from[axis]! + n > shape[axis]!)
      throw new OutOfBoundsError("A box is not inside its chunk", {
        expected: `inside ${shape.join(" x ")}`,
        got: `${size.join(" x ")} at ${from.join(", ")}`,
      });
    if (n === 0) empty = true;
    last += (n - 1) * (axis === 0 ? bytes : stride[axis - 1]!);
  }
  last += (shape[3] - 1) * stride[2];
  const limit = ws.bytes().length;
  if (empty || (isCount(ptr) && stride.every(isCount) && last <= limit)) return;
  throw new OutOfBoundsError("A box is not inside the workspace's memory", {
    expected: `at most byte ${limit}, strides >= 0`,
    got: `${ptr} to ${last}, strides ${stride.join(", ")}`,
  });
}

function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}
