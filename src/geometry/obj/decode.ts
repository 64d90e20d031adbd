import { MeshDecodeError } from "../../base/errors.js";
import type { MeshData } from "../mesh/data.js";
import { checkIndices } from "../mesh/precomputed.js";

/**
 * Reads vertices, normals and faces (`f 1 2 3`, `1/2/3`, `1//3`; negative numbers count from the end; polygons become fans of
 * triangles). Normals are kept as they come. Everything else is skipped. @throws MeshDecodeError naming the line.
 */
export function decodeObj(text: string | Uint8Array): Required<MeshData> {
  const lines = (typeof text === "string" ? text : new TextDecoder().decode(text)).split(/\r\n|\r|\n/);
  const vertices: number[] = [];
  const normals: number[] = [];
  const faces: number[] = [];
  lines.forEach((line, i) => {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === "v") vertices.push(...numbers(rest, line, i));
    else if (word === "vn") normals.push(...numbers(rest, line, i));
    else if (word === "f") {
      const corners = rest
        .map((corner) => corner.split("/", 1)[0]!)
        .map((n) => index(n, vertices.length / 3, line, i));
      if (corners.length < 3) throw refuse(line, i);
      for (let k = 2; k < corners.length; k++) faces.push(corners[0]!, corners[k - 1]!, corners[k]!);
    }
  });
  const mesh = {
    vertices: Float32Array.from(vertices),
    faces: Uint32Array.from(faces),
    normals: Float32Array.from(normals),
  };
  checkIndices(mesh);
  return mesh;
}

function numbers(words: readonly string[], line: string, i: number): number[] {
  const out = words.slice(0, 3).map(Number);
  if (out.length !== 3 || words.slice(0, 3).some((w) => w === "") || out.some(Number.isNaN))
    throw refuse(line, i);
  return out;
}

function index(word: string, count: number, line: string, i: number): number {
  const value = /^-?\d+$/.test(word) ? Number(word) : 0;
  const at = value > 0 ? value - 1 : count + value;
  if (value === 0 || at < 0 || at >= 2 ** 32) throw refuse(line, i);
  return at;
}

function refuse(line: string, i: number): MeshDecodeError {
  return new MeshDecodeError("A line of an OBJ file is not understood", {
    where: `line ${i + 1}`,
    got: JSON.stringify(line.slice(0, 100)),
  });
}
