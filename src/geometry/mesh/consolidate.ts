import type { Coordinates } from "./data.js";
import { pointColumns, sortRows } from "./sort-rows.js";

export interface Unified<V extends Coordinates> {
  readonly vertices: V;
  readonly faces: Uint32Array;
}

/**
 * One vertex for all that lie on the same point, sorted by x, y, z; equal triangles once, sorted. The result is
 * that of CloudVolume's `consolidate`, to the bit: of equal vertices the first stays, a NaN equals nothing.
 * Costs some 25 passes over the vertices.
 */
export function consolidate<V extends Coordinates>(vertices: V, faces: Uint32Array): Unified<V> {
  const { points, inverse } = uniquePoints(vertices);
  const columns = [0, 1, 2].map((corner) => {
    const out = new Uint32Array(faces.length / 3);
    for (let i = 0; i < out.length; i++) out[i] = inverse[faces[3 * i + corner]!]!;
    return out;
  });
  return { vertices: points, faces: uniqueRows(columns) };
}

/** The distinct points, sorted, and which of them each vertex is. */
export function uniquePoints<V extends Coordinates>(vertices: V): { points: V; inverse: Uint32Array } {
  const order = sortRows(pointColumns(vertices));
  const inverse = new Uint32Array(order.length);
  const points = vertices.slice() as V;
  let count = 0;
  for (let i = 0, last = -1; i < order.length; i++) {
    const at = order[i]! * 3;
    if (last < 0 || !samePoint(vertices, last, at)) {
      for (let axis = 0; axis < 3; axis++) points[3 * count + axis] = vertices[at + axis]!;
      count++;
      last = at;
    }
    inverse[order[i]!] = count - 1;
  }
  return { points: points.slice(0, 3 * count) as V, inverse };
}

/** Whether the points at two places of `vertices` are equal as numbers are: -0 is 0, NaN is nothing. */
export function samePoint(vertices: Coordinates, a: number, b: number): boolean {
  return (
    vertices[a] === vertices[b] && vertices[a + 1] === vertices[b + 1] && vertices[a + 2] === vertices[b + 2]
  );
}

/** Distinct rows of three columns, sorted, one behind the other. */
function uniqueRows(columns: readonly Uint32Array[]): Uint32Array {
  const order = sortRows(columns);
  const out = new Uint32Array(3 * order.length);
  let end = 0;
  for (let i = 0; i < order.length; i++) {
    const row = columns.map((column) => column[order[i]!]!);
    if (end > 0 && row.every((value, k) => value === out[end - 3 + k])) continue;
    out.set(row, end);
    end += 3;
  }
  return out.slice(0, end);
}
