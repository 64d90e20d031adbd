import type { MeshData } from "./data.js";

/** The part of a mesh whose vertices lie in a box, its borders included; a triangle needs all three. */
export function crop(
  { vertices, faces, normals }: MeshData,
  min: readonly number[],
  max: readonly number[],
): Required<MeshData> {
  const place = new Int32Array(vertices.length / 3).fill(-1);
  const kept: number[] = [];
  for (let i = 0; i < place.length; i++) {
    const inside = [0, 1, 2].every((axis) => {
      const value = vertices[3 * i + axis]!;
      return value >= min[axis]! && value <= max[axis]!;
    });
    if (!inside) continue;
    place[i] = kept.length;
    kept.push(i);
  }
  const chosen: number[] = [];
  for (let i = 0; i < faces.length; i += 3) {
    const corners = [place[faces[i]!]!, place[faces[i + 1]!]!, place[faces[i + 2]!]!];
    if (corners.every((corner) => corner >= 0)) chosen.push(...corners);
  }
  const pick = (from: Float32Array): Float32Array => {
    const out = new Float32Array(3 * kept.length);
    kept.forEach((vertex, i) => {
      out.set(from.subarray(3 * vertex, 3 * vertex + 3), 3 * i);
    });
    return out;
  };
  const has = normals !== undefined && normals.length === vertices.length;
  return {
    vertices: pick(vertices),
    faces: Uint32Array.from(chosen),
    normals: has ? pick(normals) : new Float32Array(0),
  };
}
