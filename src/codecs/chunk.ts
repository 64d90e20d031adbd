/** Single chunks without a volume: bytes to an array and back. */
import { type Abortable, throwIfAborted } from "../base/abort.js";
import { arrayType, bytesPerVoxel, type DataType } from "../base/dtype.js";
import { DimensionError } from "../base/errors.js";
import { arrayDataType, toFortran } from "../base/gather.js";
import { createWorkspace, type MemoryWorkspace } from "../base/memory-workspace.js";
import { fortranStride, product, type StridedArray, type Vec3, type Vec4 } from "../base/strided.js";
import type { Region, Workspace } from "../base/workspace.js";
import type { Codec } from "./codec.js";
import { loadedCodec } from "./index.js";

export interface EncodeChunkOptions extends Abortable {
  /** compressed_segmentation: voxels of a block. Default 8, 8, 8. */
  readonly blockSize?: Vec3 | undefined;
  /** The scale's own fields: `jpeg_quality`, `png_level`. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

export interface DecodeChunkOptions extends EncodeChunkOptions {
  /** x, y, z or x, y, z, channels. */
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

const BLOCK: Vec3 = [8, 8, 8];
/** A workspace that grew beyond this is not kept. */
const KEPT_BYTES = 256 * 2 ** 20;

/**
 * Decodes one chunk file (not gzipped) of a Precomputed scale. The array is dense in Fortran order, with the axes
 * x, y, z, channel, and owns its memory. Corresponds to `chunks.decode` of CloudVolume.
 * @throws DecodingError for bytes that are no such chunk; UnsupportedFormatError for an unknown encoding.
 */
export async function decodeChunk(
  encoding: string,
  bytes: Uint8Array,
  options: DecodeChunkOptions,
): Promise<StridedArray> {
  const { dtype, blockSize = BLOCK, params, signal } = options;
  const shape = shape4(options.shape);
  const codec = await ready(encoding, signal);
  const [x, y, z] = shape;
  const voxelBytes = bytesPerVoxel(dtype);
  const length = product(shape) * voxelBytes;
  return withWorkspace((ws, allocate) => {
    const source = allocate(bytes.length);
    ws.bytes().set(bytes, source.ptr);
    const { ptr } = allocate(length);
    const stride: Vec3 = [x * voxelBytes, x * y * voxelBytes, x * y * z * voxelBytes];
    codec.decode(
      ws,
      source,
      { shape, dtype, blockSize, params },
      { ptr, stride, from: [0, 0, 0], size: [x, y, z] },
    );
    const { buffer } = ws.bytes().slice(ptr, ptr + length);
    const data = new (arrayType(dtype))(buffer, 0, product(shape));
    return { data, shape, stride: fortranStride(shape), dtype };
  });
}

/**
 * Encodes an array of 3 or 4 axes (x, y, z, channel) and of any strides as one chunk file (not gzipped).
 * @throws EncodingError if the encoding cannot hold the data type or channels; UnsupportedFormatError.
 */
export async function encodeChunk(
  encoding: string,
  array: StridedArray,
  options: EncodeChunkOptions = {},
): Promise<Uint8Array> {
  const { blockSize = BLOCK, params, signal } = options;
  const shape = shape4(array.shape);
  const dtype = arrayDataType(array);
  const data = toFortran(array);
  const codec = await ready(encoding, signal);
  return withWorkspace((ws, allocate) => {
    const source = allocate(data.byteLength);
    ws.bytes().set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), source.ptr);
    return codec.encode(ws, source, { shape, dtype, blockSize, params });
  });
}

async function ready(encoding: string, signal: AbortSignal | undefined): Promise<Codec> {
  throwIfAborted(signal);
  const codec = await loadedCodec(encoding);
  throwIfAborted(signal);
  return codec;
}

function shape4(shape: readonly number[]): Vec4 {
  const [x, y, z, channels = 1] = shape;
  if (shape.length < 3 || shape.length > 4 || shape.some((n) => !Number.isSafeInteger(n) || n < 1))
    throw new DimensionError("Not the shape of a chunk", {
      expected: "3 or 4 whole numbers >= 1 (x, y, z, channels)",
      got: `[${shape.join(", ")}]`,
    });
  return [x!, y!, z!, channels];
}

let kept: MemoryWorkspace | undefined;

/** Runs `work` on this thread's workspace; `allocate` gives regions that live as long as the call. */
function withWorkspace<T>(work: (ws: Workspace, allocate: (length: number) => Region) => T): T {
  kept ??= createWorkspace();
  const ws = kept;
  const regions: Region[] = [];
  try {
    return work(ws, (length) => {
      const region = ws.allocate(length);
      regions.push(region);
      return region;
    });
  } finally {
    for (const region of regions) ws.release(region);
    if (ws.memory.buffer.byteLength > KEPT_BYTES) kept = undefined;
  }
}
