import { describe, expect, test } from "vitest";
import { MeshDecodeError } from "../../base/errors.js";
import { mutate, seeded } from "../../codecs/testing-chunks.js";
import { Mesh } from "../mesh/index.js";
import { sphere } from "../mesh/testing.js";

const ball = new Mesh(sphere(6, 10));
const text = (lines: string): Uint8Array => new TextEncoder().encode(lines);

describe("ply", () => {
  test("a mesh comes back as it was", () => {
    const bytes = ball.toPly();
    expect(Buffer.from(bytes.subarray(0, 40)).toString()).toBe("ply\nformat binary_little_endian 1.0\nelem");
    expect(Mesh.fromPly(bytes, 4).equals(ball)).toBe(true);
    const empty = new Mesh({ vertices: [], faces: [] });
    expect(Mesh.fromPly(empty.toPly()).equals(empty)).toBe(true);
  });

  test("ASCII with other properties, normals, polygons and comments", () => {
    const mesh = Mesh.fromPly(
      text(`ply\r
format ascii 1.0\r
comment by hand\r
element vertex 4\r
property uchar red\r
property double x\r
property float y\r
property float z\r
property float nx\r
property float ny\r
property float nz\r
element face 1\r
property list uchar uint vertex_index\r
element edge 1\r
property int v1\r
end_header\r
255 0 0 0 0 0 1\r
255 1 0 0 0 0 1\r
255 1 1 0 0 0 1\r
255 0 1 0 0 0 1\r
4 0 1 2 3\r
7\r
`),
    );
    expect(mesh.length).toBe(4);
    expect([...mesh.faces]).toEqual([0, 1, 2, 0, 2, 3]);
    expect([...mesh.normals.subarray(0, 3)]).toEqual([0, 0, 1]);
  });

  test("big-endian files", () => {
    const header = text(
      "ply\nformat binary_big_endian 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\nelement face 1\nproperty list uchar ushort vertex_indices\nend_header\n",
    );
    const body = new DataView(new ArrayBuffer(3 * 12 + 7));
    [0, 0, 0, 1, 0, 0, 0, 2, 0].forEach((value, i) => {
      body.setFloat32(4 * i, value);
    });
    body.setUint8(36, 3);
    [0, 1, 2].forEach((value, i) => {
      body.setUint16(37 + 2 * i, value);
    });
    const mesh = Mesh.fromPly(new Uint8Array([...header, ...new Uint8Array(body.buffer)]));
    expect(mesh.triangle(0)).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, 2, 0],
    ]);
  });

  test("damaged files are typed errors", () => {
    const bytes = ball.toPly();
    const random = seeded(3);
    let refused = 0;
    const attempt = (input: Uint8Array): void => {
      try {
        Mesh.fromPly(input);
      } catch (error) {
        expect(error).toBeInstanceOf(MeshDecodeError);
        refused++;
      }
    };
    for (let n = 0; n < bytes.length; n += 5) attempt(bytes.subarray(0, n));
    for (let i = 0; i < 500; i++) attempt(mutate(bytes, random));
    for (const wrong of [
      "",
      "ply\nend_header\n",
      "ply\nformat ascii 1.0\nelement vertex 4000000000\nproperty float x\nproperty float y\nproperty float z\nend_header\n",
      "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n1\n",
      "ply\nformat ascii 1.0\nelement vertex 1\nproperty list float x\nend_header\n1\n",
    ])
      expect(() => Mesh.fromPly(text(wrong)), wrong).toThrow(MeshDecodeError);
    expect(refused).toBeGreaterThan(100);
  });
});
