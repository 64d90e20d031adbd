import type { MeshData } from "./data.js";

/** The edges of the triangles, lower vertex first, as pairs one behind the other; a shared edge comes several times. */
export function edges({ faces }: MeshData): Uint32Array {
  const out = new Uint32Array(2 * faces.length);
  let at = 0;
  const add = (a: number, b: number): void => {
    out[at++] = Math.min(a, b);
    out[at++] = Math.max(a, b);
  };
  for (let i = 0; i < faces.length; i += 3) {
    const [a, b, c] = [faces[i]!, faces[i + 1]!, faces[i + 2]!];
    add(a, b);
    add(b, c);
    add(a, c);
  }
  return out;
}

/** The corners of the triangles: nine numbers each. */
export function triangles({ vertices, faces }: MeshData): Float32Array {
  const out = new Float32Array(3 * faces.length);
  for (let i = 0; i < faces.length; i++)
    for (let axis = 0; axis < 3; axis++) out[3 * i + axis] = vertices[3 * faces[i]! + axis]!;
  return out;
}
