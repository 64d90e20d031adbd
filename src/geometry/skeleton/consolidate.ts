/** Duplicates merged, loose vertices dropped. */
import { checkEdges, pickAttribute, pickVertices, type SkeletonParts, vertexCount } from "./parts.js";
import { uniqueEdges, uniquePoints } from "./unique.js";

export interface ConsolidateOptions {
  /** Drops vertices that no edge leads to. Default true. A skeleton of one vertex keeps it. */
  readonly removeDisconnectedVertices?: boolean | undefined;
  /** The vertices in double precision, where they are known to more digits: by these they are compared. */
  readonly exact?: Float64Array | undefined;
}

/**
 * Merges equal vertices and equal edges and drops loops. Vertices come out sorted by x, y, z; edges have their lower
 * end first and are sorted. Of merged vertices the first one's attributes stay. Costs a sort.
 */
export function consolidate(parts: SkeletonParts, options: ConsolidateOptions = {}): SkeletonParts {
  checkEdges(parts);
  const { first, pointOf } = uniquePoints(options.exact ?? parts.vertices);
  const merged = {
    ...parts,
    vertices: pickVertices(parts.vertices, first),
    edges: uniqueEdges(parts.edges, pointOf),
    attributes: parts.attributes.map((a) => pickAttribute(a, first)),
  };
  const drop = (options.removeDisconnectedVertices ?? true) && vertexCount(parts) > 1;
  return drop ? dropLoose(merged) : merged;
}

/** Drops vertices that no edge leads to; the others keep their order. */
function dropLoose(parts: SkeletonParts): SkeletonParts {
  const kept = connectedVertices(parts);
  if (kept.length === vertexCount(parts)) return parts;
  const rename = new Uint32Array(vertexCount(parts));
  kept.forEach((at, i) => {
    rename[at] = i;
  });
  return {
    ...parts,
    vertices: pickVertices(parts.vertices, kept),
    edges: parts.edges.map((end) => rename[end]!),
    attributes: parts.attributes.map((a) => pickAttribute(a, kept)),
  };
}

/**
 * Drops vertices that no edge leads to. If there are any, the rest is merged and sorted by x, y, z, and each edge
 * has its lower end first; edges keep their order. Of merged vertices the last one's attributes stay.
 */
export function removeDisconnectedVertices(parts: SkeletonParts): SkeletonParts {
  checkEdges(parts);
  const kept = connectedVertices(parts);
  if (kept.length === vertexCount(parts)) return parts;
  const { first, pointOf } = uniquePoints(pickVertices(parts.vertices, kept));
  const rename = new Uint32Array(vertexCount(parts));
  const last = new Uint32Array(first.length);
  kept.forEach((at, i) => {
    rename[at] = pointOf[i]!;
    last[pointOf[i]!] = at;
  });
  const edges = new Uint32Array(parts.edges.length);
  for (let i = 0; i < edges.length; i += 2) {
    const [a, b] = [rename[parts.edges[i]!]!, rename[parts.edges[i + 1]!]!];
    edges[i] = Math.min(a, b);
    edges[i + 1] = Math.max(a, b);
  }
  return {
    ...parts,
    vertices: pickVertices(parts.vertices, last),
    edges,
    attributes: parts.attributes.map((a) => pickAttribute(a, last)),
  };
}

/** The vertices that edges lead to, ascending. */
function connectedVertices(parts: SkeletonParts): Uint32Array {
  const used = new Uint8Array(vertexCount(parts));
  let count = 0;
  for (const end of parts.edges) {
    count += 1 - used[end]!;
    used[end] = 1;
  }
  const kept = new Uint32Array(count);
  for (let at = 0, i = 0; at < used.length; at++) if (used[at] === 1) kept[i++] = at;
  return kept;
}
