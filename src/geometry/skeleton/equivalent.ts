import { isIsomorphic } from "./isomorphism.js";
import { type SkeletonParts, sameAttributes, type VertexAttribute } from "./parts.js";
import { uniquePoints } from "./unique.js";

/** How far coordinates may differ. */
const EPSILON = 1e-7;

/**
 * Whether two skeletons are the same in form: the same points, as often; graphs that are isomorphic; and at every
 * point the values of the first one's attributes. The order of vertices and edges does not matter. NaN equals NaN.
 * Source: osteoid `equivalent`.
 */
export function areEquivalent(a: SkeletonParts, b: SkeletonParts): boolean {
  if (a.vertices.length === 0 && b.vertices.length === 0) return true;
  if (a.vertices.length !== b.vertices.length || a.edges.length !== b.edges.length) return false;
  const [one, two] = [uniquePoints(a.vertices), uniquePoints(b.vertices)];
  if (one.first.length !== two.first.length) return false;
  const counts = new Int32Array(one.first.length);
  for (const point of one.pointOf) counts[point]!++;
  for (const point of two.pointOf) counts[point]!--;
  if (counts.some((n) => n !== 0)) return false;
  for (let i = 0; i < one.first.length; i++) {
    for (let axis = 0; axis < 3; axis++) {
      const [p, q] = [a.vertices[3 * one.first[i]! + axis]!, b.vertices[3 * two.first[i]! + axis]!];
      if (!(Object.is(p, q) || Math.abs(p - q) < EPSILON)) return false;
    }
  }
  if (!isIsomorphic(a.edges, b.edges)) return false;
  // Of vertices at the same point the last one counts.
  const last = new Uint32Array(two.first.length);
  two.pointOf.forEach((point, at) => {
    last[point] = at;
  });
  return a.attributes.every((attribute) => {
    const other = b.attributes.find((o) => o.id === attribute.id);
    return other !== undefined && equalAt(attribute, other, (at) => last[one.pointOf[at]!]!);
  });
}

function equalAt(a: VertexAttribute, b: VertexAttribute, rename: (at: number) => number): boolean {
  const { numComponents: n } = a;
  if (b.numComponents !== n || a.data.length !== b.data.length) return false;
  for (let i = 0; i < a.data.length; i++) {
    const at = Math.floor(i / n);
    if (!same(a.data[i]!, b.data[rename(at) * n + (i % n)]!)) return false;
  }
  return true;
}

/** Whether id, vertices, edges and all attributes are equal, in order. */
export function areEqual(a: SkeletonParts, b: SkeletonParts): boolean {
  return (
    a.id === b.id &&
    equalValues(a.vertices, b.vertices) &&
    equalValues(a.edges, b.edges) &&
    sameAttributes(a.attributes, b.attributes) &&
    a.attributes.every((attribute, i) => equalValues(attribute.data, b.attributes[i]!.data))
  );
}

function equalValues(a: ArrayLike<number | bigint>, b: ArrayLike<number | bigint>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!same(a[i]!, b[i]!)) return false;
  return true;
}

function same(a: number | bigint, b: number | bigint): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}
