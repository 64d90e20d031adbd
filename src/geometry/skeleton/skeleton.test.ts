/** Skeletons by themselves: CloudVolume's assertions under their names, round trips, and what breaks. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  CloudVolumeError,
  SkeletonAttributeMixingError,
  SkeletonDecodeError,
  SkeletonTransformError,
  SkeletonUnassignedEdgeError,
} from "../../base/errors.js";
import { PythonSetOrder } from "./set-order.js";
import { Skeleton } from "./skeleton.js";
import { randomSkeleton } from "./testing.js";

const list = (data: ArrayLike<number>): number[] => Array.from(data);
const STAIRS = [
  [0, 0, 0],
  [1, 0, 0],
  [1, 1, 0],
  [1, 1, 3],
  [2, 1, 3],
  [2, 2, 3],
];

describe("CloudVolume's assertions", () => {
  test("test_skeletons.py::test_consolidate dedupes and sorts", () => {
    const skeleton = new Skeleton({
      vertices: [
        [0, 0, 0],
        [1, 0, 0],
        [2, 0, 0],
        [0, 0, 0],
        [2, 1, 0],
        [2, 2, 0],
        [2, 2, 1],
        [2, 2, 2],
      ],
      edges: [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 5],
        [5, 6],
        [6, 7],
      ],
      radii: [0, 1, 2, 3, 4, 5, 6, 7],
      vertexTypes: [0, 1, 2, 3, 4, 5, 6, 7],
    }).consolidate();
    expect(list(skeleton.vertices)).toEqual([0, 0, 0, 1, 0, 0, 2, 0, 0, 2, 1, 0, 2, 2, 0, 2, 2, 1, 2, 2, 2]);
    expect(list(skeleton.edges)).toEqual([0, 1, 0, 2, 0, 3, 1, 2, 3, 4, 4, 5, 5, 6]);
    expect(list(skeleton.radii!)).toEqual([0, 1, 2, 4, 5, 6, 7]);
    expect(list(skeleton.vertexTypes!)).toEqual([0, 1, 2, 4, 5, 6, 7]);
  });

  test("test_skeletons.py::test_remove_disconnected_vertices", () => {
    const skeleton = new Skeleton({
      vertices: [
        [0, 0, 0],
        [1, 0, 0],
        [2, 0, 0],
        [0, 1, 0],
        [0, 2, 0],
        [0, 3, 0],
        [-1, -1, -1],
      ],
      edges: [
        [0, 1],
        [1, 2],
        [3, 4],
        [4, 5],
        [3, 5],
      ],
      id: 666,
    }).removeDisconnectedVertices();
    expect([skeleton.numVertices, skeleton.numEdges]).toEqual([6, 5]);
    expect([skeleton.radii!.length, skeleton.vertexTypes!.length]).toEqual([6, 6]);
    expect(skeleton.id).toBe(666n);
  });

  test("test_skeletons.py::test_equivalent", () => {
    expect(Skeleton.equivalent(new Skeleton(), new Skeleton())).toBe(true);
    const points = [
      [0, 0, 0],
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 3],
    ];
    const identity = new Skeleton({ vertices: points.slice(0, 2), edges: [[0, 1]] });
    expect(Skeleton.equivalent(identity, identity)).toBe(true);
    const moved = new Skeleton({
      vertices: [
        [0, 0, 0],
        [0, 1, 0],
      ],
      edges: [[0, 1]],
    });
    expect(Skeleton.equivalent(identity, moved)).toBe(false);
    const pairs: [number, number[][], number[][]][] = [
      [2, [[1, 0]], [[0, 1]]],
      [
        3,
        [
          [1, 0],
          [1, 2],
        ],
        [
          [2, 1],
          [0, 1],
        ],
      ],
      [
        4,
        [
          [1, 0],
          [1, 2],
          [1, 3],
        ],
        [
          [3, 1],
          [2, 1],
          [0, 1],
        ],
      ],
    ];
    for (const [n, one, two] of pairs) {
      const vertices = points.slice(0, n);
      expect(
        Skeleton.equivalent(new Skeleton({ vertices, edges: one }), new Skeleton({ vertices, edges: two })),
      ).toBe(true);
    }
  });

  test("test_skeletons.py::test_cable_length", () => {
    const line = new Skeleton({
      vertices: [
        [0, 0, 0],
        [1, 0, 0],
        [2, 0, 0],
        [3, 0, 0],
        [4, 0, 0],
        [5, 0, 0],
      ],
      edges: [
        [1, 0],
        [1, 2],
        [2, 3],
        [3, 4],
        [5, 4],
      ],
    });
    expect(line.cableLength()).toBe(5);
    const corner = new Skeleton({
      vertices: [
        [2, 0, 0],
        [1, 0, 0],
        [0, 0, 0],
        [0, 5, 0],
        [0, 6, 0],
        [0, 7, 0],
      ],
      edges: [
        [1, 0],
        [1, 2],
        [2, 3],
        [3, 4],
        [5, 4],
      ],
    });
    expect(corner.cableLength()).toBe(9);
    const slant = new Skeleton({
      vertices: [
        [1, 1, 1],
        [0, 0, 0],
        [1, 0, 0],
      ],
      edges: [
        [1, 0],
        [1, 2],
      ],
    });
    expect(Math.abs(slant.cableLength() - (Math.sqrt(3) + 1))).toBeLessThan(1e-6);
  });

  test("test_skeletons.py::test_transform scales, moves, and goes back", () => {
    const edges = [
      [1, 0],
      [1, 2],
      [2, 3],
      [3, 4],
      [5, 4],
    ];
    const voxel = new Skeleton({
      vertices: STAIRS,
      edges,
      id: 1337,
      transform: [
        [2, 0, 0, 0],
        [0, 2, 0, 0],
        [0, 0, 2, 0],
      ],
    });
    const physical = voxel.physicalSpace();
    expect(physical.vertices).toEqual(voxel.vertices.map((v) => v * 2));
    expect(physical.voxelSpace().vertices).toEqual(voxel.vertices);
    voxel.transform = Float32Array.of(1, 0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 3);
    const moved = voxel.physicalSpace();
    expect(moved.vertices).toEqual(voxel.vertices.map((v, i) => v + (i % 3) + 1));
    expect(moved.voxelSpace().vertices).toEqual(voxel.vertices);
    expect(moved.physicalSpace().vertices).toEqual(moved.vertices);
  });

  test("test_skeletons.py::test_downsample", () => {
    const given = {
      vertices: STAIRS,
      edges: [
        [1, 0],
        [1, 2],
        [2, 3],
        [3, 4],
        [5, 4],
      ],
      radii: [1, 2, 3, 4, 5, 6],
      vertexTypes: [1, 2, 3, 4, 5, 6],
    };
    const skeleton = new Skeleton({ ...given, id: 1337 });
    for (const factor of [-1, 0, 0.5, 2.00000000000001, Number.NaN])
      expect(() => skeleton.downsample(factor)).toThrow(ArgumentError);
    expect(Skeleton.equivalent(skeleton.downsample(1), skeleton)).toBe(true);
    expect(skeleton.downsample(1).id).toBe(1337n);
    const two = new Skeleton({
      vertices: [
        [0, 0, 0],
        [1, 1, 0],
        [2, 1, 3],
        [2, 2, 3],
      ],
      edges: [
        [1, 0],
        [1, 2],
        [2, 3],
      ],
      radii: [1, 3, 5, 6],
      vertexTypes: [1, 3, 5, 6],
    });
    expect(Skeleton.equivalent(skeleton.downsample(2), two)).toBe(true);
    const three = new Skeleton({
      vertices: [
        [0, 0, 0],
        [1, 1, 3],
        [2, 2, 3],
      ],
      edges: [
        [1, 0],
        [1, 2],
      ],
      radii: [1, 4, 6],
      vertexTypes: [1, 4, 6],
    });
    expect(Skeleton.equivalent(skeleton.downsample(3), three)).toBe(true);
    const apart = new Skeleton({
      ...given,
      edges: [
        [1, 0],
        [1, 2],
        [3, 4],
        [5, 4],
      ],
    });
    const both = new Skeleton({
      vertices: [
        [0, 0, 0],
        [1, 1, 0],
        [1, 1, 3],
        [2, 2, 3],
      ],
      edges: [
        [1, 0],
        [2, 3],
      ],
      radii: [1, 3, 4, 6],
      vertexTypes: [1, 3, 4, 6],
    });
    expect(Skeleton.equivalent(apart.downsample(2), both)).toBe(true);
  });

  test("test_skeletons.py::test_downsample_joints keeps joints", () => {
    const n = Array.from({ length: 11 }, (_, i) => i);
    const skeleton = new Skeleton({
      vertices: [
        [2, 3, 0],
        [2, 2, 0],
        [2, 1, 0],
        [0, 0, 0],
        [1, 0, 0],
        [2, 0, 0],
        [3, 0, 0],
        [4, 0, 0],
        [2, -1, 0],
        [2, -2, 0],
        [2, -3, 0],
      ],
      edges: [
        [0, 1],
        [1, 2],
        [2, 5],
        [3, 4],
        [4, 5],
        [5, 6],
        [6, 7],
        [5, 8],
        [8, 9],
        [9, 10],
      ],
      radii: n,
      vertexTypes: n,
      id: 1337,
    });
    const wanted = new Skeleton({
      vertices: [
        [2, 3, 0],
        [2, 1, 0],
        [0, 0, 0],
        [2, 0, 0],
        [4, 0, 0],
        [2, -2, 0],
        [2, -3, 0],
      ],
      edges: [
        [0, 1],
        [1, 3],
        [2, 3],
        [3, 4],
        [3, 5],
        [5, 6],
      ],
      radii: [0, 2, 3, 5, 7, 9, 10],
      vertexTypes: [0, 2, 3, 5, 7, 9, 10],
    });
    expect(Skeleton.equivalent(skeleton.downsample(2), wanted)).toBe(true);
  });

  test("test_skeletons.py::test_read_swc", () => {
    const skeleton = Skeleton.fromSwc(SWC);
    expect([skeleton.numVertices, skeleton.numEdges]).toEqual([8, 7]);
    const wanted = new Skeleton({
      vertices: [
        [14.566132, 34.873772, 7.857],
        [16.02252, 33.760513, 7.047],
        [17.542, 32.604973, 6.885001],
        [19.163984, 32.022469, 5.913],
        [20.44809, 30.822802, 4.86],
        [21.897903, 28.881084, 3.402],
        [18.46196, 30.289471, 8.586],
        [19.420759, 28.730757, 9.558],
      ],
      edges: [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 5],
        [2, 6],
        [7, 6],
      ],
      radii: [0.71783, 0.463378, 0.638007, 0.602284, 0.436025, 0.471886, 0.447463, 0.496217],
      vertexTypes: [1, 0, 5, 0, 0, 6, 0, 6],
    });
    expect(Skeleton.equivalent(skeleton, wanted)).toBe(true);
    let again = Skeleton.fromSwc(skeleton.toSwc());
    expect(Skeleton.equivalent(again, wanted)).toBe(true);
    again = again.consolidate();
    expect(again.edges).toEqual(wanted.consolidate().edges);
    again.radii!.forEach((r, i) => {
      expect(Math.abs(r - wanted.consolidate().radii![i]!)).toBeLessThan(0.00001);
    });
    for (let i = 0; i < 10; i++) {
      again = Skeleton.fromSwc(again.toSwc());
      expect([again.numVertices, again.numEdges]).toEqual([8, 7]);
    }
  });

  test("test_skeletons.py::test_read_duplicate_vertex_swc", () => {
    const rows = Array.from({ length: 20 }, (_, i) => {
      const at = i < 10 ? i : 20 - i; // Back along the same vertices.
      return `${i + 1} 0 ${-18 + at}.5 ${at} -84 1.000000 ${i === 0 ? -1 : i}`;
    });
    const skeleton = Skeleton.fromSwc(`\n${rows.join("\n")}\n`);
    expect(skeleton.numVertices).toBe(20);
    const again = Skeleton.fromSwc(skeleton.toSwc());
    expect(again.numVertices).toBe(20);
    expect(Skeleton.equivalent(skeleton, again)).toBe(true);
  });

  test("test_skeletons.py::test_components", () => {
    const components = new Skeleton({
      vertices: [
        [0, 0, 0],
        [1, 0, 0],
        [2, 0, 0],
        [0, 1, 0],
        [0, 2, 0],
        [0, 3, 0],
      ],
      edges: [
        [0, 1],
        [1, 2],
        [3, 4],
        [4, 5],
        [3, 5],
      ],
      id: 666,
    }).components();
    expect(components.map((c) => [c.numVertices, c.numEdges])).toEqual([
      [3, 2],
      [3, 3],
    ]);
    const one = new Skeleton({
      vertices: [
        [0, 0, 0],
        [1, 0, 0],
        [2, 0, 0],
      ],
      edges: [
        [0, 1],
        [1, 2],
      ],
    });
    const two = new Skeleton({
      vertices: [
        [0, 1, 0],
        [0, 2, 0],
        [0, 3, 0],
      ],
      edges: [
        [0, 1],
        [0, 2],
        [1, 2],
      ],
    });
    expect(Skeleton.equivalent(components[0]!, one)).toBe(true);
    expect(Skeleton.equivalent(components[1]!, two)).toBe(true);
  });

  test("test_skeletons.py::test_simple_merge", () => {
    const edges = [
      [0, 1],
      [1, 2],
    ];
    const one = new Skeleton({
      vertices: [
        [0, 0, 0],
        [1, 0, 0],
        [2, 0, 0],
      ],
      edges,
      id: 1,
    });
    const two = new Skeleton({
      vertices: [
        [0, 0, 1],
        [1, 0, 2],
        [2, 0, 3],
      ],
      edges,
      id: 1,
    });
    const wanted = new Skeleton({
      vertices: [
        [0, 0, 0],
        [1, 0, 0],
        [2, 0, 0],
        [0, 0, 1],
        [1, 0, 2],
        [2, 0, 3],
      ],
      edges: [
        [0, 1],
        [1, 2],
        [3, 4],
        [4, 5],
      ],
      id: 1,
    });
    expect(Skeleton.simpleMerge([one, two]).equals(wanted)).toBe(true);
    one.attributes = [];
    two.attributes = [];
    wanted.attributes = [];
    one.setAttribute("wow", Uint8Array.of(1, 2, 3));
    two.setAttribute("wow", Uint8Array.of(4, 5, 6));
    wanted.setAttribute("wow", Uint8Array.of(1, 2, 3, 4, 5, 6));
    expect(Skeleton.simpleMerge([one, two]).equals(wanted)).toBe(true);
    two.setAttribute("wow", Uint16Array.of(4, 5, 6));
    expect(() => Skeleton.simpleMerge([one, two])).toThrow(SkeletonAttributeMixingError);
    two.setAttribute("wow", Uint8Array.of(4, 5, 6));
    two.setAttribute("amaze", new Float32Array(6));
    expect(() => Skeleton.simpleMerge([one, two])).toThrow(SkeletonAttributeMixingError);
  });
});

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

const SWC = `# ORIGINAL_SOURCE NeuronStudio 0.8.80
# SCALE 1.0 1.0 1.0
1 1 14.566132 34.873772 7.857000 0.717830 -1
2 0 16.022520 33.760513 7.047000 0.463378 1
3 5 17.542000 32.604973 6.885001 0.638007 2
4 0 19.163984 32.022469 5.913000 0.602284 3
5 0 20.448090 30.822802 4.860000 0.436025 4
6 6 21.897903 28.881084 3.402000 0.471886 5
7 0 18.461960 30.289471 8.586000 0.447463 3
8 6 19.420759 28.730757 9.558000 0.496217 7`;
