import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { goldenEntries, goldenPath } from "../../../test/support/golden.js";
import type { DataType } from "../../base/dtype.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import { parseNpy } from "../../base/npy.js";
import { product, type Vec3 } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import { testCodec } from "../testing.js";
import {
  chunkVoxels,
  cutBox,
  decodeBox,
  decodeBytes,
  encodeBytes,
  randomBox,
  seeded,
} from "../testing-chunks.js";
import { encode } from "./functions.js";
import { crackle } from "./index.js";
import { bytesOf, contentOf, contents, repairCrackle, streams } from "./testing.js";

await crackle.load?.();
const ws = createWorkspace();
const shapes = [
  [1, 1, 1, 1],
  [5, 4, 3, 1],
  [64, 3, 2, 1],
  [70, 9, 3, 1],
  [1, 13, 2, 1],
  [3, 1, 11, 1],
] as const;
const small: ChunkSpec = { shape: [8, 8, 3, 1], dtype: "uint32" };
const types = ["uint8", "uint16", "uint32", "uint64", "bool"] as const;

testCodec({
  codec: crackle,
  specs: shapes.flatMap((shape) => types.map((dtype): ChunkSpec => ({ shape, dtype }))),
  refused: [
    { ...small, dtype: "int8" },
    { ...small, dtype: "int64" },
    { ...small, dtype: "float32" },
    { ...small, shape: [8, 8, 3, 2] },
  ],
  repair: (bytes) => repairCrackle(ws, bytes),
  sizeFields: [
    { name: "the size along x", offset: () => 7, bytes: 4, littleEndian: true },
    { name: "the size along z", offset: () => 15, bytes: 4, littleEndian: true },
    { name: "the bytes of labels", offset: () => 20, bytes: 4, littleEndian: true },
    { name: "the bytes of labels / 2^32", offset: () => 24, bytes: 4, littleEndian: true },
    { name: "the length of the first code", offset: () => 29, bytes: 4, littleEndian: true },
    { name: "the number of labels", offset: (b) => labelsAt(b), bytes: 4, littleEndian: true },
    { name: "the number of labels / 2^32", offset: (b) => labelsAt(b) + 4, bytes: 4, littleEndian: true },
  ],
  hostile: [
    { name: "another magic", spec: small, make: () => edited((b) => b.set([0x71], 2)) },
    { name: "version 2", spec: small, make: () => edited((b) => b.set([2], 4)) },
    { name: "fixed-width pins", spec: small, make: () => edited((b) => b.set([b[5]! | 0x20], 5)) },
    { name: "labels with sign", spec: small, make: () => edited((b) => b.set([b[6]! | 1], 6)) },
    { name: "a Markov model that is not there", spec: small, make: () => edited((b) => b.set([0x1e], 6)) },
    { name: "slices in several grids", spec: small, make: () => edited((b) => b.set([2], 19)) },
    { name: "a label wider than the type", spec: { ...small, dtype: "uint8" }, make: () => labelled(256n) },
    { name: "a header alone", spec: small, make: () => edited(() => {}).slice(0, 29) },
    { name: "a byte more", spec: small, make: () => new Uint8Array([...edited(() => {}), 0]) },
    { name: "a wrong checksum of lengths", spec: small, make: () => broken((b) => 29 + 4 * b[15]!) },
    { name: "a wrong checksum of labels", spec: small, make: () => broken((b) => b.length - 4 * b[15]! - 4) },
    { name: "a wrong checksum of components", spec: small, make: () => broken((b) => b.length - 1) },
    { name: "a key behind the labels", spec: small, make: () => keyed(200) },
  ],
  cutEverywhere: ({ shape }) => product(shape) <= 1000,
  mutations: 100,
});

function labelsAt(bytes: Uint8Array): number {
  return 29 + 4 * bytes[15]! + 4;
}

/** A valid chunk of `small`, changed, with right checksums of the header, the lengths and the labels. */
function edited(change: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = encodeBytes(ws, crackle, chunkVoxels(small, "labels", seeded(1)), small);
  change(bytes);
  return repairCrackle(ws, bytes);
}

/** A valid chunk of `small` with one byte of a checksum changed. */
function broken(at: (bytes: Uint8Array) => number): Uint8Array {
  const bytes = edited(() => {});
  const offset = at(bytes);
  bytes[offset]! ^= 1;
  return bytes;
}

function labelled(label: bigint): Uint8Array {
  const voxels = new Uint32Array(8 * 8 * 3).fill(Number(label), 5);
  return encodeBytes(ws, crackle, new Uint8Array(voxels.buffer), small);
}

function keyed(key: number): Uint8Array {
  return edited((b) => b.set([key], labelsAt(b) + new DataView(b.buffer).getUint32(20, true) - 1));
}

describe("crackle", () => {
  it.each(streams.map((s, i) => ({ ...s, i })))(
    "reads $content: $kind, pins $pins, order $order",
    ({ content, bytes, i }) => {
      const { spec, voxels } = contentOf(content);
      const encoded = bytesOf(bytes);
      expect(Buffer.compare(decodeBytes(ws, crackle, encoded, spec), voxels)).toBe(0);
      if (voxels.length === 0) return;
      const random = seeded(i);
      for (let k = 0; k < 4; k++) {
        const box = randomBox(spec, random);
        const { voxels: part } = decodeBox(ws, crackle, encoded, spec, box);
        expect(Buffer.compare(part, cutBox(voxels, spec, box)), JSON.stringify(box)).toBe(0);
      }
    },
  );

  it.each(streams.filter(({ kind }) => kind === "plain"))(
    "writes the bytes of the C++ for $content",
    ({ content, bytes }) => {
      const { spec, voxels } = contentOf(content);
      expect(Buffer.from(encodeBytes(ws, crackle, voxels, spec)).toString("base64")).toBe(bytes);
    },
  );

  it.each(streams.filter(({ kind }) => kind === "C order"))(
    "writes the bytes of the C++ for $content said to be in C order",
    ({ content, bytes }) => {
      const { spec, voxels } = contentOf(content);
      const encoded = encodeBytes(ws, withOptions({ fortranOrder: false }), voxels, spec);
      expect(Buffer.from(encoded).toString("base64")).toBe(bytes);
    },
  );

  it.each(contents.filter((name) => !name.endsWith("_signed")))(
    "reads its own pins and models of %s",
    (name) => {
      const { spec, voxels } = contentOf(name);
      const plain = encodeBytes(ws, crackle, voxels, spec);
      for (const pins of [false, true])
        for (const markovOrder of [0, 1, 2, 5]) {
          const encoded = encodeBytes(ws, withOptions({ pins, markovOrder }), voxels, spec);
          expect(Buffer.compare(decodeBytes(ws, crackle, encoded, spec), voxels), `${markovOrder}`).toBe(0);
          if (!pins && markovOrder === 0) expect(encoded).toEqual(plain);
          if (pins && markovOrder === 0 && name === "columns_u32")
            expect(encoded.length).toBeLessThan(plain.length * 0.9);
          if (markovOrder === 2 && !pins && name === "rings_u16")
            expect(encoded.length).toBeLessThan(plain.length * 0.9);
        }
    },
  );

  it("reads labels into wider voxels", () => {
    const { spec, voxels } = contentOf("labels_u8");
    const encoded = encodeBytes(ws, crackle, voxels, spec);
    const wide = decodeBytes(ws, crackle, encoded, { ...spec, dtype: "uint64" });
    expect(Array.from(new BigUint64Array(wide.buffer), Number)).toEqual(Array.from(voxels));
  });

  const real = goldenEntries(["real-stream"], "the golden crackle stream").filter((e) =>
    e.path.endsWith(".ckl.gz"),
  ) as unknown as { path: string; dtype: DataType; shape: Vec3; truth: { sha256_F: string } }[];
  it.each(real)("reads the real stream $path, some slices at a time", ({ path, dtype, shape, truth }) => {
    const spec: ChunkSpec = { shape: [...shape, 1], dtype };
    const [x, y, z] = shape;
    const encoded = gunzipSync(readFileSync(goldenPath(path)));
    const source = ws.allocate(encoded.length);
    ws.bytes().set(encoded, source.ptr);
    const slab = ws.allocate(x * y * 32 * 4);
    const hash = createHash("sha256");
    for (let from = 0; from < z; from += 32) {
      const stride: Vec3 = [4 * x, 4 * x * y, 0];
      crackle.decode(ws, source, spec, { ptr: slab.ptr, stride, from: [0, 0, from], size: [x, y, 32] });
      hash.update(ws.bytes().subarray(slab.ptr, slab.ptr + slab.length));
    }
    expect(hash.digest("hex")).toBe(truth.sha256_F);
    ws.release(source);
    ws.release(slab);
  });

  const golden = goldenEntries(["chunk"], "golden crackle chunks").filter((e) =>
    e.path.startsWith("codecs/crackle_"),
  ) as unknown as { path: string; truth: { file: string; dtype: DataType } }[];
  it.each(golden)("reads and writes golden $path", ({ path, truth }) => {
    const array = parseNpy(gunzipSync(readFileSync(goldenPath(truth.file))));
    const [x, y, z] = array.shape as [number, number, number];
    const spec: ChunkSpec = { shape: [x, y, z, 1], dtype: truth.dtype };
    const voxels = new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength);
    const encoded = new Uint8Array(readFileSync(goldenPath(path)));
    expect(Buffer.compare(decodeBytes(ws, crackle, encoded, spec), voxels)).toBe(0);
    if (path.includes("pins0_markov0"))
      expect(Buffer.compare(encodeBytes(ws, crackle, voxels, spec), encoded)).toBe(0);
  });
});

function withOptions(options: Parameters<typeof encode>[3]): typeof crackle {
  return { ...crackle, encode: (memory, source, spec) => encode(memory, source, spec, options) };
}
