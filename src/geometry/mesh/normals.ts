import type { MeshData } from "./data.js";

/** Unit normals of the vertices: the means of their triangles' normals, weighted by area. Of a lone vertex: 0, 0, 0. */
export function vertexNormals({ vertices, faces }: MeshData): Float32Array {
  const sums = new Float64Array(vertices.length);
  const edge = (from: number, to: number): [number, number, number] => [
    vertices[to]! - vertices[from]!,
    vertices[to + 1]! - vertices[from + 1]!,
    vertices[to + 2]! - vertices[from + 2]!,
  ];
  for (let i = 0; i < faces.length; i += 3) {
    const corners = [3 * faces[i]!, 3 * faces[i + 1]!, 3 * faces[i + 2]!] as const;
    const [ax, ay, az] = edge(corners[0], corners[1]);
    const [bx, by, bz] = edge(corners[0], corners[2]);
    const cross = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
    for (const at of corners) for (let axis = 0; axis < 3; axis++) sums[at + axis]! += cross[axis]!;
  }
  const out = new Float32Array(vertices.length);
  for (let at = 0; at < out.length; at += 3) {
    const length = Math.hypot(sums[at]!, sums[at + 1]!, sums[at + 2]!);
    if (length > 0) for (let axis = 0; axis < 3; axis++) out[at + axis] = sums[at + axis]! / length;
  }
  return out;
}
