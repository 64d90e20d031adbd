import { describe, expect, test } from "vitest";
import { MeshDecodeError } from "../../base/errors.js";
import { Mesh } from "../mesh/index.js";
import { sphere } from "../mesh/testing.js";
import { five } from "./encode.js";

describe("obj", () => {
  test("test_meshing.py::test_obj_round_trip", () => {
    const ball = new Mesh(sphere(9, 1234.5));
    const read = Mesh.fromObj(ball.toObj());
    expect([...read.faces]).toEqual([...ball.faces]);
    read.vertices.forEach((value, i) => {
      expect(Math.abs(value - ball.vertices[i]!)).toBeLessThan(1.5e-4);
    });
  });

  test("numbers are written as Python writes them", () => {
    // "%.5f" % x in Python 3.
    const known: [number, string][] = [
      [0.015625, "0.01562"],
      [0.046875, "0.04688"],
      [-0.015625, "-0.01562"],
      [1.5, "1.50000"],
      [-0, "-0.00000"],
      [-1e-9, "-0.00000"],
      [3.4028234663852886e38, "340282346638528859811704183484516925440.00000"],
      [123456.7890625, "123456.78906"],
      [8388608.5, "8388608.50000"],
      [Number.NaN, "nan"],
      [Number.NEGATIVE_INFINITY, "-inf"],
    ];
    for (const [value, text] of known) expect(five(value)).toBe(text);
  });

  test("all forms of faces, negative numbers, polygons, other lines", () => {
    const mesh = Mesh.fromObj(`# by hand
mtllib a.mtl
v 0 0 0
v 1 0 0 1.0
v 1 1 0
v 0 1e0 -0.0
vt 0.5 0.5
vn 0 0 1
f 1 2 3
f 1/1/1 2/1/1 3/1/1
f 1//1 2//1 3//1
f -4 -3 -2 -1
`);
    expect([...mesh.faces]).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 2, 3]);
    expect([...mesh.normals]).toEqual([0, 0, 1]);
    expect(mesh.length).toBe(4);
  });

  test("what is no mesh is a typed error that names the line", () => {
    for (const [text, line] of [
      ["v 1 2\n", 1],
      ["v 1 2 x\n", 1],
      ["v 0 0 0\nf 1 2\n", 2],
      ["v 0 0 0\nf 0 1 1\n", 2],
      ["v 0 0 0\nf -2 1 1\n", 2],
    ] as const)
      expect(() => Mesh.fromObj(text), text).toThrow(`line ${line}`);
    expect(() => Mesh.fromObj("v 0 0 0\nf 1 1 2\n")).toThrow(MeshDecodeError);
  });
});
