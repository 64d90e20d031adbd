/** From fragments to the mesh that is asked for. */
import { type MeshInfo, transformOf } from "../../formats/precomputed/mesh/info.js";
import {
  type Coordinates,
  concatenate,
  consolidate,
  Mesh,
  type MeshData,
  type MeshEncoding,
  transformPoints,
} from "../../geometry/mesh/index.js";

export interface Assembly {
  readonly removeDuplicateVertices: boolean;
  /** Nanometres of a chunk and where the first one begins: unify vertices on the borders between them only. */
  readonly chunks?: { readonly size: readonly number[]; readonly offset: readonly number[] } | undefined;
}

/** One mesh of fragments in stored coordinates. The transform is applied in double precision, and rounded at the end. */
export function assemble(
  fragments: readonly MeshData[],
  info: MeshInfo | undefined,
  { removeDuplicateVertices, chunks }: Assembly,
  segid: bigint | undefined,
  encodingType: MeshEncoding,
): Mesh {
  const { vertices, faces } = concatenate(fragments);
  const points = info === undefined ? vertices : transformPoints(vertices, transformOf(info));
  const mesh = (data: { readonly vertices: Coordinates; readonly faces: Uint32Array }): Mesh =>
    new Mesh({ vertices: single(data.vertices), faces: data.faces, segid, encodingType });
  if (!removeDuplicateVertices) return mesh({ vertices: points, faces });
  if (chunks !== undefined)
    return mesh({ vertices: points, faces }).deduplicateChunkBoundaries(chunks.size, {
      offset: chunks.offset,
    });
  if (points.length === 0 || faces.length === 0)
    return mesh({ vertices: new Float32Array(0), faces: new Uint32Array(0) });
  return mesh(consolidate(points, faces));
}

function single(points: Coordinates): Float32Array {
  return points instanceof Float32Array ? points : new Float32Array(points);
}
