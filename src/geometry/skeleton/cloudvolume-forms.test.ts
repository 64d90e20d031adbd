/** Skeletons moved, downsampled and as SWC: the assertions of CloudVolume's test_skeletons.py, each under its name there. */
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../base/errors.js";
import { Skeleton } from "./skeleton.js";
import { STAIRS } from "./testing.js";

describe("CloudVolume's assertions", () => {
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
