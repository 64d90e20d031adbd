import type { MeshData } from "../mesh/data.js";

/** A Wavefront OBJ file, CloudVolume's byte for byte: five decimals, vertices counted from 1. Normals are not kept. */
export function encodeObj({ vertices, faces }: MeshData): Uint8Array<ArrayBuffer> {
  const lines: string[] = [];
  for (let i = 0; i < vertices.length; i += 3)
    lines.push(`v ${five(vertices[i]!)} ${five(vertices[i + 1]!)} ${five(vertices[i + 2]!)}`);
  for (let i = 0; i < faces.length; i += 3)
    lines.push(`f ${faces[i]! + 1} ${faces[i + 1]! + 1} ${faces[i + 2]! + 1}`);
  return new TextEncoder().encode(`${lines.join("\n")}\n`);
}

/** Python's `"%.5f"`: exact, ties to even. */
export function five(value: number): string {
  if (Number.isNaN(value)) return "nan";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const size = Math.abs(value);
  if (size === Infinity) return `${sign}inf`;
  if (size >= 1e21) return `${sign}${BigInt(size)}.00000`;
  // Ties are odd multiples of 1/64; there, scaling is exact.
  const scaled = size * 1e5;
  const down = Math.floor(scaled);
  const tie = Number.isInteger(size * 64) && scaled - down === 0.5;
  const text = tie && down % 2 === 0 ? (down / 1e5).toFixed(5) : size.toFixed(5);
  return sign + text;
}
