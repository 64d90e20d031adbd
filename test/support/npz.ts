/** The arrays of an .npz file, e.g. the truth of a mesh. */
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { parseNpy } from "../../src/base/npy.js";
import type { StridedArray } from "../../src/base/strided.js";

/** Reads a zip file through its central directory. */
export function readNpz(path: string): Map<string, StridedArray> {
  const zip = readFileSync(path);
  const end = zip.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  const arrays = new Map<string, StridedArray>();
  let at = zip.readUInt32LE(end + 16);
  for (let i = zip.readUInt16LE(end + 10); i > 0; i--) {
    const [method, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ];
    const local = zip.readUInt32LE(at + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const stored = zip.subarray(from, from + size);
    const key = zip.toString("utf8", at + 46, at + 46 + name).replace(/\.npy$/, "");
    arrays.set(key, parseNpy(method === 0 ? stored : inflateRawSync(stored)));
    at += 46 + name + extra + comment;
  }
  return arrays;
}

/** A C-ordered matrix, row by row. */
export function rowsOf({ data, shape, stride }: StridedArray): number[] {
  const [rows = 0, columns = 1] = shape;
  return Array.from({ length: rows * columns }, (_, i) =>
    Number(data[Math.floor(i / columns) * stride[0]! + (i % columns) * (stride[1] ?? 1)]),
  );
}
