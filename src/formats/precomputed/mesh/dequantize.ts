/** Stored coordinates of a multi-resolution mesh, from integers to numbers. */
import type { ManifestLod, MultilodManifest } from "./multilod-manifest.js";

/**
 * The stored-model coordinates of a fragment's vertices, in double precision, written to `out` from `at` on:
 * `origin + offset + chunk * 2 ** lod * (position + v / (2 ** bits - 1))`. Each step rounds as CloudVolume's NumPy does.
 */
export function dequantize(
  vertices: Float32Array,
  manifest: MultilodManifest,
  lod: number,
  fragment: number,
  bits: number,
  out: Float64Array,
  at: number,
): void {
  const { vertexOffset, positions } = manifest.lods[lod] as ManifestLod;
  const most = 2 ** bits - 1;
  for (let axis = 0; axis < 3; axis++) {
    const origin = Math.fround(manifest.gridOrigin[axis]! + vertexOffset[axis]!);
    const size = Math.fround(manifest.chunkShape[axis]! * 2 ** lod);
    const position = positions[3 * fragment + axis]!;
    for (let i = axis; i < vertices.length; i += 3)
      out[at + i] = origin + size * (position + Math.fround(vertices[i]! / most));
  }
}
