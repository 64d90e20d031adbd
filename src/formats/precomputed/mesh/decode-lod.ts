import { throwIfAborted } from "../../../base/abort.js";
import { MeshDecodeError } from "../../../base/errors.js";
import { decodeDraco } from "../../../geometry/draco/index.js";
import { type Affine, type MeshData, transformPoints } from "../../../geometry/mesh/index.js";
import { dequantize } from "./dequantize.js";
import type { ManifestLod, MultilodManifest } from "./multilod-manifest.js";

export interface LodRequest {
  readonly manifest: MultilodManifest;
  readonly lod: number;
  /** The level's part of the data file. */
  readonly bytes: Uint8Array;
  readonly bits: number;
  readonly transform: Affine;
  /** For messages. */
  readonly where: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The meshes of a level's fragments, in the manifest's order, in nanometres. Empty fragments, which only stand for
 * their children, are left out. @throws MeshDecodeError if the bytes are not those that the manifest announces.
 */
export async function decodeLod(request: LodRequest): Promise<MeshData[]> {
  const { manifest, lod, bytes, bits, transform, where, signal } = request;
  const { sizes } = manifest.lods[lod] as ManifestLod;
  const expected = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes.length !== expected)
    throw new MeshDecodeError("The fragments of a mesh are cut off", {
      where,
      expected: `${expected} bytes`,
      got: `${bytes.length} bytes`,
    });
  const out: MeshData[] = [];
  for (let fragment = 0, at = 0; fragment < sizes.length; fragment++) {
    const size = sizes[fragment]!;
    if (size === 0) continue;
    throwIfAborted(signal);
    const encoded = bytes.subarray(at, at + size);
    const { vertices, faces } = await decodeDraco(encoded, {
      raw: true,
      where: `${where} fragment ${fragment}`,
    });
    const stored = new Float64Array(vertices.length);
    dequantize(vertices, manifest, lod, fragment, bits, stored, 0);
    out.push({ vertices: new Float32Array(transformPoints(stored, transform)), faces });
    at += size;
  }
  return out;
}
