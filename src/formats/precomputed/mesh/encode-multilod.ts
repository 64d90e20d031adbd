/** A plain mesh as a multi-resolution one: what CloudVolume leaves to igneous. */
import { type Abortable, throwIfAborted } from "../../../base/abort.js";
import { ArgumentError, EncodingError } from "../../../base/errors.js";
import { encodeDraco } from "../../../geometry/draco/index.js";
import { uniquePoints } from "../../../geometry/mesh/consolidate.js";
import {
  type Affine,
  type Coordinates,
  invert,
  type MeshData,
  transformPoints,
} from "../../../geometry/mesh/index.js";
import {
  compareZ,
  cutIntoFragments,
  type Fragment,
  simplifyLevels,
} from "../../../geometry/multilod/index.js";
import { encodeMultilodManifest, type ManifestLod } from "./multilod-manifest.js";
import { planOctree } from "./octree.js";

export interface MultilodSettings extends Abortable {
  /** Bits of a stored coordinate. */
  readonly bits: number;
  /** From stored coordinates to those of the mesh. */
  readonly transform: Affine;
  /** So many levels; default: as many as the mesh's size is worth. */
  readonly lods?: number | undefined;
  /** Least size of the finest cells, in stored coordinates. */
  readonly minChunkSize?: readonly number[] | undefined;
  /** Draco's effort, 0 to 10. Default 7. */
  readonly compressionLevel?: number | undefined;
}

export interface EncodedMultilod {
  readonly manifest: Uint8Array;
  /** All fragments, finest level first. */
  readonly data: Uint8Array;
}

/**
 * Encodes a mesh with its levels of detail. Every vertex comes out within half a quantization step of its cell;
 * fragments meet without cracks. @throws EncodingError for a mesh without triangles or with coordinates that are not finite.
 */
export async function encodeMultilod(mesh: MeshData, settings: MultilodSettings): Promise<EncodedMultilod> {
  const { points, faces } = weld(transformPoints(mesh.vertices, invert(settings.transform)), mesh.faces);
  if (faces.length === 0) throw new EncodingError("A mesh without triangles has no multi-resolution form");
  if (!points.every(Number.isFinite)) throw new EncodingError("A mesh with coordinates that are not finite");
  const octree = planOctree(points, settings);
  const levels = await simplifyLevels(points, faces, octree.lods);
  const pieces: Uint8Array[] = [];
  const lods: ManifestLod[] = [];
  let children: readonly (readonly number[])[] = [];
  for (const [lod, triangles] of levels.entries()) {
    throwIfAborted(settings.signal);
    const cell = octree.cell(lod);
    const fragments = cutIntoFragments(points, triangles, cell, { bits: settings.bits, halves: lod > 0 });
    const nodes = withParents(fragments, children);
    const encoded: Uint8Array[] = [];
    for (const { fragment } of nodes) encoded.push(await encodeFragment(fragment, settings));
    lods.push({
      scale: 2 ** lod,
      vertexOffset: [0, 0, 0],
      positions: Uint32Array.from(nodes.flatMap(({ position }) => position)),
      sizes: Uint32Array.from(encoded, (bytes) => bytes.length),
    });
    pieces.push(...encoded);
    children = nodes.map(({ position }) => position);
  }
  return {
    manifest: encodeMultilodManifest({ chunkShape: octree.chunkShape, gridOrigin: octree.origin, lods }),
    data: join(pieces),
  };
}

/** One vertex for each point, without triangles that have no area by their vertices. */
function weld(points: Coordinates, faces: Uint32Array): { points: Coordinates; faces: Uint32Array } {
  if (faces.some((vertex) => 3 * vertex >= points.length))
    throw new ArgumentError("A triangle names a vertex that is not there");
  const unique = uniquePoints(points);
  const kept: number[] = [];
  for (let i = 0; i < faces.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((corner) => unique.inverse[faces[i + corner]!]!) as [
      number,
      number,
      number,
    ];
    if (a !== b && b !== c && a !== c) kept.push(a, b, c);
  }
  return { points: unique.points, faces: Uint32Array.from(kept) };
}

interface Node {
  readonly position: readonly number[];
  /** Undefined for a node that only stands above its children. */
  readonly fragment: Fragment | undefined;
}

/** The nodes of a level in Z order: its fragments, and empty ones so that each child has its parent. */
function withParents(fragments: readonly Fragment[], children: readonly (readonly number[])[]): Node[] {
  const nodes = new Map<string, Node>(
    fragments.map((fragment) => [fragment.position.join(), { position: fragment.position, fragment }]),
  );
  for (const child of children) {
    const position = child.map((index) => index >>> 1);
    const key = position.join();
    if (!nodes.has(key)) nodes.set(key, { position, fragment: undefined });
  }
  return [...nodes.values()].sort((a, b) => compareZ(a.position, b.position));
}

async function encodeFragment(
  fragment: Fragment | undefined,
  { compressionLevel }: MultilodSettings,
): Promise<Uint8Array> {
  if (fragment === undefined) return new Uint8Array(0);
  return await encodeDraco(fragment, {
    positions: "integers",
    ...(compressionLevel === undefined ? {} : { compressionLevel }),
  });
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
