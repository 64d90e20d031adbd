/** Connected components. */
import { checkEdges, pickAttribute, pickVertices, type SkeletonParts, vertexCount } from "./parts.js";
import { uniqueEdges } from "./unique.js";

export interface Component {
  readonly parts: SkeletonParts;
  /** For each vertex of the component its number in the whole skeleton; undefined: the whole skeleton as it is. */
  readonly source: Uint32Array | undefined;
}

/**
 * The connected components, in the order in which the edges first touch them. If there is one only, it is the
 * skeleton as it is, loose vertices included. Else each has its vertices in ascending order of their numbers and
 * its edges sorted, lower end first, and vertices without edges are in none.
 */
export function componentsOf(parts: SkeletonParts): Component[] {
  checkEdges(parts);
  const { edges } = parts;
  if (edges.length === 0) return [];
  const root = unite(edges, vertexCount(parts));
  const groups = new Map<number, { ends: number[]; vertices: Set<number> }>();
  for (let i = 0; i < edges.length; i += 2) {
    const [a, b] = [edges[i]!, edges[i + 1]!];
    const at = root(a);
    const group = groups.get(at) ?? { ends: [], vertices: new Set() };
    groups.set(at, group);
    if (a === b) continue;
    group.ends.push(a, b);
    group.vertices.add(a).add(b);
  }
  if (groups.size === 1) return [{ parts, source: undefined }];
  const rename = new Uint32Array(vertexCount(parts));
  const found: Component[] = [];
  for (const { ends, vertices } of groups.values()) {
    if (vertices.size === 0) continue;
    const source = Uint32Array.from(vertices).sort();
    source.forEach((at, i) => {
      rename[at] = i;
    });
    found.push({
      source,
      parts: {
        ...parts,
        vertices: pickVertices(parts.vertices, source),
        edges: uniqueEdges(Uint32Array.from(ends), rename),
        attributes: parts.attributes.map((a) => pickAttribute(a, source)),
      },
    });
  }
  return found;
}

/** Joins the ends of all edges; gives a function from a vertex to the one that stands for its component. */
function unite(edges: Uint32Array, count: number): (at: number) => number {
  const parent = new Uint32Array(count);
  for (let i = 0; i < count; i++) parent[i] = i;
  const root = (at: number): number => {
    let i = at;
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]!]!;
      i = parent[i]!;
    }
    return i;
  };
  for (let i = 0; i < edges.length; i += 2) {
    const [a, b] = [root(edges[i]!), root(edges[i + 1]!)];
    if (a !== b) parent[Math.max(a, b)] = Math.min(a, b);
  }
  return root;
}
