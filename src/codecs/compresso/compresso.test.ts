import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { goldenEntries, goldenPath } from "../../../test/support/golden.js";
import type { DataType } from "../../base/dtype.js";
import { DecodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import { parseNpy } from "../../base/npy.js";
import { product } from "../../base/strided.js";
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
import { compresso } from "./index.js";
import { bytesOf, contentOf, streams } from "./testing.js";

await compresso.load?.();
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
  codec: compresso,
  specs: shapes.flatMap((shape) => types.map((dtype): ChunkSpec => ({ shape, dtype }))),
  refused: [
    { ...small, dtype: "int8" },
    { ...small, dtype: "int64" },
    { ...small, dtype: "float32" },
    { ...small, shape: [8, 8, 3, 2] },
    { ...small, shape: [65536, 1, 1, 1] },
  ],
  sizeFields: [
    { name: "the size along x", offset: () => 6, bytes: 2, littleEndian: true },
    { name: "the size along z", offset: () => 10, bytes: 2, littleEndian: true },
    { name: "the number of ids", offset: () => 15, bytes: 4, littleEndian: true },
    { name: "the number of ids / 2^32", offset: () => 19, bytes: 4, littleEndian: true, harmless: true },
    { name: "the number of windows", offset: () => 23, bytes: 4, littleEndian: true },
    { name: "the number of locations", offset: () => 27, bytes: 4, littleEndian: true, harmless: true },
  ],
  hostile: [
    { name: "another magic", spec: small, make: () => edited((b) => b.set([0x71], 2)) },
    { name: "version 2", spec: small, make: () => edited((b) => b.set([2], 4)) },
    { name: "labels of another width", spec: small, make: () => edited((b) => b.set([8], 5)) },
    { name: "no steps", spec: small, make: () => edited((b) => b.set([0], 12)) },
    { name: "steps of 65 voxels", spec: small, make: () => edited((b) => b.set([13, 5, 1], 12)) },
    { name: "connectivity 5", spec: small, make: () => edited((b) => b.set([5], 35)) },
    { name: "a z index and connectivity 6", spec: small, make: () => edited((b) => b.set([6], 35)) },
    { name: "a header alone", spec: small, make: () => edited(() => {}).slice(0, 36) },
    {
      name: "2^53 ids",
      spec: small,
      make: () => edited((b) => new DataView(b.buffer).setBigUint64(15, 2n ** 53n, true)),
    },
    { name: "a run of windows over the end", spec: small, make: () => window(0x7fff) },
    { name: "a window that is not listed", spec: small, make: () => window(0x7ffe) },
    { name: "more windows than blocks", spec: small, make: () => window(9, 25) },
  ],
  cutEverywhere: ({ shape }) => product(shape) <= 1000,
  mutations: 150,
});

/** A valid chunk of `small`, changed. */
function edited(change: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = encodeBytes(createWorkspace(), compresso, chunkVoxels(small, "constant", seeded(1)), small);
  change(bytes);
  return bytes;
}

/** A constant chunk of `small` with other entries for its 12 blocks. */
function window(...entries: number[]): Uint8Array {
  const bytes = edited(() => {});
  const head = bytes.subarray(0, 36 + 3 * 4 + 2);
  const tail = bytes.subarray(bytes.length - 6);
  return Uint8Array.from([...head, ...new Uint8Array(Uint16Array.from(entries).buffer), ...tail]);
}

describe("compresso", () => {
  const ws = createWorkspace();

  it.each(streams.map((s, i) => ({ ...s, i })))(
    "reads $content, version $version, connectivity $connectivity, steps $steps",
    ({ content, bytes, i }) => {
      const { spec, voxels } = contentOf(content);
      const encoded = bytesOf(bytes);
      expect(Buffer.compare(decodeBytes(ws, compresso, encoded, spec), voxels)).toBe(0);
      if (voxels.length === 0) return;
      const random = seeded(i);
      for (let k = 0; k < 4; k++) {
        const box = randomBox(spec, random);
        const { voxels: part } = decodeBox(ws, compresso, encoded, spec, box);
        expect(Buffer.compare(part, cutBox(voxels, spec, box)), JSON.stringify(box)).toBe(0);
      }
    },
  );

  const usual = streams.filter((s) => s.version === 1 && s.steps.join() === "4,4,1");
  it.each([...usual, ...streams.filter(({ content }) => content === "none_u64").slice(0, 1)])(
    "writes the bytes of the C++ for $content",
    ({ content, bytes }) => {
      const { spec, voxels } = contentOf(content);
      expect(Buffer.from(encodeBytes(ws, compresso, voxels, spec)).toString("base64")).toBe(bytes);
    },
  );

  const golden = goldenEntries(["chunk"], "golden compresso chunks").filter((e) =>
    e.path.startsWith("codecs/compresso_"),
  ) as unknown as { path: string; truth: { file: string; dtype: DataType } }[];
  it.each(golden)("reads golden $path", ({ path, truth }) => {
    const array = parseNpy(gunzipSync(readFileSync(goldenPath(truth.file))));
    const [x, y, z] = array.shape as [number, number, number];
    const spec: ChunkSpec = { shape: [x, y, z, 1], dtype: truth.dtype };
    const voxels = new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength);
    const encoded = new Uint8Array(readFileSync(goldenPath(path)));
    expect(Buffer.compare(decodeBytes(ws, compresso, encoded, spec), voxels)).toBe(0);
    if (path.includes("c4_s4x4x1_rz1"))
      expect(Buffer.compare(encodeBytes(ws, compresso, voxels, spec), encoded)).toBe(0);
  });

  it("takes larger blocks where there are more windows than 15 bits can name", () => {
    const random = seeded(9);
    const spec: ChunkSpec = { shape: [1024, 1024, 12, 1], dtype: "uint8" };
    const voxels = Uint8Array.from({ length: 1024 * 1024 * 12 }, () => Number(random() < 0.3));
    const few = encodeBytes(ws, compresso, voxels.subarray(0, 1024 ** 2), {
      ...spec,
      shape: [1024, 1024, 1, 1],
    });
    expect([...few.subarray(12, 15)]).toEqual([4, 4, 1]);
    const encoded = encodeBytes(ws, compresso, voxels, spec);
    expect([...encoded.subarray(12, 15)]).toEqual([8, 8, 1]);
    expect(Buffer.compare(decodeBytes(ws, compresso, encoded, spec), voxels)).toBe(0);
  });

  it("reads a slice without the others: what lies before and after may be damaged", () => {
    const { spec, voxels } = contentOf("labels_u64");
    const encoded = encodeBytes(ws, compresso, voxels, spec);
    const [x, y] = spec.shape;
    const ids = Number(new DataView(encoded.buffer).getBigUint64(15, true));
    const damaged = encoded.slice();
    damaged.fill(0xff, 36, 36 + 8); // The first slice's first label.
    damaged.fill(0xff, 36 + 8 * (ids - 1), 36 + 8 * ids);
    const box = { from: [0, 0, 2], size: [x, y, 2] } as const;
    const { voxels: part } = decodeBox(ws, compresso, damaged, spec, box);
    expect(Buffer.compare(part, cutBox(voxels, spec, box))).toBe(0);
  });

  it("takes no more scratch than four times the chunk", () => {
    for (const { content, bytes } of streams) {
      const { spec, voxels } = contentOf(content);
      if (voxels.length < 4096) continue;
      let taken = 0;
      const memory = createWorkspace();
      const counting = {
        ...memory,
        scratch(name: string, length: number) {
          taken += length;
          return memory.scratch(name, length);
        },
      };
      decodeBytes(counting, compresso, bytesOf(bytes), spec);
      decodeBox(counting, compresso, bytesOf(bytes), spec, { from: [1, 0, 0], size: [1, 1, 1] });
      expect(taken, content).toBeLessThan(4 * voxels.length + 1000);
    }
  });

  it("says what is wrong", () => {
    const bytes = edited((b) => b.set([9], 6));
    expect(() => decodeBytes(ws, compresso, bytes, small)).toThrow(DecodingError);
    expect(() => decodeBytes(ws, compresso, bytes, small)).toThrow(
      /another shape: expected 8 x 8 x 3, got 9 x 8 x 3/,
    );
    expect(() => compresso.check({ ...small, dtype: "int32" })).toThrow(/without sign.*int32/);
  });
});
