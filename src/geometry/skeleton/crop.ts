import { Bbox, type BboxLike } from "../../base/bbox.js";
import { consolidate } from "./consolidate.js";
import { checkEdges, pickAttribute, pickVertices, type SkeletonParts, vertexCount } from "./parts.js";

/**
 * The vertices within a box, its faces included, and the edges between them; consolidated, so vertices that lose all
 * their edges go. The box is in the skeleton's own space.
 */
export function crop(parts: SkeletonParts, bbox: BboxLike): SkeletonParts {
  checkEdges(parts);
  const { minpt, maxpt } = Bbox.create(bbox);
  const count = vertexCount(parts);
  const rename = new Int32Array(count).fill(-1);
  const kept: number[] = [];
  for (let i = 0; i < count; i++) {
    let within = true;
    for (let axis = 0; axis < 3; axis++) {
      const v = parts.vertices[3 * i + axis]!;
      within &&= v >= minpt[axis]! && v <= maxpt[axis]!;
    }
    if (!within) continue;
    rename[i] = kept.length;
    kept.push(i);
  }
  if (kept.length === 1 && count > 1) kept.length = 0;
  const edges: number[] = [];
  for (let i = 0; i < parts.edges.length; i += 2) {
    const a = rename[parts.edges[i]!]!;
    const b = rename[parts.edges[i + 1]!]!;
    if (a >= 0 && b >= 0) edges.push(a, b);
  }
  return consolidate({
    ...parts,
    vertices: pickVertices(parts.vertices, kept),
    edges: Uint32Array.from(edges),
    attributes: parts.attributes.map((a) => pickAttribute(a, kept)),
  });
}
