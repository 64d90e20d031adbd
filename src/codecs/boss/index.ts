/**
 * A cut-out as BOSS sends and takes it: one Blosc frame of the voxels, x fastest, little endian (`application/blosc`). One that is
 * to be written has a mark before it that tells of zeros: BOSS keeps what is stored where it is sent a zero.
 * Source: jhuapl-boss/boss, `django/bossspatialdb/renderers.py` and `parsers.py`.
 */
import { arrayType, bytesPerVoxel, type DataType, type TypedArray, toVoxel } from "../../base/dtype.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { allEqual, placeDense, voxelPattern } from "../../base/place.js";
import { fortranStride, product, type Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { type ByteCodecConfig, loadByteCodecs, pack, plainBlosc, unpack } from "../byte-chain.js";
import type { ChunkSpec, Codec } from "../codec.js";
import { decodeInPlace } from "../in-place.js";
import { markZeros, splitMark, type Zeros, zerosMark } from "../zeros-mark.js";

const TYPES: ReadonlySet<DataType> = new Set(["uint8", "uint16", "uint64"]);
const READ: readonly ByteCodecConfig[] = [{ name: "blosc" }];

export const boss: Codec = {
  name: "boss",
  contentType: "application/blosc",
  gzipByDefault: false,
  check: (spec) => check(spec, EncodingError),
  load: loadByteCodecs,
  decode(ws, source, spec, target) {
    check(spec, DecodingError);
    const { shape, dtype } = spec;
    const elements = product(shape);
    const frame = withoutMark(ws, source);
    const stride = fortranStride(shape) as unknown as Vec4;
    const stored = { chain: READ, bigEndian: false, shape, stride, start: 0, elements, fill: 0 };
    if (decodeInPlace(ws, frame, stored, spec, target)) return;
    const length = elements * bytesPerVoxel(dtype);
    const voxels = unpack(ws, frame, READ, length);
    if (voxels.length !== length)
      throw new DecodingError("A cut-out has another length than its box", {
        expected: `${length} bytes`,
        got: `${voxels.length}`,
      });
    placeDense(ws, voxels, shape, bytesPerVoxel(dtype), target);
  },
  encode(ws, { ptr, length: given }, spec) {
    check(spec, EncodingError);
    const typeSize = bytesPerVoxel(spec.dtype);
    const length = product(spec.shape) * typeSize;
    if (given < length)
      throw new EncodingError("Too few voxels for a cut-out", {
        expected: `${length} bytes`,
        got: `${given}`,
      });
    const voxels = ws.bytes().subarray(ptr, ptr + length);
    return markZeros(zerosIn(ws, { ptr, length }, spec.dtype), plainBlosc(voxels, { typeSize }));
  },
  async pack(ws, marked, { dtype }) {
    const typesize = bytesPerVoxel(dtype);
    const { zeros, encoded } = splitMark(marked);
    const voxels = encoded.subarray(plainBlosc(new Uint8Array(0), { typeSize: typesize }).length);
    const chain = [{ name: "blosc", cname: "lz4", clevel: 5, shuffle: 1, typesize }];
    return markZeros(zeros, await pack(ws, voxels, chain));
  },
};

function check({ dtype, shape }: ChunkSpec, Failure: typeof EncodingError | typeof DecodingError): void {
  if (TYPES.has(dtype) && shape[3] === 1) return;
  throw new Failure("BOSS has no such voxels", {
    expected: "uint8, uint16 or uint64, 1 channel",
    got: `${dtype}, ${shape[3]} channels`,
  });
}

/** Frames that come from the service have no mark. */
function withoutMark(ws: Workspace, source: Region): Region {
  const isMarked = source.length > 0 && zerosMark(ws.bytes()[source.ptr]) !== undefined;
  return isMarked ? { ptr: source.ptr + 1, length: source.length - 1 } : source;
}

function zerosIn(ws: Workspace, region: Region, dtype: DataType): Zeros {
  const zero = toVoxel(0, dtype);
  const bytes = bytesPerVoxel(dtype);
  if (allEqual(ws, region, bytes, voxelPattern(zero, dtype))) return "all";
  const voxels: TypedArray = new (arrayType(dtype))(ws.memory.buffer, region.ptr, region.length / bytes);
  return (voxels as { includes(value: unknown): boolean }).includes(zero) ? "some" : "none";
}
