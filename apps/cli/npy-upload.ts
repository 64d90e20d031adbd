/** A .npy file into a volume. */
import {
  AlignmentError,
  arrayType,
  Bbox,
  bytesPerVoxel,
  type CloudVolume,
  cStride,
  DecodingError,
  DimensionError,
  fortranStride,
  NPY_HEADER_BYTES,
  type NpyHeader,
  OutOfBoundsError,
  type ProgressListener,
  parseNpy,
  parseNpyHeader,
  type StridedArray,
  type UploadOptions,
} from "../../src/node.js";
import { type ByteSource, readWhole } from "./input-file.js";
import { chunksOf, inParts } from "./progress.js";
import { product, SLAB_BYTES, slabs } from "./slabs.js";

export interface NpyUploadOptions extends Pick<UploadOptions, "compress" | "compressLevel"> {
  /** Where the array's first voxel goes. Default: where the volume begins. */
  readonly offset?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ProgressListener | undefined;
  /** Arrays of more bytes are read and written in parts along their slowest spatial axis. Default {@link SLAB_BYTES}. */
  readonly slabBytes?: number | undefined;
}

/** Writes the array of a .npy file (x, y, z or x, y, z, channel; Fortran or C order). @returns the box written. */
export async function uploadNpy(
  vol: CloudVolume,
  source: ByteSource,
  options: NpyUploadOptions,
): Promise<Bbox> {
  const { slabBytes = SLAB_BYTES, progress = false, signal, compress, compressLevel } = options;
  const header = parseNpyHeader(await readWhole(source, 0, NPY_HEADER_BYTES));
  const box = npyBox(header, options.offset ?? vol.voxelOffset, source.name);
  const upload = { signal, compress, compressLevel };
  const { dtype, shape, start } = header;
  const length = product(shape) * bytesPerVoxel(dtype);
  if (length <= slabBytes || header.bigEndian || source.size !== start + length) {
    const array = parseNpy(await readWhole(source, 0, source.size));
    await vol.upload(box, array, { ...upload, progress });
    return box;
  }
  const axis = header.fortran ? 2 : 0;
  checkWhole(vol, box);
  const grid = {
    offset: vol.voxelOffset[axis] as number,
    chunk: vol.chunkSize[axis] as number,
    layerBytes: length / (shape[axis] as number),
  };
  const first = box.minpt[axis] as number;
  const parts = slabs({ start: first, stop: box.maxpt[axis] as number }, grid, slabBytes);
  const thickest = Math.max(...parts.map((part) => part.stop - part.start));
  const memory = new ArrayBuffer(thickest * grid.layerBytes);
  const next = inParts(progress, chunksOf(vol, box));
  for (const part of parts) {
    const array = await readSlab(source, header, axis, part.start - first, part.stop - part.start, memory);
    const low = [...box.minpt];
    const high = [...box.maxpt];
    low[axis] = part.start;
    high[axis] = part.stop;
    await vol.upload(new Bbox(low, high), array, { ...upload, progress: next() });
  }
  return box;
}

/** Where an array goes. @throws DimensionError unless it has 3 or 4 axes. */
export function npyBox({ shape }: NpyHeader, offset: readonly number[], where: string): Bbox {
  if (shape.length === 3 || shape.length === 4) return Bbox.fromDelta(offset, shape.slice(0, 3));
  throw new DimensionError("An image has 3 or 4 axes", {
    where,
    expected: "x, y, z or x, y, z, channel",
    got: `${shape.length} axes`,
  });
}

/** The checks that the library makes for each part, made once before the first part is written. */
function checkWhole(vol: CloudVolume, box: Bbox): void {
  const { bounds, chunkSize, voxelOffset } = vol;
  if (!vol.autocrop && !bounds.containsBbox(box))
    throw new OutOfBoundsError("The box to write reaches outside of the volume", {
      where: box.toString(),
      expected: `a box inside of ${bounds.toString()}`,
      fix: "Pass another --offset, or --autocrop.",
    });
  const inside = Bbox.intersection(box, bounds);
  const whole = Bbox.intersection(inside.expandToChunkSize(chunkSize, voxelOffset), bounds);
  if (!vol.nonAlignedWrites && !whole.equals(inside))
    throw new AlignmentError("The box to write cuts through chunks", {
      where: inside.toString(),
      expected: `for example ${whole.toString()}`,
      fix: "Pass --non-aligned to read, change and write the cut chunks (not safe with several writers).",
    });
}

/** Layers of the array along an axis, dense in the file's own order; they lie in `memory`. */
async function readSlab(
  source: ByteSource,
  { dtype, shape, fortran, start }: NpyHeader,
  axis: 0 | 2,
  first: number,
  layers: number,
  memory: ArrayBuffer,
): Promise<StridedArray> {
  const part = shape.map((n, i) => (i === axis ? layers : n));
  const itemBytes = bytesPerVoxel(dtype);
  // In Fortran order each channel has its own run of planes; in C order x is the slowest axis of all.
  const runs = fortran ? (shape[3] ?? 1) : 1;
  const runBytes = (product(shape) * itemBytes) / runs;
  const layerBytes = runBytes / (shape[axis] as number);
  for (let run = 0; run < runs; run++) {
    const target = new Uint8Array(memory, run * layers * layerBytes, layers * layerBytes);
    if ((await source.read(start + run * runBytes + first * layerBytes, target)) < target.length)
      throw new DecodingError("The .npy file became shorter while it was read", { where: source.name });
  }
  const data = new (arrayType(dtype))(memory, 0, product(part));
  return { data, shape: part, stride: fortran ? fortranStride(part) : cStride(part), dtype };
}
