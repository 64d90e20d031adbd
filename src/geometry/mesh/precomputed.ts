/**
 * Neuroglancer's legacy mesh fragment: the number of vertices (uint32), x, y, z of each (float32), then three
 * vertices a triangle (uint32) to the end, little endian. Source: neuroglancer `meshes.md`.
 */
import { MeshDecodeError } from "../../base/errors.js";
import type { MeshData } from "./data.js";

const HEADER = 4;
const VERTEX = 12;

/** The number of vertices and of triangles, after checking that they fill the bytes. @throws MeshDecodeError. */
export function fragmentCounts(
  bytes: Uint8Array,
  where: string | undefined,
): { readonly vertices: number; readonly faces: number } {
  const at = where === undefined ? {} : { where };
  if (bytes.length < HEADER)
    throw new MeshDecodeError("A mesh fragment is too short", {
      ...at,
      expected: "at least 4 bytes",
      got: `${bytes.length} bytes`,
    });
  const vertices = new DataView(bytes.buffer, bytes.byteOffset, HEADER).getUint32(0, true);
  const rest = bytes.length - HEADER - VERTEX * vertices;
  if (rest < 0 || rest % 12 !== 0)
    throw new MeshDecodeError("A mesh fragment has the wrong length", {
      ...at,
      expected: `${HEADER + VERTEX * vertices} bytes for ${vertices} vertices, and 12 for each triangle`,
      got: `${bytes.length} bytes`,
    });
  return { vertices, faces: rest / 12 };
}

/** Decodes a fragment; every index is checked. Costs one copy. @throws MeshDecodeError. */
export function decodeFragment(bytes: Uint8Array, where?: string): MeshData {
  const { vertices, faces } = fragmentCounts(bytes, where);
  const split = HEADER + VERTEX * vertices;
  // Copies are aligned. (A Buffer's slice() is none.)
  const data = {
    vertices: new Float32Array(new Uint8Array(bytes.subarray(HEADER, split)).buffer),
    faces: new Uint32Array(new Uint8Array(bytes.subarray(split, split + 12 * faces)).buffer),
  };
  checkIndices(data, where);
  return data;
}

/** @throws MeshDecodeError for a triangle that names a vertex which is not there. */
export function checkIndices({ vertices, faces }: MeshData, where?: string): void {
  const count = vertices.length / 3;
  for (let i = 0; i < faces.length; i++)
    if (faces[i]! >= count)
      throw new MeshDecodeError("A triangle names a vertex that is not there", {
        ...(where === undefined ? {} : { where }),
        expected: `a number below ${count}`,
        got: `${faces[i]} in triangle ${Math.floor(i / 3)}`,
      });
}

/** The bytes of a fragment. Normals are not kept: the format has none. */
export function encodeFragment({ vertices, faces }: MeshData): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(HEADER + vertices.byteLength + faces.byteLength);
  new DataView(out.buffer).setUint32(0, vertices.length / 3, true);
  out.set(bytesOf(vertices), HEADER);
  out.set(bytesOf(faces), HEADER + vertices.byteLength);
  return out;
}

function bytesOf(array: Float32Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
