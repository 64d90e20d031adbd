import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import * as THREE from "three";
import { describe, expect, test } from "vitest";
import { ArgumentError, MeshDecodeError, MissingError, StorageError } from "../../base/errors.js";
import { consolidate } from "./consolidate.js";
import { Mesh } from "./index.js";
import { pointColumns, sortRows } from "./sort-rows.js";
import { openEdges, sphere } from "./testing.js";
import { invert, transformPoints } from "./transform.js";

const TRIANGLE = new Mesh({
  vertices: [
    [0, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
  ],
  faces: [[0, 1, 2]],
  segid: 7,
});
const rows = (mesh: Mesh): number[][] => Array.from({ length: mesh.length }, (_, i) => mesh.vertex(i));

describe("the value", () => {
  test("vertices and triangles, flat or in rows", () => {
    expect(TRIANGLE.length).toBe(3);
    expect(TRIANGLE.faceCount).toBe(1);
    expect(TRIANGLE.segid).toBe(7n);
    expect(TRIANGLE.triangle(0)).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect([...TRIANGLE.triangles()]).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0]);
    expect([...TRIANGLE.edges()]).toEqual([0, 1, 1, 2, 0, 2]);
    expect(TRIANGLE.bounds?.toList()).toEqual([0, 0, 0, 1, 1, 0]);
    expect(new Mesh({ vertices: [], faces: [] }).bounds).toBeUndefined();
    const array = new Float32Array(9);
    expect(new Mesh({ vertices: array, faces: [0, 1, 2] }).vertices).toBe(array);
    expect(() => new Mesh({ vertices: [1, 2], faces: [] })).toThrow(ArgumentError);
    expect(() => TRIANGLE.vertex(3)).toThrow(ArgumentError);
  });

  test("equality, clone, empty", () => {
    const copy = TRIANGLE.clone();
    expect(copy.equals(TRIANGLE)).toBe(true);
    copy.vertices[0] = 5;
    expect(copy.equals(TRIANGLE)).toBe(false);
    expect(TRIANGLE.vertices[0]).toBe(0);
    expect(TRIANGLE.computeNormals().equals(TRIANGLE)).toBe(false);
    expect(TRIANGLE.empty).toBe(false);
    expect(new Mesh({ vertices: [0, 0, 0], faces: [] }).empty).toBe(true);
  });

  test("concatenate", () => {
    const both = Mesh.concatenate([TRIANGLE, TRIANGLE.computeNormals()], { segid: 9n });
    expect([...both.faces]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(both.normals).toHaveLength(0);
    expect(both.segid).toBe(9n);
    expect(Mesh.concatenate([]).empty).toBe(true);
  });

  test("normals", () => {
    expect([...TRIANGLE.computeNormals().normals]).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 1]);
    const ball = new Mesh(sphere(12, 5)).computeNormals();
    for (let i = 0; i < ball.length; i++) {
      const [x, y, z] = ball.vertex(i);
      const along =
        (x * ball.normals[3 * i]! + y * ball.normals[3 * i + 1]! + z * ball.normals[3 * i + 2]!) / 5;
      expect(along).toBeGreaterThan(0.98);
    }
  });

  test("test_meshing.py::test_crop_mesh", () => {
    const ball = new Mesh(sphere(20, 10)).computeNormals();
    const half = ball.crop([-10, -10, 0, 10, 10, 10]);
    expect(half.length).toBeLessThan(ball.length);
    expect(half.faceCount).toBeLessThan(ball.faceCount);
    expect(half.normals).toHaveLength(half.vertices.length);
    for (const [, , z] of rows(half)) expect(z).toBeGreaterThanOrEqual(0);
    // A corner on the border counts as inside.
    expect(TRIANGLE.crop([0, 0, 0, 1, 1, 0]).faceCount).toBe(1);
    expect(TRIANGLE.crop([0, 0, 0, 0.9, 1, 0]).faceCount).toBe(0);
  });

  test("transforms, and back", () => {
    const matrix = [2, 0, 0, 1, 0, 3, 1, -4, 0, 0.5, 1, 0];
    const back = transformPoints(transformPoints(TRIANGLE.vertices, matrix), invert(matrix));
    back.forEach((value, i) => {
      expect(value).toBeCloseTo(TRIANGLE.vertices[i]!, 12);
    });
    expect(() => invert([1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0])).toThrow(ArgumentError);
  });

  test("three.js takes the arrays without a copy", () => {
    const geometry = TRIANGLE.toBufferGeometry(THREE);
    expect(geometry).toBeInstanceOf(THREE.BufferGeometry);
    expect(geometry.getAttribute("position").array).toBe(TRIANGLE.vertices);
    expect(geometry.getIndex()?.array).toBe(TRIANGLE.faces);
    expect(geometry.getAttribute("normal").count).toBe(3);
    const own = TRIANGLE.computeNormals();
    expect(own.toBufferGeometry(THREE).getAttribute("normal").array).toBe(own.normals);
  });
});

describe("legacy fragments", () => {
  const GOLDEN =
    "03000000000000000000000000000000" +
    "0000803f0000000000000000" +
    "000000000000803f00000000" +
    "000000000100000002000000";

  test("bytes of a triangle", () => {
    expect(Buffer.from(TRIANGLE.toPrecomputed()).toString("hex")).toBe(GOLDEN);
    const read = Mesh.fromPrecomputed(Buffer.from(GOLDEN, "hex"), 7n);
    expect(read.equals(TRIANGLE)).toBe(true);
    expect(read.encodingType).toBe("precomputed");
  });

  test("every prefix is refused, or a mesh", () => {
    const bytes = Buffer.from(GOLDEN, "hex");
    for (let n = 0; n < bytes.length; n++)
      if (n === 40) expect(Mesh.fromPrecomputed(bytes.subarray(0, n)).faceCount).toBe(0);
      else expect(() => Mesh.fromPrecomputed(bytes.subarray(0, n))).toThrow(MeshDecodeError);
    bytes[40] = 3;
    expect(() => Mesh.fromPrecomputed(bytes)).toThrow(/vertex that is not there/);
  });
});

describe("consolidate", () => {
  test("equal vertices once, sorted; equal triangles once", () => {
    const mesh = new Mesh({
      vertices: [
        [1, 0, 0],
        [0, 0, 0],
        [0, 1, 0],
        [1, 0, 0],
        [-0, 0, 0],
        [0, 1, 0],
      ],
      faces: [
        [0, 1, 2],
        [3, 4, 5],
        [1, 2, 0],
      ],
      segid: 3n,
    });
    const one = mesh.consolidate();
    expect(rows(one)).toEqual([
      [0, 0, 0],
      [0, 1, 0],
      [1, 0, 0],
    ]);
    expect([...one.faces]).toEqual([0, 1, 2, 2, 0, 1]);
    expect(one.segid).toBe(3n);
    expect(new Mesh({ vertices: [1, 2, 3], faces: [] }).consolidate().length).toBe(0);
  });

  test("rows are sorted as a comparison would sort them, in single and double precision", () => {
    const value = fc.oneof(
      fc.float({ noNaN: true }),
      fc.constantFrom(0, -0, 1, -1, 2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-45, -1e-45),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { maxLength: 200 }), (points) => {
        const expected = points
          .map((point, i) => ({ point, i }))
          .sort((a, b) => {
            const axis = [0, 1, 2].find((k) => a.point[k] !== b.point[k]);
            return axis === undefined ? a.i - b.i : a.point[axis]! < b.point[axis]! ? -1 : 1;
          })
          .map(({ i }) => i);
        for (const type of [Float32Array, Float64Array]) {
          const order = sortRows(pointColumns(new type(points.flat())));
          expect([...order]).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("NaN equals nothing and comes last", () => {
    const { vertices } = consolidate(
      new Float32Array([Number.NaN, 0, 0, Number.NaN, 0, 0, 1, 0, 0]),
      new Uint32Array([0, 1, 2]),
    );
    expect([...vertices]).toEqual([1, 0, 0, Number.NaN, 0, 0, Number.NaN, 0, 0]);
  });
});

describe("test_meshing.py::test_duplicate_vertices", () => {
  const vertices = [
    [0, 0, 0],
    [0, 1, 0],
    [1, 0, 0],
    [1, 1, 0],
    [2, 0, 0],
    [2, 1, 0],
    [3, 0, 0],
    [3, 1, 0],
    [3, 0, 0],
    [4, 0, 0],
    [4, 1, 0],
    [4, 0, 0],
    [5, 0, 0],
    [5, 1, 0],
    [5, 0, 0],
    [6, 0, 0],
    [6, 1, 0],
    [6, 1, 2],
    [7, 0, 0],
    [7, 1, 0],
    [4, 0, 0],
  ];
  const faces = [
    [0, 1, 2],
    [2, 3, 4],
    [4, 5, 6],
    [7, 8, 9],
    [9, 10, 11],
    [10, 11, 12],
    [12, 13, 14],
    [14, 15, 16],
    [15, 16, 17],
    [15, 18, 19],
    [18, 19, 20],
  ];
  const all = new Mesh({ vertices, faces, segid: 666 });
  const some = new Mesh({ vertices: vertices.slice(0, -1), faces: faces.slice(0, -1), segid: 666 });
  const merged = (mesh: Mesh, x: number, offset = 0): Mesh =>
    mesh.deduplicateChunkBoundaries([x, 100, 100], { offset: [offset, -1, -1] });

  test("a point with three vertices is left as it is", () => {
    expect(merged(all, 4).length).toBe(all.length);
    expect(merged(all, 4).equals(all)).toBe(false);
  });

  test.each([
    [4, 0, 1],
    [3, 0, 1],
    [4, -1, 1],
    [5, 0, 1],
    [1, 0, 3],
  ])("chunks of %i, offset %i: %i vertices fewer", (x, offset, fewer) => {
    expect(merged(some, x, offset).length).toBe(some.length - fewer);
  });

  test("vertices that Draco rounded are on a border within half a step", () => {
    const near = new Mesh({
      vertices: [
        [3.9, 1, 1],
        [3.9, 1, 1],
        [1, 1, 1],
        [1, 1, 1],
        [2, 2, 2],
      ],
      faces: [
        [0, 2, 4],
        [1, 3, 4],
      ],
    });
    const options = { isDraco: true, dracoGridSize: 0.4, offset: [0, 0, 0] };
    expect(near.deduplicateChunkBoundaries([4, 100, 100], options).length).toBe(4);
    expect(() => near.deduplicateChunkBoundaries([4, 100, 100], { isDraco: true })).toThrow(ArgumentError);
    expect(() => near.deduplicateChunkBoundaries([0, 1, 1])).toThrow(ArgumentError);
    expect(() => near.deduplicateVertices([true])).toThrow(ArgumentError);
  });
});

test("files by their names", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cloudvolume-mesh-"));
  try {
    for (const name of ["a.ply", "b.obj", "c"]) {
      await TRIANGLE.save(join(folder, name));
      expect((await Mesh.load(join(folder, name), 7)).equals(TRIANGLE), name).toBe(true);
    }
    await expect(Mesh.load(join(folder, "none.ply"))).rejects.toThrow(MissingError);
    await expect(TRIANGLE.save(join(folder, "none/a.ply"))).rejects.toThrow(StorageError);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the helper sees cracks", () => {
  const ball = sphere(8, 3);
  expect(openEdges(ball)).toBe(0);
  expect(openEdges({ ...ball, faces: ball.faces.slice(3) })).toBe(3);
});
