import { MeshDecodeError } from "../../base/errors.js";
import type { MeshData } from "../mesh/data.js";
import { checkIndices } from "../mesh/precomputed.js";
import { type Element, type Property, parseHeader } from "./header.js";
import { type Values, valuesOf } from "./values.js";

/**
 * Reads an ASCII or binary PLY file of either byte order: positions, normals if there are any, and faces, of which
 * polygons become fans of triangles. Other properties and elements are skipped. @throws MeshDecodeError.
 */
export function decodePly(bytes: Uint8Array): Required<MeshData> {
  const header = parseHeader(bytes);
  const values = valuesOf(bytes, header);
  let points: Pick<Required<MeshData>, "vertices" | "normals"> | undefined;
  let faces: Uint32Array = new Uint32Array(0);
  for (const element of header.elements) {
    if (element.properties.length > 0 && element.count > values.left())
      throw new MeshDecodeError("A PLY file ends early", {
        expected: `${element.count} of "${element.name}"`,
        got: `${values.left()} bytes`,
      });
    if (element.name === "vertex") points = readVertices(element, values);
    else if (element.name === "face") faces = readFaces(element, values);
    else skip(element, values);
  }
  if (points === undefined) throw new MeshDecodeError("A PLY file without vertices");
  const mesh = { ...points, faces };
  checkIndices(mesh);
  return mesh;
}

function readVertices(element: Element, values: Values): Pick<Required<MeshData>, "vertices" | "normals"> {
  const axes = ["x", "y", "z"].map((axis) => indexOf(element, axis));
  if (axes.some((at) => at < 0)) throw new MeshDecodeError("Vertices of a PLY file without x, y, z");
  const normalAxes = ["nx", "ny", "nz"].map((axis) => indexOf(element, axis));
  const hasNormals = normalAxes.every((at) => at >= 0);
  const vertices = new Float32Array(3 * element.count);
  const normals = new Float32Array(hasNormals ? 3 * element.count : 0);
  for (let i = 0; i < element.count; i++) {
    const row = element.properties.map((property) => readOne(property, values));
    for (let axis = 0; axis < 3; axis++) {
      vertices[3 * i + axis] = row[axes[axis]!]!;
      if (hasNormals) normals[3 * i + axis] = row[normalAxes[axis]!]!;
    }
  }
  return { vertices, normals };
}

function indexOf({ properties }: Element, name: string): number {
  return properties.findIndex((property) => property.name === name && property.countType === undefined);
}

function readFaces(element: Element, values: Values): Uint32Array {
  const out: number[] = [];
  for (let i = 0; i < element.count; i++) {
    for (const property of element.properties) {
      const isCorners = property.countType !== undefined && /^vertex_ind(ex|ices)$/.test(property.name);
      const list =
        property.countType === undefined ? [readOne(property, values)] : readList(property, values);
      if (isCorners) for (let k = 2; k < list.length; k++) out.push(list[0]!, list[k - 1]!, list[k]!);
    }
  }
  for (const vertex of out)
    if (!Number.isInteger(vertex) || vertex < 0)
      throw new MeshDecodeError("A face of a PLY file names no vertex", { got: String(vertex) });
  return Uint32Array.from(out);
}

/** A single value; of a list nothing. */
function readOne(property: Property, values: Values): number {
  if (property.countType === undefined) return values.next(property.type);
  readList(property, values);
  return Number.NaN;
}

function readList({ countType, type, name }: Property, values: Values): number[] {
  const length = values.next(countType ?? "uint8");
  if (!Number.isInteger(length) || length < 0 || length > values.left())
    throw new MeshDecodeError("A list in a PLY file has an impossible length", {
      where: name,
      got: String(length),
    });
  return Array.from({ length }, () => values.next(type));
}

function skip(element: Element, values: Values): void {
  for (let i = 0; i < element.count; i++)
    for (const property of element.properties) readOne(property, values);
}
