/** What the codecs of two-dimensional images share: a chunk as one image with its pixels in voxel order. */
import { bytesPerVoxel } from "../base/dtype.js";
import { DecodingError, EncodingError } from "../base/errors.js";
import { placeDense } from "../base/place.js";
import { product, type Vec4 } from "../base/strided.js";
import type { Region, Workspace } from "../base/workspace.js";
import { pixels } from "../kernels/pixels.js";
import type { ChunkSpec, Placement } from "./codec.js";

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The image of a chunk: x wide, y times z tall. Where that is taller than `limit` the image gets wider by the
 * smallest whole factor that fits; readers take any size whose product is right.
 * @throws EncodingError if none fits.
 */
export function chunkImage([x, y, z]: Vec4, limit: number): ImageSize {
  const rows = y * z;
  for (let k = Math.max(1, Math.ceil(rows / limit)); x * k <= limit; k++)
    if (rows % k === 0) return { width: x * k, height: rows / k };
  throw new EncodingError("A chunk is too large for one image", {
    expected: `at most ${limit} pixels either way`,
    got: `${x} x ${y} x ${z} voxels`,
    fix: "Use smaller chunks.",
  });
}

/** Compares an image header with the chunk, before anything of the image's size is made. @throws DecodingError. */
export function checkImage(
  format: string,
  { width, height }: ImageSize,
  channels: number,
  spec: ChunkSpec,
): void {
  const [x, y, z, c] = spec.shape;
  if (width < 1 || height < 1 || width * height !== x * y * z)
    throw new DecodingError(`A ${format} image is not of the chunk's size`, {
      expected: `${x} x ${y} x ${z} = ${x * y * z} pixels`,
      got: `${width} x ${height}`,
    });
  if (channels !== c)
    throw new DecodingError(`A ${format} image has another number of channels than the volume`, {
      expected: `${c}`,
      got: `${channels}`,
    });
}

/** Whether what a head says passes: `check` throws no DecodingError. */
export function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof DecodingError) return false;
    throw error;
  }
}

/** Puts pixels (channels side by side; 16-bit samples big endian if `swap`) into their place. */
export function placePixels(
  ws: Workspace,
  source: Region,
  spec: ChunkSpec,
  target: Placement,
  swap = false,
): void {
  const [x, y, z, channels] = spec.shape;
  const bytes = bytesPerVoxel(spec.dtype);
  let planes = source;
  if (channels > 1 || swap) {
    planes = ws.scratch("image.planes", product(spec.shape) * bytes);
    ws.kernel(pixels).deinterleave(source.ptr, planes.ptr, x * y * z, channels, bytes, swap ? 1 : 0);
  }
  placeDense(ws, planes, spec.shape, bytes, target);
}

/** The dense voxels of a chunk: its channels one behind the other. @throws EncodingError for too few. */
export function toPlanes({ ptr, length: got }: Region, spec: ChunkSpec): Region {
  const length = product(spec.shape) * bytesPerVoxel(spec.dtype);
  if (got >= length) return { ptr, length };
  throw new EncodingError("Too few voxels for a chunk", { expected: `${length} bytes`, got: `${got}` });
}

/** Dense voxels as pixels. One channel without `swap` is `source` itself. */
export function toPixels(ws: Workspace, source: Region, spec: ChunkSpec, swap = false): Region {
  const [x, y, z, channels] = spec.shape;
  const planes = toPlanes(source, spec);
  if (channels === 1 && !swap) return planes;
  const packed = ws.scratch("image.pixels", planes.length);
  const bytes = bytesPerVoxel(spec.dtype);
  ws.kernel(pixels).interleave(planes.ptr, packed.ptr, x * y * z, channels, bytes, swap ? 1 : 0);
  return packed;
}

/** A whole number among the scale's parameters, e.g. a quality. @throws EncodingError outside of the range. */
export function levelOf(
  spec: ChunkSpec,
  name: string,
  range: readonly [number, number],
  preset: number,
): number {
  const level = spec.params?.[name] ?? preset;
  const [least, most] = range;
  if (typeof level === "number" && Number.isInteger(level) && level >= least && level <= most) return level;
  throw new EncodingError(`Invalid ${name}`, {
    expected: `a whole number from ${least} to ${most}`,
    got: JSON.stringify(level),
  });
}
