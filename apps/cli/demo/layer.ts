/** Writes a layer of the demo, reads it back, and measures both. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CloudVolume, type Compression, type TypedArray } from "../../../src/node.js";
import type { Level } from "./pyramid.js";

export interface LayerPlan {
  readonly folder: string;
  readonly encoding: string;
  readonly compress: Compression;
  /** The finest level first. */
  readonly levels: readonly Level<TypedArray>[];
  readonly signal: AbortSignal;
}

export interface LayerResult {
  readonly folder: string;
  readonly encoding: string;
  readonly compress: Compression;
  readonly levels: number;
  /** On disk, and decoded. */
  readonly stored: number;
  readonly decoded: number;
  /** Millions of voxels in a second. */
  readonly writeSpeed: number;
  readonly readSpeed: number;
  /** How far a voxel is off on average; 0: all are equal. */
  readonly error: number;
}

export const RESOLUTION: readonly number[] = [8, 8, 40];
const CHUNK = [64, 64, 64];

export async function writeLayer(plan: LayerPlan): Promise<LayerResult> {
  const { folder, encoding, compress, levels, signal } = plan;
  const finest = levels[0] as Level<TypedArray>;
  const labels = finest.data instanceof BigUint64Array;
  const info = CloudVolume.createNewInfo({
    layerType: labels ? "segmentation" : "image",
    dataType: labels ? "uint64" : "uint8",
    numChannels: 1,
    encoding,
    resolution: RESOLUTION,
    voxelOffset: [0, 0, 0],
    volumeSize: finest.shape,
    chunkSize: CHUNK,
    maxMip: levels.length - 1,
  });
  const provenance = { description: "Synthetic tissue made by `cloudvolume demo`" };
  const vol = await CloudVolume.create(pathToFileURL(folder).href, { info, provenance, compress, signal });
  const start = performance.now();
  for (const [mip, { data }] of levels.entries()) await vol.upload("...", data, { mip, signal });
  const written = performance.now();
  let error = 0;
  let reading = 0;
  for (const [mip, { data }] of levels.entries()) {
    const times: number[] = [];
    // The first read of a kind loads its decoder; the second tells the speed.
    for (let pass = 0; pass < 2; pass++) {
      const before = performance.now();
      const cutout = await vol.download("...", { mip, signal });
      times.push(performance.now() - before);
      if (pass === 0) error = Math.max(error, meanError(cutout.data, data));
      cutout.release();
    }
    reading += Math.min(...times);
  }
  const voxels = levels.reduce((n, { data }) => n + data.length, 0);
  return {
    folder,
    encoding,
    compress,
    levels: levels.length,
    stored: await folderBytes(folder),
    decoded: voxels * finest.data.BYTES_PER_ELEMENT,
    writeSpeed: voxels / 1000 / (written - start),
    readSpeed: voxels / 1000 / reading,
    error,
  };
}

/** How far voxels at the same place differ, on average. */
function meanError(a: TypedArray, b: TypedArray): number {
  if (Buffer.compare(bytesOf(a), bytesOf(b)) === 0) return 0;
  if (a.length !== b.length || a instanceof BigUint64Array) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(Number(a[i]) - Number(b[i]));
  return sum / a.length;
}

function bytesOf({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (f) => (await stat(join(f.parentPath, f.name))).size));
  return sizes.reduce((n, size) => n + size, 0);
}
