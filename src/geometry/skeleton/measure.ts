import { checkEdges, type SkeletonParts, vertexCount } from "./parts.js";
import { toPhysicalSpace } from "./transform.js";

/** The length of all edges in physical space, in double precision. */
export function cableLength(parts: SkeletonParts): number {
  checkEdges(parts);
  const { vertices: v, edges } = toPhysicalSpace(parts);
  let length = 0;
  for (let i = 0; i < edges.length; i += 2) {
    const a = edges[i]! * 3;
    const b = edges[i + 1]! * 3;
    const dx = v[b]! - v[a]!;
    const dy = v[b + 1]! - v[a + 1]!;
    const dz = v[b + 2]! - v[a + 2]!;
    length += Math.sqrt(dx * dx + dy * dy + dz * dz);
  }
  return length;
}

/** How many edge ends each vertex has. */
export function degrees(parts: SkeletonParts): Uint32Array {
  checkEdges(parts);
  const count = new Uint32Array(vertexCount(parts));
  for (const end of parts.edges) count[end]!++;
  return count;
}

/** The vertices with one edge, ascending. */
export function terminals(parts: SkeletonParts): Uint32Array {
  return verticesWhere(degrees(parts), (n) => n === 1);
}

/** The vertices with three edges or more, ascending. */
export function branches(parts: SkeletonParts): Uint32Array {
  return verticesWhere(degrees(parts), (n) => n >= 3);
}

function verticesWhere(counts: Uint32Array, wanted: (n: number) => boolean): Uint32Array {
  const found: number[] = [];
  counts.forEach((n, at) => {
    if (wanted(n)) found.push(at);
  });
  return Uint32Array.from(found);
}
