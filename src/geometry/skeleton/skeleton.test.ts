/** Skeletons by themselves: round trips, and what breaks. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  CloudVolumeError,
  SkeletonDecodeError,
  SkeletonTransformError,
  SkeletonUnassignedEdgeError,
} from "../../base/errors.js";
import { PythonSetOrder } from "./set-order.js";
import { Skeleton } from "./skeleton.js";
import { list, randomSkeleton, STAIRS } from "./testing.js";

describe("the precomputed encoding", () => {
  test("is CloudVolume's, byte for byte", () => {
    const skeleton = new Skeleton({
      vertices: [
        [0, 0, 0],
        [1, 0, 0],
      ],
      edges: [[0, 1]],
      radii: [1, 2],
      vertexTypes: [1, 2],
    });
    const hex =
      "02000000010000000000000000000000000000000000803f000000000000000000000000010000000000803f000000400102";
    expect(Buffer.from(skeleton.toPrecomputed()).toString("hex")).toBe(hex);
  });

  test("round trips: random skeletons with attributes of every type", () => {
    fc.assert(
      fc.property(
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        fc.nat(40),
        (s, n) => {
          const random = (): number => s.next().value as number;
          const skeleton = randomSkeleton(random, { vertices: n, trees: Math.min(n, 2), attributes: 3 });
          const vertexAttributes = skeleton.attributes.map(({ id, dataType, numComponents }) => ({
            id,
            dataType,
            numComponents,
          }));
          const back = Skeleton.fromPrecomputed(skeleton.toPrecomputed(), {
            id: skeleton.id,
            vertexAttributes,
          });
          expect(back.equals(skeleton)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("a file that ends after the edges has the usual attributes, empty", () => {
    const bytes = new Skeleton({ vertices: [[1, 2, 3]], attributes: [] }).toPrecomputed();
    const back = Skeleton.fromPrecomputed(bytes);
    expect([list(back.radii!), list(back.vertexTypes!)]).toEqual([[-1], [0]]);
  });

  test("every cut is a typed error, and counts beyond the file allocate nothing", () => {
    const bytes = new Skeleton({
      vertices: STAIRS,
      edges: [[0, 1]],
      radii: [1, 2, 3, 4, 5, 6],
    }).toPrecomputed();
    const bare = 8 + 12 * 6 + 8;
    for (let n = 0; n < bytes.length; n++) {
      const cut = bytes.subarray(0, n);
      if (n === bare) expect(Skeleton.fromPrecomputed(cut).numVertices).toBe(6);
      else expect(() => Skeleton.fromPrecomputed(cut)).toThrow(SkeletonDecodeError);
    }
    const huge = bytes.slice();
    huge.fill(0xff, 0, 8);
    expect(() => Skeleton.fromPrecomputed(huge)).toThrow(SkeletonDecodeError);
  });

  test("edges to nowhere are read, and named by what needs them", () => {
    const skeleton = new Skeleton({ vertices: STAIRS, edges: [[0, 6]] });
    const back = Skeleton.fromPrecomputed(skeleton.toPrecomputed());
    expect(list(back.edges)).toEqual([0, 6]);
    for (const run of [
      () => back.cableLength(),
      () => back.consolidate(),
      () => back.components(),
      () => back.toSwc(),
      () => back.crop([0, 0, 0, 1, 1, 1]),
      () => back.chunk([1, 1, 1]),
    ])
      expect(run).toThrow(SkeletonUnassignedEdgeError);
  });
});

describe("SWC", () => {
  test("a radius that is no number is unknown; fields may be apart by tabs; comments may come late", () => {
    const skeleton = Skeleton.fromSwc("1 0 1 2 3 NA -1\n# late\n2\t0\t1\t2\t4\t0.5\t1\r\n");
    expect(list(skeleton.radii!)).toEqual([-1, 0.5]);
    expect(list(skeleton.edges)).toEqual([0, 1]);
  });

  test("no rows: an empty skeleton", () => {
    for (const text of ["", "\n\n", "# only a comment"]) expect(Skeleton.fromSwc(text).empty()).toBe(true);
  });

  test.each([
    "1 0 1 2 3 4",
    "x 0 1 2 3 4 -1",
    "1 0 a 2 3 4 -1",
    "1 0 1 2 3 4 7",
    "1 999 1 2 3 4 -1",
    "1 0 1 2 3 4 -1\n1 0 1 2 3 4 -1",
  ])("%j is refused with its line", (text) => {
    expect(() => Skeleton.fromSwc(text)).toThrow(SkeletonDecodeError);
    expect(() => Skeleton.fromSwc(text)).toThrow(/line \d/);
  });

  test("halves are rounded to even, as Python writes them", () => {
    const text = new Skeleton({
      vertices: [
        [0.0078125, -0.0078125, -0],
        [0.0234375, 1e9, 2],
      ],
      edges: [[0, 1]],
    }).toSwc();
    expect(text).toContain("1 0 0.007812 -0.007812 -0.000000 -1.000000 -1");
    expect(text).toContain("2 0 0.023438 1000000000.000000 2.000000 -1.000000 1");
  });

  test("a soma is the root", () => {
    const skeleton = new Skeleton({
      vertices: STAIRS.slice(0, 3),
      edges: [
        [0, 1],
        [1, 2],
      ],
      radii: [1, 1, 90],
    });
    expect(skeleton.toSwc({ somaThreshold: 80 })).toMatch(
      /\n1 0 1\.000000 1\.000000 0\.000000 90\.000000 -1\n/,
    );
    expect(skeleton.toSwc({ somaThreshold: 100 })).toMatch(
      /\n1 0 0\.000000 0\.000000 0\.000000 1\.000000 -1\n/,
    );
  });
});

describe("spaces", () => {
  test("the inverse turns the translation, too", () => {
    const skeleton = new Skeleton({
      vertices: STAIRS,
      transform: [2, 0.5, 0, 10, 0, 4, 0, -20, 1, 0, 1, 30],
    });
    const back = skeleton.physicalSpace().voxelSpace();
    back.vertices.forEach((v, i) => {
      expect(v).toBeCloseTo(skeleton.vertices[i]!, 4);
    });
  });

  test("another space has no transform, and one without an inverse is named", () => {
    const odd = new Skeleton({ vertices: STAIRS, space: "atlas" });
    expect(() => odd.physicalSpace()).toThrow(SkeletonTransformError);
    expect(() => odd.voxelSpace()).toThrow(SkeletonTransformError);
    const flat = new Skeleton({ vertices: STAIRS, space: "physical", transform: new Float32Array(12) });
    expect(() => flat.voxelSpace()).toThrow(SkeletonTransformError);
  });
});

describe("new skeletons", () => {
  const skeleton = (): Skeleton =>
    new Skeleton({
      vertices: STAIRS,
      edges: [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 5],
      ],
      radii: [1, 2, 3, 4, 5, 6],
      id: 7,
    });

  test("share nothing with the old one", () => {
    const old = skeleton();
    const copies = [
      old.clone(),
      old.physicalSpace(),
      old.downsample(1),
      old.averageSmoothing(1),
      old.components()[0]!,
    ];
    for (const copy of copies) {
      copy.vertices.fill(9);
      copy.edges.fill(0);
      copy.radii!.fill(0);
    }
    expect(old.equals(skeleton())).toBe(true);
  });

  test("crop: faces count as inside; values stay with their vertices", () => {
    const cut = skeleton().crop([1, 1, 0, 2, 1, 3]);
    expect(list(cut.vertices)).toEqual([1, 1, 0, 1, 1, 3, 2, 1, 3]);
    expect(list(cut.radii!)).toEqual([3, 4, 5]);
    expect(cut.id).toBe(7n);
    expect(skeleton().crop([50, 50, 50, 60, 60, 60]).empty()).toBe(true);
  });

  test("smoothing stays in the object, or says so", () => {
    const thick = skeleton();
    thick.radii = new Float32Array(6).fill(50);
    const smooth = thick.averageSmoothing(3, { shrinkRadii: true });
    expect(smooth.numVertices).toBe(6);
    expect(list(smooth.radii!).some((r) => r < 50 && r > 40)).toBe(true);
    thick.radii = new Float32Array(6).fill(0.01);
    expect(() => thick.averageSmoothing(3)).toThrow(/radius/);
  });

  test("paths, joints, ends and branches", () => {
    const y = new Skeleton({
      vertices: [
        [0, 0, 0],
        [1, 0, 0],
        [2, 0, 0],
        [3, 1, 0],
        [3, -1, 0],
        [9, 9, 9],
      ],
      edges: [
        [0, 1],
        [1, 2],
        [2, 3],
        [2, 4],
      ],
    });
    expect(list(y.terminals())).toEqual([0, 3, 4]);
    expect(list(y.branches())).toEqual([2]);
    const ends = y.interjointPaths().map(({ indices }) => [indices[0], indices.at(-1)].sort());
    expect(ends.sort()).toEqual([
      [0, 2],
      [2, 3],
      [2, 4],
    ]);
    for (const { indices, vertices } of y.paths()) expect(vertices.length).toBe(3 * indices.length);
    expect(y.paths()).toHaveLength(2);
    const ring = new Skeleton({
      vertices: STAIRS.slice(0, 4),
      edges: [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 0],
      ],
    });
    expect(ring.interjointPaths().map((p) => list(p.indices))).toEqual([[0, 1, 2, 3, 0]]);
    expect(ring.downsample(2).numVertices).toBeGreaterThan(1);
  });

  test("chunk cuts edges at planes", () => {
    const line = Skeleton.fromPath([
      [0, 0, 0],
      [10, 0, 0],
    ]);
    line.radii = Float32Array.of(3, 5);
    const pieces = line.chunk([4, 4, 4]);
    expect(pieces.map((p) => [p.cell[0], list(p.skeleton.vertices).filter((_, i) => i % 3 === 0)])).toEqual([
      [0, [0, 4]],
      [1, [4, 8]],
      [2, [8, 10]],
    ]);
    const total = pieces.reduce((n, p) => n + p.skeleton.cableLength(), 0);
    expect(total).toBeCloseTo(10, 5);
  });

  test("graphs that only look alike are told apart", () => {
    const ring = (n: number, from: number): number[][] =>
      Array.from({ length: n }, (_, i) => [from + i, from + ((i + 1) % n)]);
    const vertices = Array.from({ length: 8 }, (_, i) => [i, 0, 0]);
    const one = new Skeleton({ vertices, edges: [...ring(3, 0), ...ring(5, 3)] });
    const two = new Skeleton({ vertices, edges: [...ring(4, 0), ...ring(4, 4)] });
    const three = new Skeleton({ vertices, edges: [...ring(5, 0), ...ring(3, 5)] });
    expect(Skeleton.equivalent(one, two)).toBe(false);
    expect(Skeleton.equivalent(one, three)).toBe(true);
  });

  test("wrong lengths are refused", () => {
    expect(() => new Skeleton({ vertices: Float32Array.of(1, 2) })).toThrow(ArgumentError);
    expect(() => new Skeleton({ vertices: STAIRS, radii: [1] })).toThrow(CloudVolumeError);
    expect(() => new Skeleton({ vertices: STAIRS, edges: Uint32Array.of(1) })).toThrow(ArgumentError);
    expect(() => new Skeleton({ vertices: STAIRS, transform: [1, 2] })).toThrow(ArgumentError);
  });
});

test("numbers come in the order of Python's sets", () => {
  const order = (...values: number[]): number[] => {
    const set = new PythonSetOrder();
    for (const v of values) set.add(v);
    return [...set];
  };
  // list({...}) of CPython 3.11
  expect(order(8, 0, 16)).toEqual([8, 0, 16]);
  expect(order(1, 100, 3, 17, 9)).toEqual([1, 3, 100, 9, 17]);
  expect(order(5, 4, 3, 2, 1)).toEqual([1, 2, 3, 4, 5]);
});
