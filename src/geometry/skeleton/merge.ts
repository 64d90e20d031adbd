import { arrayType } from "../../base/dtype.js";
import { SkeletonAttributeMixingError } from "../../base/errors.js";
import { type SkeletonParts, sameAttributes, type VertexAttribute, vertexCount } from "./parts.js";
import { toPhysicalSpace, toVoxelSpace } from "./transform.js";

/**
 * Skeletons beside each other, without edges between them; empty ones do not count. Id, space, transform and
 * attributes are the first one's, and the others are taken into its space.
 * @returns undefined if there is nothing in any of them.
 * @throws SkeletonAttributeMixingError unless all have the same attributes in the same order.
 */
export function simpleMerge(skeletons: readonly SkeletonParts[]): SkeletonParts | undefined {
  const filled = skeletons.filter((s) => s.vertices.length > 0);
  const [first] = filled;
  if (first === undefined) return undefined;
  const move = first.space === "voxel" ? toVoxelSpace : toPhysicalSpace;
  const all = filled.map(move);
  for (const other of all) {
    if (sameAttributes(first.attributes, other.attributes)) continue;
    throw new SkeletonAttributeMixingError("Skeletons with different vertex attributes cannot be merged", {
      where: `skeleton ${other.id ?? "without id"}`,
      expected: list(first),
      got: list(other),
      fix: "Give both the same attributes, in the same order.",
    });
  }
  const vertices = new Float32Array(all.reduce((n, s) => n + s.vertices.length, 0));
  const edges = new Uint32Array(all.reduce((n, s) => n + s.edges.length, 0));
  let vertex = 0;
  let edge = 0;
  for (const s of all) {
    vertices.set(s.vertices, vertex * 3);
    for (let i = 0; i < s.edges.length; i++) edges[edge + i] = s.edges[i]! + vertex;
    vertex += vertexCount(s);
    edge += s.edges.length;
  }
  const attributes = first.attributes.map((a, i) => joined(a, all, i));
  return { ...first, vertices, edges, attributes };
}

function joined(first: VertexAttribute, all: readonly SkeletonParts[], index: number): VertexAttribute {
  const { id, dataType, numComponents } = first;
  const pieces = all.map((s) => s.attributes[index]!.data);
  const data = new (arrayType(dataType))(pieces.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const piece of pieces) {
    data.set(piece as never, at);
    at += piece.length;
  }
  return { id, dataType, numComponents, data };
}

function list({ attributes }: SkeletonParts): string {
  return attributes.map((a) => `${a.id}: ${a.dataType} x ${a.numComponents}`).join(", ") || "none";
}
