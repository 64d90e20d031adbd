/** Meshes for tests. */
import type { MeshData } from "./data.js";

/** A closed surface: a sphere of `rings` times `2 * rings` quadrilaterals, with poles. */
export function sphere(rings: number, radius: number, center: readonly number[] = [0, 0, 0]): MeshData {
  const around = 2 * rings;
  const vertices: number[] = [];
  const put = (polar: number, angle: number): void => {
    const r = radius * Math.sin(polar);
    vertices.push(
      center[0]! + r * Math.cos(angle),
      center[1]! + r * Math.sin(angle),
      center[2]! + radius * Math.cos(polar),
    );
  };
  put(0, 0);
  for (let ring = 1; ring < rings; ring++)
    for (let i = 0; i < around; i++) put((Math.PI * ring) / rings, (2 * Math.PI * i) / around);
  put(Math.PI, 0);
  const at = (ring: number, i: number): number => 1 + (ring - 1) * around + (i % around);
  const last = vertices.length / 3 - 1;
  const faces: number[] = [];
  for (let i = 0; i < around; i++) {
    faces.push(0, at(1, i), at(1, i + 1));
    for (let ring = 1; ring < rings - 1; ring++) {
      faces.push(at(ring, i), at(ring + 1, i), at(ring + 1, i + 1));
      faces.push(at(ring, i), at(ring + 1, i + 1), at(ring, i + 1));
    }
    faces.push(last, at(rings - 1, i + 1), at(rings - 1, i));
  }
  return { vertices: Float32Array.from(vertices), faces: Uint32Array.from(faces) };
}

/** The edges that are not walked as often one way as the other: none, if the surface has neither borders nor cracks. */
export function openEdges({ faces }: MeshData): number {
  const walks = new Map<string, number>();
  for (let i = 0; i < faces.length; i += 3)
    for (let corner = 0; corner < 3; corner++) {
      const [a, b] = [faces[i + corner]!, faces[i + ((corner + 1) % 3)]!];
      const key = a < b ? `${a} ${b}` : `${b} ${a}`;
      walks.set(key, (walks.get(key) ?? 0) + (a < b ? 1 : -1));
    }
  return [...walks.values()].filter((sum) => sum !== 0).length;
}
