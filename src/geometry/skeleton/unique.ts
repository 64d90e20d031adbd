/** Equal points found, and put in order. */

export interface UniquePoints {
  /** The vertex that stands for each distinct point: the first of the equal ones. Sorted by x, then y, then z. */
  readonly first: Uint32Array;
  /** For each vertex the number of its point. */
  readonly pointOf: Uint32Array;
}

/** Distinct points in ascending order, as numpy's `unique(axis=0)`: -0 equals 0, NaN comes last. */
export function uniquePoints(vertices: Float32Array | Float64Array): UniquePoints {
  const count = vertices.length / 3;
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  order.sort((a, b) => comparePoints(vertices, a, b) || a - b);
  const first = new Uint32Array(count);
  const pointOf = new Uint32Array(count);
  let points = 0;
  for (let i = 0; i < count; i++) {
    const at = order[i]!;
    if (i === 0 || comparePoints(vertices, order[i - 1]!, at) !== 0) first[points++] = at;
    pointOf[at] = points - 1;
  }
  return { first: first.slice(0, points), pointOf };
}

/** The distinct edges without loops, each with its lower end first, sorted. `rename` maps their ends. */
export function uniqueEdges(edges: Uint32Array, rename: ArrayLike<number>): Uint32Array {
  const count = edges.length / 2;
  const keys = new Float64Array(count);
  let kept = 0;
  let span = 1;
  for (let i = 0; i < edges.length; i++) span = Math.max(span, rename[edges[i]!]! + 1);
  for (let i = 0; i < count; i++) {
    const a = rename[edges[2 * i]!]!;
    const b = rename[edges[2 * i + 1]!]!;
    if (a !== b) keys[kept++] = Math.min(a, b) * span + Math.max(a, b);
  }
  return sortedPairs(keys.subarray(0, kept), span);
}

/** Sorted distinct pairs from keys `a * span + b`, which are exact below 2^53. */
function sortedPairs(keys: Float64Array, span: number): Uint32Array {
  keys.sort();
  const pairs = new Uint32Array(keys.length * 2);
  let count = 0;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (i > 0 && key === keys[i - 1]) continue;
    pairs[2 * count] = Math.floor(key / span);
    pairs[2 * count + 1] = key % span;
    count++;
  }
  return pairs.slice(0, 2 * count);
}

function comparePoints(v: Float32Array | Float64Array, a: number, b: number): number {
  for (let axis = 0; axis < 3; axis++) {
    const c = compare(v[3 * a + axis]!, v[3 * b + axis]!);
    if (c !== 0) return c;
  }
  return 0;
}

function compare(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
