import { ArgumentError } from "../../base/errors.js";
import { uniquePoints } from "./consolidate.js";
import type { MeshData } from "./data.js";
import { pointColumns, sortRows } from "./sort-rows.js";

export interface BoundaryOptions {
  /** Where the grid of chunks begins, in the mesh's units. Default 0, 0, 0. */
  readonly offset?: readonly number[];
  /** Vertices were rounded by Draco: those within half a step of a chunk's border lie on it. */
  readonly isDraco?: boolean;
  /** The step of that rounding. */
  readonly dracoGridSize?: number;
}

/** Which vertices lie on a border between chunks. @throws ArgumentError for a missing grid size, or a chunk size of 0. */
export function onChunkBoundary(
  vertices: Float32Array,
  chunkSize: readonly number[],
  { offset = [0, 0, 0], isDraco = false, dracoGridSize }: BoundaryOptions = {},
): Uint8Array {
  if (isDraco && dracoGridSize === undefined)
    throw new ArgumentError("dracoGridSize is needed to unify vertices that Draco rounded");
  if (chunkSize.length !== 3 || !chunkSize.every((size) => size > 0))
    throw new ArgumentError("Wrong chunk size", {
      where: "chunkSize",
      expected: "three numbers above 0",
      got: chunkSize.join(", "),
    });
  const half = isDraco ? (dracoGridSize as number) / 2 : 0;
  const out = new Uint8Array(vertices.length / 3);
  for (let i = 0; i < vertices.length; i++) {
    const size = chunkSize[i % 3]!;
    const behind = modulo(vertices[i]! - offset[i % 3]!, size);
    const near = isDraco ? behind < half || size - behind <= half : behind === 0;
    if (near) out[Math.floor(i / 3)] = 1;
  }
  return out;
}

/** NumPy's `mod`: the sign of the divisor. */
function modulo(value: number, size: number): number {
  const rest = value % size;
  return rest < 0 ? rest + size : rest;
}

/**
 * Unifies vertices that lie on the same point exactly twice and are marked, as where two chunks meet; three or
 * more on one point stay apart. Vertices come out sorted by x, y, z, those of no triangle are left out, triangles keep
 * their order. Source: CloudVolume `deduplicate_vertices`.
 */
export function deduplicate({ vertices, faces }: MeshData, mayMerge: Uint8Array): MeshData {
  const { points, inverse } = uniquePoints(vertices);
  const counts = new Uint32Array(points.length / 3);
  for (const point of inverse) counts[point]!++;
  // The fourth coordinate tells apart what must not be unified: 0, or the vertex's own number.
  const own = new Uint32Array(inverse.length);
  for (let i = 0; i < own.length; i++) own[i] = counts[inverse[i]!] === 2 && mayMerge[i] === 1 ? 0 : i + 1;
  const columns = [...pointColumns(vertices), own].map((column) => column.slice());
  const order = sortRows(columns);
  const used = new Uint8Array(inverse.length);
  for (const vertex of faces) used[vertex] = 1;
  const place = new Uint32Array(inverse.length);
  const out = new Float32Array(vertices.length);
  let [count, last] = [0, -1];
  for (const i of order) {
    if (used[i] !== 1) continue;
    const merged = last >= 0 && own[i] === 0 && own[last] === 0 && inverse[i] === inverse[last];
    if (!merged) out.set(vertices.subarray(3 * i, 3 * i + 3), 3 * count++);
    place[i] = count - 1;
    last = i;
  }
  return { vertices: out.slice(0, 3 * count), faces: faces.map((vertex) => place[vertex]!) };
}
