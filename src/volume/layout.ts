/** What reading and writing need of one scale: plain values, so that they cross to a worker as they are. */
import type { Box6 } from "../base/bbox.js";
import type { DataType } from "../base/dtype.js";
import { bytesPerVoxel } from "../base/dtype.js";
import type { Vec3, Vec4 } from "../base/strided.js";
import type { ChunkSpec } from "../codecs/codec.js";
import type { Grid } from "../grid/grid.js";
import type { ShardingSpec } from "../shards/neuroglancer-uint64/index.js";
import type { ArrayChunks } from "./array-chunks.js";
import type { CutoutChunks } from "./cutout-chunks.js";

export interface ScaleLayout {
  /** Directory of the scale's chunks, relative to the layer. */
  readonly key: string;
  readonly grid: Grid;
  readonly dtype: DataType;
  readonly channels: number;
  /** Wire name of the codec. */
  readonly encoding: string;
  readonly blockSize?: Vec3 | undefined;
  /** The scale's other fields, e.g. `jpeg_quality`. */
  readonly params: Readonly<Record<string, unknown>>;
  /** How chunks lie in shard files; undefined: each is an object of its own. */
  readonly sharding?: ShardingSpec | undefined;
  /** Zarr, N5: where in its array a chunk lies; undefined: chunks have the names of Precomputed ones. */
  readonly array?: ArrayChunks | undefined;
  /** BOSS: which of the service's cut-outs its chunks are. */
  readonly cutouts?: CutoutChunks | undefined;
}

/** Whether chunks are neither files of their own nor in shards of such: another format says what they are. */
export function isForeign({ array, cutouts }: ScaleLayout): boolean {
  return array !== undefined || cutouts !== undefined;
}

/**
 * The same, read and written in parts of chunks where a service cuts out any box. Not for those who keep whole chunks, as
 * caches do.
 */
export function inParts(layout: ScaleLayout): ScaleLayout {
  return layout.cutouts === undefined ? layout : { ...layout, grid: { ...layout.grid, partial: true } };
}

export function boxSize(box: Box6): Vec3 {
  return [box[3] - box[0], box[4] - box[1], box[5] - box[2]];
}

export function chunkSpec(layout: ScaleLayout, shape: Vec3): ChunkSpec {
  const full: Vec4 = [shape[0], shape[1], shape[2], layout.channels];
  return { shape: full, dtype: layout.dtype, blockSize: layout.blockSize, params: layout.params };
}

/**
 * The shapes that a stored chunk may have. Writers of shards disagree about chunks that the volume's end cuts:
 * tensorstore and CloudVolume's uploads cut them, CloudVolume's transfers pad them to a whole chunk.
 */
export function storedShapes({ sharding, grid }: ScaleLayout, shape: Vec3): readonly Vec3[] {
  const isCut = shape.some((n, axis) => n !== grid.chunk[axis]);
  return sharding !== undefined && isCut ? [shape, grid.chunk] : [shape];
}

/** Bytes of the voxels of a box, all channels. */
export function voxelBytes(layout: ScaleLayout, size: Vec3): number {
  return size[0] * size[1] * size[2] * layout.channels * bytesPerVoxel(layout.dtype);
}

/**
 * The most bytes that an encoded chunk may have once decompressed. Raw chunks have exactly their voxels;
 * other codecs may exceed them on noise (compressed_segmentation: 12 bytes a voxel and 8 a block at worst).
 */
export function encodedLimit(layout: ScaleLayout, shape: Vec3): number {
  const bytes = voxelBytes(layout, shape);
  if (layout.encoding === "raw") return bytes;
  const voxels = shape[0] * shape[1] * shape[2] * layout.channels;
  return 2 * bytes + 16 * voxels + 65_536;
}

/** Strides in bytes along y, z and channel of a dense Fortran array of `size`. */
export function denseByteStride(layout: ScaleLayout, size: Vec3): Vec3 {
  const x = size[0] * bytesPerVoxel(layout.dtype);
  return [x, x * size[1], x * size[1] * size[2]];
}
