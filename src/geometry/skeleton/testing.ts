/** Skeletons for tests: random ones, and a small one. */
import { arrayType, type DataType } from "../../base/dtype.js";
import { Skeleton } from "./skeleton.js";

const ATTRIBUTE_TYPES: readonly DataType[] = [
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "float32",
  "float64",
  "uint64",
  "int64",
];

/** Vertices that go up step by step. */
export const STAIRS: readonly (readonly number[])[] = [
  [0, 0, 0],
  [1, 0, 0],
  [1, 1, 0],
  [1, 1, 3],
  [2, 1, 3],
  [2, 2, 3],
];

export const list = (data: ArrayLike<number>): number[] => Array.from(data);

export interface RandomSkeletonOptions {
  readonly vertices?: number;
  readonly trees?: number;
  /** Edges besides those of the trees. */
  readonly extraEdges?: number;
  readonly attributes?: number;
  /** Makes some vertices fall together. */
  readonly duplicates?: boolean;
}

/** A forest of random trees on a coarse lattice; `random` gives numbers from 0 to 1. */
export function randomSkeleton(random: () => number, options: RandomSkeletonOptions = {}): Skeleton {
  const { vertices: count = 40, trees = 2, extraEdges = 0, attributes = 2, duplicates = false } = options;
  const below = (n: number): number => Math.floor(random() * n);
  const span = duplicates ? 4 : 4096;
  const vertices = Float32Array.from({ length: 3 * count }, () => (below(span) - span / 2) / 4);
  const edges: number[] = [];
  for (let i = trees; i < count; i++) {
    // Mostly a chain, so that there are long ways between joints.
    const parent = random() < 0.8 ? i - trees : (i % trees) + trees * below(Math.floor(i / trees));
    if (random() < 0.5) edges.push(i, parent);
    else edges.push(parent, i);
  }
  for (let i = 0; i < extraEdges; i++) edges.push(below(count), below(count));
  const skeleton = new Skeleton({ id: below(1e6), vertices, edges: Uint32Array.from(edges) });
  skeleton.radii = Float32Array.from({ length: count }, () => below(1000) / 8);
  skeleton.vertexTypes = Uint8Array.from({ length: count }, () => below(8));
  for (let i = 0; i < attributes; i++) {
    const dataType = ATTRIBUTE_TYPES[below(ATTRIBUTE_TYPES.length)]!;
    const data = new (arrayType(dataType))(count * (1 + below(3)));
    for (let at = 0; at < data.length; at++) {
      const value = below(100);
      data[at] = data instanceof BigUint64Array || data instanceof BigInt64Array ? BigInt(value) : value;
    }
    skeleton.setAttribute(`a${i}`, data);
  }
  skeleton.transform = Float32Array.of(1.5, 0, 0, 10, 0, 2, 0.5, -20, 0.25, 0, 1, 30);
  return skeleton;
}
