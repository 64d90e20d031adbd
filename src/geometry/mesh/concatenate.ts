import type { MeshData } from "./data.js";

/** Meshes one behind the other. Normals stay only if all of them have some. Costs one copy. */
export function concatenate(meshes: readonly MeshData[]): Required<MeshData> {
  const total = (of: (mesh: MeshData) => number): number => meshes.reduce((n, mesh) => n + of(mesh), 0);
  const vertices = new Float32Array(total((m) => m.vertices.length));
  const faces = new Uint32Array(total((m) => m.faces.length));
  const withNormals = meshes.every((m) => m.normals !== undefined && m.normals.length === m.vertices.length);
  const normals = new Float32Array(withNormals ? vertices.length : 0);
  let [vertex, index] = [0, 0];
  for (const mesh of meshes) {
    vertices.set(mesh.vertices, vertex);
    if (withNormals && mesh.normals !== undefined) normals.set(mesh.normals, vertex);
    const first = vertex / 3;
    for (let i = 0; i < mesh.faces.length; i++) faces[index + i] = mesh.faces[i]! + first;
    vertex += mesh.vertices.length;
    index += mesh.faces.length;
  }
  return { vertices, faces, normals };
}
