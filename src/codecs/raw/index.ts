/**
 * Raw voxels: little endian, Fortran order (x, y, z, channel), nothing else
 * (https://github.com/google/neuroglancer/blob/master/src/datasource/precomputed/volume.md#raw-chunk-encoding).
 */
import type { Codec } from "../codec.js";
import { contains, labels, readVoxel, remap } from "./labels.js";
import { rawVoxels } from "./voxels.js";

export { contains, labels, readVoxel, remap } from "./labels.js";

/** Holds every data type and any number of channels. */
export const raw: Codec = { ...rawVoxels, labels, contains, readVoxel, remap };
