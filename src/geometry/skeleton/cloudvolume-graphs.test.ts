/** Skeletons as graphs: the assertions of CloudVolume's test_skeletons.py, each under its name there. */
import { describe, expect, test } from "vitest";
import { SkeletonAttributeMixingError } from "../../base/errors.js";
import { Skeleton } from "./skeleton.js";
import { list } from "./testing.js";

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
