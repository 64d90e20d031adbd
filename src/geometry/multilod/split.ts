/** Cutting a mesh on the planes of a grid, so that no triangle crosses one and no crack opens. */
import type { Coordinates } from "../mesh/data.js";

export interface GridMesh {
  /** In cells of the grid, from its origin. */
  readonly points: Float64Array;
  readonly faces: Uint32Array;
}

/** Room for vertices that cutting adds. */
class Points {
  #values: Float64Array;
  #count: number;

  constructor(points: Coordinates) {
    this.#values = new Float64Array(Math.max(64, points.length * 2));
    this.#values.set(points);
    this.#count = points.length / 3;
  }

  at(vertex: number, axis: number): number {
    return this.#values[3 * vertex + axis]!;
  }

  /** The point between two where the coordinate of `axis` is `plane`, exactly. The order of the two does not matter. */
  between(a: number, b: number, axis: number, plane: number): number {
    if (3 * this.#count + 3 > this.#values.length) {
      const larger = new Float64Array(2 * this.#values.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    const [low, high] = this.at(a, axis) < this.at(b, axis) ? [a, b] : [b, a];
    const share = (plane - this.at(low, axis)) / (this.at(high, axis) - this.at(low, axis));
    for (let k = 0; k < 3; k++) {
      const [from, to] = [this.at(low, k), this.at(high, k)];
      this.#values[3 * this.#count + k] = k === axis ? plane : from + share * (to - from);
    }
    return this.#count++;
  }

  take(): Float64Array {
    return this.#values.slice(0, 3 * this.#count);
  }
}

/**
 * Cuts every triangle on the planes where a coordinate is a whole number. Triangles that share an edge share the
 * vertices that are put on it, so the surface stays as closed as it was. Costs time and memory for each piece.
 */
export function splitOnGrid({ points, faces }: GridMesh): GridMesh {
  const vertices = new Points(points);
  let pieces: ArrayLike<number> = faces;
  for (let axis = 0; axis < 3; axis++) pieces = splitAxis(vertices, pieces, axis);
  return { points: vertices.take(), faces: Uint32Array.from(pieces) };
}

/** Vertices on edges are found by their ends: (a, b) as a * EDGE + b. */
const EDGE = 2 ** 26;

function splitAxis(vertices: Points, faces: ArrayLike<number>, axis: number): number[] {
  const out: number[] = [];
  const cuts = new Map<number, number>();
  const todo: [number, number, number][] = [];
  for (let i = 0; i < faces.length; i += 3) {
    const [a, b, c] = [faces[i]!, faces[i + 1]!, faces[i + 2]!];
    const [p, q, r] = [vertices.at(a, axis), vertices.at(b, axis), vertices.at(c, axis)];
    if (Math.max(p, q, r) <= Math.floor(Math.min(p, q, r)) + 1) {
      out.push(a, b, c);
      continue;
    }
    todo.push([a, b, c]);
    while (todo.length > 0) {
      const triangle = todo.pop() as [number, number, number];
      const at = triangle.map((vertex) => vertices.at(vertex, axis));
      // Planes are taken in ascending order, so that both triangles of an edge cut it in the same steps.
      const plane = Math.floor(Math.min(...at)) + 1;
      if (Math.max(...at) <= plane) out.push(...triangle);
      else cut(triangle, at, plane);
    }
  }
  return out;

  function cut(triangle: readonly number[], at: readonly number[], plane: number): void {
    const cross = (i: number, j: number): number => {
      const [a, b] = [triangle[i]!, triangle[j]!];
      const key = Math.min(a, b) * EDGE + Math.max(a, b);
      let vertex = cuts.get(key);
      if (vertex !== undefined) return vertex;
      vertex = vertices.between(a, b, axis, plane);
      cuts.set(key, vertex);
      return vertex;
    };
    const below = at.map((value) => value < plane);
    const on = at.indexOf(plane);
    if (on >= 0) {
      // One corner on the plane, the others on its two sides.
      const [i, j] = [(on + 1) % 3, (on + 2) % 3];
      const middle = cross(i, j);
      add([triangle[on]!, triangle[i]!, middle], below[i]!);
      add([triangle[on]!, middle, triangle[j]!], below[j]!);
      return;
    }
    // One corner alone on its side.
    const lone = below.findIndex((side) => below.filter((other) => other === side).length === 1);
    const [i, j] = [(lone + 1) % 3, (lone + 2) % 3];
    const [p, q] = [cross(lone, i), cross(lone, j)];
    add([triangle[lone]!, p, q], below[lone]!);
    add([p, triangle[i]!, triangle[j]!], below[i]!);
    add([p, triangle[j]!, q], below[i]!);
  }

  /** The part below the plane is done; the other may cross the next one. */
  function add(triangle: [number, number, number], isBelow: boolean): void {
    if (isBelow) out.push(...triangle);
    else todo.push(triangle);
  }
}
