import type { MeshData } from "../mesh/data.js";

/** A binary little-endian PLY file, CloudVolume's byte for byte: float32 positions, and faces as lists of int. Normals are not kept. */
export function encodePly({ vertices, faces }: MeshData): Uint8Array<ArrayBuffer> {
  const triangles = faces.length / 3;
  const header = new TextEncoder().encode(`ply
format binary_little_endian 1.0
element vertex ${vertices.length / 3}
property float x
property float y
property float z
element face ${triangles}
property list int int vertex_indices
end_header
`);
  const rows = new Uint32Array(4 * triangles);
  for (let i = 0; i < triangles; i++) {
    rows[4 * i] = 3;
    for (let corner = 0; corner < 3; corner++) rows[4 * i + 1 + corner] = faces[3 * i + corner]!;
  }
  const out = new Uint8Array(header.length + vertices.byteLength + rows.byteLength);
  out.set(header);
  out.set(new Uint8Array(vertices.buffer, vertices.byteOffset, vertices.byteLength), header.length);
  out.set(new Uint8Array(rows.buffer), header.length + vertices.byteLength);
  return out;
}
