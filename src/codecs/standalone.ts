/** A codec by itself: bytes to arrays and back, and questions about encoded bytes, without a volume. */
import { type Abortable, throwIfAborted } from "../base/abort.js";
import { arrayType, bytesPerVoxel, type DataType, type Voxel } from "../base/dtype.js";
import { DimensionError, UnsupportedFormatError } from "../base/errors.js";
import { arrayDataType, toFortran } from "../base/gather.js";
import { createWorkspace, type MemoryWorkspace } from "../base/memory-workspace.js";
import { fortranStride, product, type StridedArray, type Vec3, type Vec4 } from "../base/strided.js";
import type { Region, Workspace } from "../base/workspace.js";
import type { ChunkSpec, Codec, CodecUse, Labels, RemapOptions } from "./codec.js";

export interface EncodeChunkOptions extends Abortable {
  /** compressed_segmentation: voxels of a block. Default 8, 8, 8. */
  readonly blockSize?: Vec3 | undefined;
  /** The scale's own fields: `jpeg_quality`, `png_level`, `fpzip_precision`, … */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

export interface DecodeChunkOptions extends EncodeChunkOptions {
  /** x, y, z or x, y, z, channels. */
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/**
 * The functions of one encoding. Chunk files are bare: never gzipped. Arrays have the axes x, y, z, channel in
 * Fortran order and own their memory; `encode` takes any strides.
 */
export interface StandaloneCodec {
  readonly name: string;
  /** @throws DecodingError for bytes that are no such chunk. */
  decode(bytes: Uint8Array, options: DecodeChunkOptions): Promise<StridedArray>;
  /** @throws EncodingError if the encoding cannot hold the data type or channels. */
  encode(array: StridedArray, options?: EncodeChunkOptions): Promise<Uint8Array>;
  /** The distinct values, ascending, without a full decode. @throws UnsupportedFormatError where the encoding cannot tell. */
  labels(bytes: Uint8Array, options: DecodeChunkOptions): Promise<Labels>;
  contains(bytes: Uint8Array, label: Voxel, options: DecodeChunkOptions): Promise<boolean>;
  readVoxel(bytes: Uint8Array, at: readonly number[], options: DecodeChunkOptions): Promise<Voxel>;
  /** Replaces labels on the encoded bytes. */
  remap(
    bytes: Uint8Array,
    mapping: ReadonlyMap<bigint, bigint>,
    options: DecodeChunkOptions & RemapOptions,
  ): Promise<Uint8Array>;
}

const BLOCK: Vec3 = [8, 8, 8];
/** A workspace that grew beyond this is not kept. */
const KEPT_BYTES = 256 * 2 ** 20;

export function standalone(codec: Codec): StandaloneCodec {
  return {
    name: codec.name,
    async decode(bytes, options) {
      await ready(codec, options, "decode");
      return decodeDense(codec, bytes, specOf(options));
    },
    async encode(array, options = {}) {
      const shape = shape4(array.shape);
      const dtype = arrayDataType(array);
      const data = toFortran(array);
      await ready(codec, options, "encode");
      return withRegion(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), (ws, source) =>
        codec.encode(ws, source, specOf({ ...options, shape, dtype })),
      );
    },
    async labels(bytes, options) {
      await ready(codec, options);
      return withRegion(bytes, (ws, source) => able(codec, "labels")(ws, source, specOf(options)));
    },
    async contains(bytes, label, options) {
      await ready(codec, options);
      const wanted = BigInt(label);
      return withRegion(bytes, (ws, source) => able(codec, "contains")(ws, source, specOf(options), wanted));
    },
    async readVoxel(bytes, [x = 0, y = 0, z = 0, c = 0], options) {
      await ready(codec, options);
      const at: Vec4 = [x, y, z, c];
      return withRegion(bytes, (ws, source) => able(codec, "readVoxel")(ws, source, specOf(options), at));
    },
    async remap(bytes, mapping, options) {
      await ready(codec, options);
      return withRegion(bytes, (ws, source) =>
        able(codec, "remap")(ws, source, specOf(options), mapping, options),
      );
    },
  };
}

async function ready(codec: Codec, { signal }: Abortable, use?: CodecUse): Promise<void> {
  throwIfAborted(signal);
  await codec.load?.(use);
  throwIfAborted(signal);
}

function able<Ability extends "labels" | "contains" | "readVoxel" | "remap">(
  codec: Codec,
  ability: Ability,
): NonNullable<Codec[Ability]> {
  const run = codec[ability];
  if (run !== undefined) return run;
  throw new UnsupportedFormatError(`Chunks of this encoding cannot answer ${ability} without being decoded`, {
    where: codec.name,
    fix: "Decode the chunk.",
  });
}

function specOf({ shape, dtype, blockSize = BLOCK, params }: DecodeChunkOptions): ChunkSpec {
  return { shape: shape4(shape), dtype, blockSize, params };
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

function decodeDense(codec: Codec, bytes: Uint8Array, spec: ChunkSpec): StridedArray {
  const { shape, dtype } = spec;
  const [x, y, z] = shape;
  const voxel = bytesPerVoxel(dtype);
  const length = product(shape) * voxel;
  return withRegion(bytes, (ws, source, allocate) => {
    const { ptr } = allocate(length);
    const stride: Vec3 = [x * voxel, x * y * voxel, x * y * z * voxel];
    codec.decode(ws, source, spec, { ptr, stride, from: [0, 0, 0], size: [x, y, z] });
    const { buffer } = ws.bytes().slice(ptr, ptr + length);
    const data = new (arrayType(dtype))(buffer, 0, product(shape));
    return { data, shape, stride: fortranStride(shape), dtype };
  });
}

let kept: MemoryWorkspace | undefined;

/** Runs `work` on this thread's workspace with `bytes` in it; regions live as long as the call. */
function withRegion<T>(
  bytes: Uint8Array,
  work: (ws: Workspace, source: Region, allocate: (length: number) => Region) => T,
): T {
  kept ??= createWorkspace();
  const ws = kept;
  const regions: Region[] = [];
  const allocate = (length: number): Region => {
    const region = ws.allocate(length);
    regions.push(region);
    return region;
  };
  try {
    const source = allocate(bytes.length);
    ws.bytes().set(bytes, source.ptr);
    return work(ws, source, allocate);
  } finally {
    for (const region of regions) ws.release(region);
    if (ws.memory.buffer.byteLength > KEPT_BYTES) kept = undefined;
  }
}
