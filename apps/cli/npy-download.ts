/** A cut-out as a .npy file. */
import {
  Bbox,
  bytesPerVoxel,
  type CloudVolume,
  formatNpyHeader,
  type GraphOptions,
  type ProgressListener,
  type TypedArray,
  type Voxel,
} from "../../src/node.js";
import type { ByteSink } from "./output-file.js";
import { chunksOf, inParts } from "./progress.js";
import { product, SLAB_BYTES, slabs } from "./slabs.js";

export interface NpyDownloadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ProgressListener | undefined;
  /** A mask of this label instead of the voxels. */
  readonly label?: Voxel | undefined;
  /** Graphene: what takes the place of supervoxels. */
  readonly graph?: GraphOptions | undefined;
  /** Boxes of more bytes are read in parts along z. Default {@link SLAB_BYTES}. */
  readonly slabBytes?: number | undefined;
}

/**
 * Reads a box (default: all of the volume) and writes it as x, y, z, channel in Fortran order. The voxels go from
 * the read's own memory to the file. @returns the shape.
 */
export async function downloadNpy(
  vol: CloudVolume,
  box: Bbox | undefined,
  sink: ByteSink,
  options: NpyDownloadOptions = {},
): Promise<readonly number[]> {
  const { slabBytes = SLAB_BYTES, signal, progress = false, label, graph } = options;
  const asked = box ?? vol.bounds;
  const whole = vol.autocrop ? Bbox.intersection(asked, vol.bounds) : asked;
  const dtype = label === undefined ? vol.dtype : "bool";
  const voxelBytes = bytesPerVoxel(dtype);
  const shape = [...whole.size3(), vol.numChannels];
  const inSlabs = product(shape) * voxelBytes > slabBytes && (sink.random || vol.numChannels === 1);
  if (!inSlabs) {
    const cutout = await vol.download(asked, { ...graph, signal, progress, label });
    const header = formatNpyHeader(cutout.dtype, cutout.shape);
    await sink.write(header, 0);
    await sink.write(bytesOf(cutout.data), header.length);
    cutout.release();
    return cutout.shape;
  }
  const header = formatNpyHeader(dtype, shape);
  await sink.write(header, 0);
  const planeBytes = whole.dx * whole.dy * voxelBytes;
  const grid = {
    offset: vol.voxelOffset.z,
    chunk: vol.chunkSize.z,
    layerBytes: planeBytes * vol.numChannels,
  };
  const parts = slabs({ start: whole.minpt.z, stop: whole.maxpt.z }, grid, slabBytes);
  const next = inParts(progress, chunksOf(vol, whole));
  for (const { start, stop } of parts) {
    const { minpt, maxpt } = whole;
    const part = new Bbox([minpt.x, minpt.y, start], [maxpt.x, maxpt.y, stop]);
    const cutout = await vol.download(part, { ...graph, signal, progress: next(), label });
    const data = bytesOf(cutout.data);
    const length = planeBytes * (stop - start);
    for (let c = 0; c < vol.numChannels; c++) {
      const position = header.length + planeBytes * (c * whole.dz + start - minpt.z);
      await sink.write(data.subarray(c * length, (c + 1) * length), position);
    }
    cutout.release();
  }
  return shape;
}

/** Reads a box with small numbers for labels, whole, and writes it. @returns the numbers, in ascending order of the labels. */
export async function downloadRenumbered(
  vol: CloudVolume,
  box: Bbox | undefined,
  sink: ByteSink,
  options: NpyDownloadOptions = {},
): Promise<{
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly mapping: Map<Voxel, number>;
}> {
  const { signal, progress = false, graph } = options;
  const cutout = await vol.download(box ?? "...", { ...graph, signal, progress, renumber: true });
  const { dtype, shape, mapping } = cutout;
  const header = formatNpyHeader(dtype, shape);
  await sink.write(header, 0);
  await sink.write(bytesOf(cutout.data), header.length);
  return { shape, dtype, mapping: new Map(mapping) };
}

function bytesOf(data: TypedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
