/** Walks along a skeleton, as lists of vertex numbers. */
import { ArgumentError } from "../../base/errors.js";
import { type Component, componentsOf } from "./components.js";
import { branches, terminals } from "./measure.js";
import { type SkeletonParts, vertexCount } from "./parts.js";
import { neighbours } from "./set-order.js";
import { uniqueEdges, uniquePoints } from "./unique.js";

/** Steps after which the walks through a skeleton with cycles are given up. */
const MOST_STEPS = 20_000_000;

/**
 * For each component the way from its root (the vertex most steps away from the first one) to every end, each from
 * the end to the root. Numbers are the skeleton's own. Exponential where there are many cycles.
 * Source: osteoid `paths`.
 * @throws ArgumentError where cycles make more than 20 million steps.
 */
export function rootPaths(parts: SkeletonParts): Uint32Array[] {
  return componentsOf(parts).flatMap((component) => treePaths(component));
}

function treePaths({ parts, source }: Component): Uint32Array[] {
  const { first, pointOf } = uniquePoints(parts.vertices);
  const edges = uniqueEdges(parts.edges, pointOf);
  if (edges.length === 0) return [];
  const tree = Array.from(first, (): number[] => []);
  for (let i = 0; i < edges.length; i += 2) {
    tree[edges[i]!]!.push(edges[i + 1]!);
    tree[edges[i + 1]!]!.push(edges[i]!);
  }
  const cyclic = edges.length / 2 >= new Set(edges).size;
  let root = edges[0]!;
  let longest = 0;
  for (const path of walks(tree, root, cyclic)) {
    if (path.length <= longest) continue;
    longest = path.length;
    root = path[0]!;
  }
  return walks(tree, root, cyclic).map((path) =>
    path.map((point) => (source === undefined ? first[point]! : source[first[point]!]!)),
  );
}

/** Every way from `root` that cannot go on, breadth first, each from its end back to the root. */
function walks(tree: readonly (readonly number[])[], root: number, cyclic: boolean): Uint32Array[] {
  const vertex = [root];
  const before = [-1];
  const paths: Uint32Array[] = [];
  const passed = (step: number, at: number): boolean => {
    if (!cyclic) return before[step] !== -1 && vertex[before[step]!] === at;
    for (let s = step; s !== -1; s = before[s]!) if (vertex[s] === at) return true;
    return false;
  };
  for (let step = 0; step < vertex.length; step++) {
    let goesOn = false;
    for (const child of tree[vertex[step]!]!) {
      if (passed(step, child)) continue;
      goesOn = true;
      vertex.push(child);
      before.push(step);
    }
    if (vertex.length > MOST_STEPS)
      throw new ArgumentError("There are too many ways through this skeleton's cycles", {
        expected: `at most ${MOST_STEPS} steps`,
      });
    if (goesOn) continue;
    const path: number[] = [];
    for (let s = step; s !== -1; s = before[s]!) path.push(vertex[s]!);
    paths.push(Uint32Array.from(path));
  }
  return paths;
}

/**
 * The ways between neighbouring ends and branch points; numbers are the skeleton's own. In cycles osteoid's walk
 * may leave an edge out, and so does this one; a ring without ends and branches is walked once around.
 * Source: osteoid `interjoint_paths`, in its order.
 */
export function jointPaths(parts: SkeletonParts): Uint32Array[] {
  return componentsOf(parts).flatMap(({ parts: tree, source }) => {
    const paths = treeJointPaths(tree);
    return source === undefined ? paths : paths.map((path) => path.map((at) => source[at]!));
  });
}

/** A vertex still to be looked at, and the way there from the last joint. */
interface Visit {
  readonly at: number;
  readonly from: number;
  /** This visit's own. */
  readonly path: number[];
}

function treeJointPaths(tree: SkeletonParts): Uint32Array[] {
  const near = neighbours(tree.edges, vertexCount(tree));
  const ends = terminals(tree);
  const joints = new Set([...ends, ...branches(tree)]);
  const start = ends[0] ?? branches(tree)[0];
  if (start === undefined) return ring(near, tree.edges[0]!);
  const stack: Visit[] = [{ at: start, from: start, path: [] }];
  const visited = new Set<number>();
  const paths: Uint32Array[] = [];
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
    const { at } = visit;
    let { from } = visit;
    let { path } = visit;
    path.push(at);
    visited.add(at);
    if (at !== from && joints.has(at)) {
      paths.push(Uint32Array.from(path));
      path = [at];
      from = at;
    }
    const ahead = [...(near[at] ?? [])].filter((next) => !visited.has(next));
    ahead.forEach((next, i) => {
      stack.push({ at: next, from, path: i === ahead.length - 1 ? path : [...path] });
    });
  }
  return paths;
}

/** Once around, back to the start. */
function ring(near: readonly (Iterable<number> | undefined)[], start: number): Uint32Array[] {
  const path = [start];
  const visited = new Set(path);
  for (let at: number | undefined = start; at !== undefined; ) {
    at = [...(near[at] ?? [])].find((next) => !visited.has(next));
    if (at === undefined) break;
    path.push(at);
    visited.add(at);
  }
  return path.length < 2 ? [] : [Uint32Array.from([...path, start])];
}
