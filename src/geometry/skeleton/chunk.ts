import { ArgumentError } from "../../base/errors.js";
import { consolidate } from "./consolidate.js";
import { checkEdges, pickAttribute, type SkeletonParts, vertexCount } from "./parts.js";

export interface SkeletonChunk {
  /** Which cell of the grid, counted from the origin's. */
  readonly cell: readonly [number, number, number];
  readonly parts: SkeletonParts;
}

/** A point on an edge, and the vertex whose attributes it has. */
interface Point {
  readonly at: readonly [number, number, number];
  readonly vertex: number;
}

/** What lies closer to a plane lies on it. */
const EPSILON = 1e-5;

/**
 * Cuts a skeleton at the planes of a grid: edges are divided where they cross one. A new point has the attributes of
 * the nearer end of its edge. Each piece is consolidated. Cells come in ascending order, x fastest.
 * `origin` is a corner of the grid; default: the least coordinates. Source: osteoid `chunk`.
 * @throws ArgumentError unless the chunk size is three numbers above 0.
 */
export function chunkSkeleton(
  parts: SkeletonParts,
  chunkSize: readonly number[],
  origin?: readonly number[],
): SkeletonChunk[] {
  checkEdges(parts);
  if (chunkSize.length !== 3 || !chunkSize.every((n) => n > 0 && Number.isFinite(n)))
    throw new ArgumentError("Not a chunk size", {
      expected: "three numbers above 0",
      got: String(chunkSize),
    });
  if (vertexCount(parts) === 0) return [];
  const grid = gridOf(parts, chunkSize, origin);
  const cells = new Map<number, { cell: [number, number, number]; points: Point[] }>();
  for (let i = 0; i < parts.edges.length; i += 2) {
    const [a, b] = [pointOf(parts, parts.edges[i]!), pointOf(parts, parts.edges[i + 1]!)];
    for (const [from, to] of divide(a, b, grid)) {
      const [p, q] = [cellOf(from.at, grid), cellOf(to.at, grid)];
      const [u, v] = [indexOf(p, grid), indexOf(q, grid)];
      const index = Math.min(u, v);
      const cell = cells.get(index) ?? { cell: u <= v ? p : q, points: [] };
      cells.set(index, cell);
      cell.points.push(from, to);
    }
  }
  return [...cells]
    .sort(([a], [b]) => a - b)
    .map(([, { cell, points }]) => ({ cell, parts: consolidate(fromLines(parts, points)) }));
}

interface Grid {
  readonly low: readonly number[];
  readonly size: readonly number[];
  readonly count: readonly number[];
}

function gridOf({ vertices }: SkeletonParts, chunkSize: readonly number[], origin?: readonly number[]): Grid {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  vertices.forEach((v, i) => {
    low[i % 3] = Math.min(low[i % 3]!, v);
    high[i % 3] = Math.max(high[i % 3]!, v);
  });
  const from = low.map((v, axis) => Math.fround(origin?.[axis] ?? v));
  const size = chunkSize.map(Math.fround);
  const count = from.map((v, axis) => Math.max(1, Math.ceil(Math.fround((high[axis]! - v) / size[axis]!))));
  return { low: from, size, count };
}

function pointOf({ vertices }: SkeletonParts, vertex: number): Point {
  return { at: [vertices[3 * vertex]!, vertices[3 * vertex + 1]!, vertices[3 * vertex + 2]!], vertex };
}

function cellOf(at: readonly number[], { low, size, count }: Grid): [number, number, number] {
  const along = (axis: number): number => {
    const inverse = Math.fround(1 / size[axis]!);
    const cell = Math.trunc(Math.fround(Math.fround(at[axis]! - low[axis]!) * inverse));
    return Math.min(Math.max(cell, 0), count[axis]! - 1);
  };
  return [along(0), along(1), along(2)];
}

function indexOf([x, y, z]: readonly [number, number, number], { count }: Grid): number {
  return x + count[0]! * (y + count[1]! * z);
}

type Line = readonly [Point, Point];

function divide(a: Point, b: Point, grid: Grid): Line[] {
  const [p, q] = [cellOf(a.at, grid), cellOf(b.at, grid)];
  let lines: Line[] = [[a, b]];
  for (let axis = 0; axis < 3; axis++) {
    const last = Math.max(p[axis]!, q[axis]!);
    for (let cell = Math.min(p[axis]!, q[axis]!); cell <= last; cell++) {
      const plane = Math.fround(grid.low[axis]! + Math.fround(cell * grid.size[axis]!));
      lines = lines.flatMap((line) => cut(line, axis, plane));
    }
  }
  return lines;
}

function cut(line: Line, axis: number, plane: number): Line[] {
  const [d, e] = line.map(({ at }) => Math.fround(at[axis]! - plane)) as [number, number];
  if (Math.abs(d) < EPSILON || Math.abs(e) < EPSILON || d > 0 === e > 0) return [line];
  const [above, below] = d > 0 ? line : [line[1], line[0]];
  const reach = Math.fround(below.at[axis]! - above.at[axis]!);
  const t = Math.fround(Math.fround(plane - above.at[axis]!) / reach);
  const along = (i: 0 | 1 | 2): number =>
    Math.fround(above.at[i] + Math.fround(Math.fround(below.at[i] - above.at[i]) * t));
  const middle = { at: [along(0), along(1), along(2)], vertex: (t <= 0.5 ? above : below).vertex } as const;
  return [
    [above, middle],
    [middle, below],
  ];
}

function fromLines(parts: SkeletonParts, points: readonly Point[]): SkeletonParts {
  const vertices = new Float32Array(points.length * 3);
  points.forEach(({ at }, i) => {
    vertices.set(at, 3 * i);
  });
  const source = points.map((p) => p.vertex);
  return {
    ...parts,
    vertices,
    edges: Uint32Array.from(points.keys()),
    attributes: parts.attributes.map((a) => pickAttribute(a, source)),
  };
}
