/** What a skeleton consists of: plain data that the functions of this folder take and give. */
import { arrayType, type DataType, type TypedArray } from "../../base/dtype.js";
import { ArgumentError, SkeletonUnassignedEdgeError } from "../../base/errors.js";

/** What a vertex attribute is, without its values. */
export interface AttributeSpec {
  readonly id: string;
  readonly dataType: DataType;
  readonly numComponents: number;
}

/** Values for every vertex, `numComponents` after one another. */
export interface VertexAttribute extends AttributeSpec {
  readonly data: TypedArray;
}

export interface SkeletonParts {
  readonly id: bigint | undefined;
  /** What the vertices are in: "voxel", "physical", or a name of one's own. */
  readonly space: string;
  /** x, y, z of each vertex. */
  readonly vertices: Float32Array;
  /** Two vertex numbers for each edge. */
  readonly edges: Uint32Array;
  readonly attributes: readonly VertexAttribute[];
  /** 3 rows of 4: voxel to physical coordinates. */
  readonly transform: Float32Array;
}

/** What CloudVolume gives every skeleton: its distance to the surface, and SWC's vertex types. */
export const DEFAULT_ATTRIBUTES: readonly AttributeSpec[] = [
  { id: "radius", dataType: "float32", numComponents: 1 },
  { id: "vertex_types", dataType: "uint8", numComponents: 1 },
];

export const IDENTITY: readonly number[] = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

export function vertexCount({ vertices }: SkeletonParts): number {
  return vertices.length / 3;
}

/** An attribute without information: a radius of -1, anything else 0. */
export function blankAttribute(spec: AttributeSpec, vertices: number): VertexAttribute {
  const { id, dataType, numComponents } = spec;
  const data = new (arrayType(dataType))(vertices * numComponents);
  if (id === "radius" && dataType === "float32") (data as Float32Array).fill(-1);
  return { id, dataType, numComponents, data };
}

/** The values at some vertices, in their order. */
export function pickAttribute(attribute: VertexAttribute, at: ArrayLike<number>): VertexAttribute {
  const { id, dataType, numComponents: n, data } = attribute;
  const picked = new (arrayType(dataType))(at.length * n);
  for (let i = 0; i < at.length; i++) {
    const from = at[i]! * n;
    for (let c = 0; c < n; c++) picked[i * n + c] = data[from + c]!;
  }
  return { id, dataType, numComponents: n, data: picked };
}

/** The coordinates of some vertices, in their order. */
export function pickVertices(vertices: Float32Array, at: ArrayLike<number>): Float32Array {
  const picked = new Float32Array(at.length * 3);
  for (let i = 0; i < at.length; i++) {
    const from = at[i]! * 3;
    picked[3 * i] = vertices[from]!;
    picked[3 * i + 1] = vertices[from + 1]!;
    picked[3 * i + 2] = vertices[from + 2]!;
  }
  return picked;
}

/** @throws SkeletonUnassignedEdgeError for an edge to a vertex that is not there. */
export function checkEdges(parts: SkeletonParts): void {
  const count = vertexCount(parts);
  const { edges } = parts;
  for (let i = 0; i < edges.length; i++) {
    if (edges[i]! < count) continue;
    throw new SkeletonUnassignedEdgeError("An edge leads to a vertex that does not exist", {
      where: `edge ${i >> 1} of skeleton ${parts.id ?? "without id"}`,
      expected: `a vertex below ${count}`,
      got: String(edges[i]),
    });
  }
}

/** @throws ArgumentError if coordinates, edges, attributes or the transform have the wrong length. */
export function checkLengths(parts: SkeletonParts): void {
  const where = `skeleton ${parts.id ?? "without id"}`;
  const wrong = (what: string, expected: string, got: number): never => {
    throw new ArgumentError(what, { where, expected, got: String(got) });
  };
  if (parts.vertices.length % 3 !== 0)
    wrong("A vertex has three coordinates", "a multiple of 3 numbers", parts.vertices.length);
  if (parts.edges.length % 2 !== 0)
    wrong("An edge has two ends", "an even count of numbers", parts.edges.length);
  if (parts.transform.length !== 12)
    wrong("A transform has 3 rows of 4", "12 numbers", parts.transform.length);
  const ids = new Set<string>();
  for (const { id, numComponents, data } of parts.attributes) {
    const expected = vertexCount(parts) * numComponents;
    if (data.length !== expected)
      wrong(`Attribute ${JSON.stringify(id)} has the wrong length`, `${expected} values`, data.length);
    if (ids.has(id)) wrong(`Attribute ${JSON.stringify(id)} is given twice`, "each name once", 2);
    ids.add(id);
  }
}

/** Whether both name the same attributes in the same order. */
export function sameAttributes(a: readonly AttributeSpec[], b: readonly AttributeSpec[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ id, dataType, numComponents }, i) => {
      const other = b[i]!;
      return id === other.id && dataType === other.dataType && numComponents === other.numComponents;
    })
  );
}
