/**
 * The array inside of a Zarr or N5 chunk and the x, y, z, channel voxels of this library: other order of axes, other
 * order of bytes, axes beside those four (time), chunks that reach beyond the volume.
 */
import { swapBytes } from "../base/byte-order.js";
import { arrayType, bytesPerVoxel, type DataType, toVoxel, type Voxel } from "../base/dtype.js";
import { DecodingError } from "../base/errors.js";
import { placeDense } from "../base/place.js";
import type { Placement } from "../base/placement.js";
import { fortranStride, product, type Vec4 } from "../base/strided.js";
import type { Region, Workspace } from "../base/workspace.js";
import type { ByteCodecConfig } from "./byte-chain.js";
import type { ChunkSpec } from "./codec.js";

/** How a chunk is stored, as plain values: the codecs `zarr` and `n5` find it in `spec.params.stored`. */
export interface StoredArray {
  readonly chain: readonly ByteCodecConfig[];
  readonly bigEndian: boolean;
  /** Voxels along x, y, z, channel of a whole chunk. */
  readonly shape: Vec4;
  /** Steps between them, in elements of the stored array, and the first one's place there. */
  readonly stride: Vec4;
  readonly start: number;
  /** Elements of the stored array. */
  readonly elements: number;
  /** What voxels beyond the volume's end are written as, and what a missing part of several is read as. */
  readonly fill: Voxel;
  /** Objects that a chunk of this library consists of, each with the next `shape[3]` channels; default 1. */
  readonly parts?: number | undefined;
}

export function storedOf(spec: ChunkSpec): StoredArray {
  const stored = spec.params?.stored;
  if (stored !== undefined) return stored as StoredArray;
  throw new DecodingError("Chunks of Zarr and N5 need the description that their metadata give", {
    fix: "Open the layer as zarr:// or n5://.",
  });
}

/** Places `channels` channels of `source`, `stored.elements` elements. `source` may be changed if `own`. */
export function placeStored(
  ws: Workspace,
  source: Region,
  stored: StoredArray,
  dtype: DataType,
  channels: number,
  target: Placement,
  own: boolean,
): void {
  const bytes = bytesPerVoxel(dtype);
  const swap = stored.bigEndian && bytes > 1;
  const region = swap && !own ? copied(ws, source) : source;
  if (swap) swapBytes(ws.bytes().subarray(region.ptr, region.ptr + region.length), bytes);
  if (isDense(stored)) {
    const ptr = region.ptr + stored.start * bytes;
    const [x, y, z] = stored.shape;
    placeDense(ws, { ptr, length: x * y * z * channels * bytes }, [x, y, z, channels], bytes, target);
    return;
  }
  const shape: Vec4 = [...target.size, channels];
  const dense = ws.scratch("stored.dense", product(shape) * bytes);
  const from =
    stored.start + target.from.reduce((sum, at, axis) => sum + at * stored.stride[axis as 0 | 1 | 2], 0);
  reorder(
    ws,
    region.ptr,
    from,
    stored.stride,
    dense.ptr,
    0,
    fortranStride(shape) as unknown as Vec4,
    shape,
    bytes,
  );
  placeDense(ws, dense, shape, bytes, { ...target, from: [0, 0, 0] });
}

/** The stored array of dense voxels of `shape`, which may be less than a whole chunk. A copy. */
export function storeVoxels(
  ws: Workspace,
  source: Region,
  stored: StoredArray,
  dtype: DataType,
  shape: Vec4,
): Uint8Array {
  const { ptr, length } = arrangeVoxels(ws, source, stored, dtype, shape);
  return ws.bytes().slice(ptr, ptr + length);
}

/** The same as a region: `source` itself where the order is the same. */
export function arrangeVoxels(
  ws: Workspace,
  source: Region,
  stored: StoredArray,
  dtype: DataType,
  shape: Vec4,
): Region {
  const bytes = bytesPerVoxel(dtype);
  const length = stored.elements * bytes;
  const whole = stored.elements === product(stored.shape) && shape.every((n, i) => n === stored.shape[i]);
  const swap = stored.bigEndian && bytes > 1;
  if (whole && isDense(stored) && !swap) return { ptr: source.ptr, length };
  const out = ws.scratch("stored.array", length);
  if (!whole) {
    const values = new (arrayType(dtype))(ws.memory.buffer, out.ptr, stored.elements);
    (values as Uint8Array).fill(toVoxel(stored.fill, dtype) as number);
  }
  if (whole && isDense(stored)) ws.bytes().copyWithin(out.ptr, source.ptr, source.ptr + out.length);
  else {
    const dense = fortranStride(shape) as unknown as Vec4;
    reorder(ws, source.ptr, 0, dense, out.ptr, stored.start, stored.stride, shape, bytes);
  }
  if (swap) swapBytes(ws.bytes().subarray(out.ptr, out.ptr + length), bytes);
  return out;
}

/** x fastest, then y, z, channel, without gaps. */
export function isDense({ shape, stride }: Pick<StoredArray, "shape" | "stride">): boolean {
  const dense = fortranStride(shape);
  return stride.every((s, i) => s === dense[i] || shape[i] === 1);
}

function copied(ws: Workspace, source: Region): Region {
  const to = ws.scratch("stored.own", source.length);
  ws.bytes().copyWithin(to.ptr, source.ptr, source.ptr + source.length);
  return { ptr: to.ptr, length: source.length };
}

/** Copies between two orders of axes. Values of 8 bytes move as two words: as numbers, some would change (NaN). */
function reorder(
  ws: Workspace,
  from: number,
  fromStart: number,
  fromStride: Vec4,
  to: number,
  toStart: number,
  toStride: Vec4,
  [nx, ny, nz, nc]: Vec4,
  bytes: number,
): void {
  const words = bytes === 8 ? 2 : 1;
  const Words = bytes === 1 ? Uint8Array : bytes === 2 ? Uint16Array : Uint32Array;
  const unit = bytes / words;
  const source = new Words(ws.memory.buffer, from, Math.floor((ws.memory.buffer.byteLength - from) / unit));
  const target = new Words(ws.memory.buffer, to, Math.floor((ws.memory.buffer.byteLength - to) / unit));
  const [fx, fy, fz, fc] = fromStride;
  const [tx, ty, tz, tc] = toStride;
  for (let c = 0; c < nc; c++)
    for (let z = 0; z < nz; z++)
      for (let y = 0; y < ny; y++) {
        let f = (fromStart + y * fy + z * fz + c * fc) * words;
        let t = (toStart + y * ty + z * tz + c * tc) * words;
        for (let x = 0; x < nx; x++, f += fx * words, t += tx * words) {
          target[t] = source[f]!;
          if (words === 2) target[t + 1] = source[f + 1]!;
        }
      }
}
