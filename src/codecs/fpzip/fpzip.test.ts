import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { floatStreams } from "../../../test/support/float-streams.js";
import { goldenEntries, goldenPath, goldenRoot, goldenTruth } from "../../../test/support/golden.js";
import { bytesOf } from "../../../test/support/voxels.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import { product, type Vec4 } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import { type HostileFile, testCodec } from "../testing.js";
import {
  chunkVoxels,
  cutBox,
  decodeBox,
  decodeBytes,
  encodeBytes,
  randomBox,
  seeded,
} from "../testing-chunks.js";
import { fpzip, kempressed } from "./index.js";

const shapes: readonly Vec4[] = [
  [1, 1, 1, 1],
  [7, 1, 1, 1],
  [1, 9, 1, 2],
  [13, 6, 5, 1],
  [8, 9, 4, 3],
];
const types = ["float32", "float64"] as const;
const specs: ChunkSpec[] = types.flatMap((dtype) => shapes.map((shape) => ({ shape, dtype })));
const refused: ChunkSpec[] = (["uint8", "int32", "uint64"] as const).map((dtype) => ({
  shape: [4, 4, 4, 1],
  dtype,
}));
const huge: ChunkSpec = { shape: [256, 256, 96, 1], dtype: "float32" };
const ws = createWorkspace();

/** The header of a real stream, and a few bytes more: constant voxels take next to nothing, but not that little. */
const hostile = (codec: typeof fpzip): HostileFile[] => [
  {
    name: "6 million voxels in 60 bytes",
    spec: huge,
    make: () =>
      encodeBytes(createWorkspace(), codec, new Uint8Array(4 * product(huge.shape)), huge).subarray(0, 60),
  },
];

testCodec({ codec: fpzip, specs, refused, hostile: hostile(fpzip), mutations: 150 });
// Adding and taking away 2 keeps zeros and what is no number, but hardly anything else.
testCodec({
  codec: kempressed,
  specs,
  refused,
  contents: ["extremes"],
  hostile: hostile(kempressed),
  mutations: 150,
});

describe.each([fpzip, kempressed])("the package's $name streams", (codec) => {
  const name = codec.name as "fpzip" | "kempressed";
  it.each(floatStreams(name).map((stream) => [stream.name, stream] as const))("%s", async (_, stream) => {
    await codec.load?.();
    const { spec, voxels, bytes, decoded } = stream;
    expect(Buffer.from(encodeBytes(ws, codec, voxels, spec)).toString("hex")).toBe(
      Buffer.from(bytes).toString("hex"),
    );
    expect(Buffer.compare(decodeBytes(ws, codec, bytes, spec), decoded)).toBe(0);
    const box = randomBox(spec, seeded(bytes.length));
    expect(Buffer.compare(decodeBox(ws, codec, bytes, spec, box).voxels, cutBox(decoded, spec, box))).toBe(0);
  });
});

describe.runIf(goldenRoot !== undefined)("golden chunks", () => {
  const golden = goldenEntries(["chunk"], "golden fpzip chunks").filter((e) =>
    /\/(fpzip|kempressed)_/.test(e.path),
  );
  it.each(golden.map((e) => [e.path, e] as const))("%s", async (path, entry) => {
    const codec = path.includes("fpzip") ? fpzip : kempressed;
    await codec.load?.();
    const { options, truth } = entry as unknown as {
      readonly options: { readonly precision?: number; readonly lossless?: boolean };
      readonly truth: Parameters<typeof goldenTruth>[0];
    };
    const { data, shape } = goldenTruth(truth)!;
    const params = { fpzip_precision: options.precision };
    const spec: ChunkSpec = { shape: shape as unknown as Vec4, dtype: truth.dtype as "float32", params };
    const bytes = new Uint8Array(readFileSync(goldenPath(path)));
    const voxels = bytesOf(data);
    expect(Buffer.compare(decodeBytes(ws, codec, bytes, spec), voxels)).toBe(0);
    // Voxels with fewer bits are written as the same stream again.
    if (codec === fpzip) expect(Buffer.compare(encodeBytes(ws, codec, voxels, spec), bytes)).toBe(0);
  });
});

describe("fpzip", () => {
  const small: ChunkSpec = { shape: [6, 5, 4, 1], dtype: "float32" };
  const small64: ChunkSpec = { ...small, dtype: "float64" };
  const encoded = (spec: ChunkSpec): Uint8Array =>
    encodeBytes(ws, fpzip, chunkVoxels(spec, "smooth", seeded(3)), spec);

  it("decodes and encodes right where the memory has to grow for it", async () => {
    await fpzip.load?.();
    for (const dtype of types) {
      const spec: ChunkSpec = { shape: [180, 170, 6, 1], dtype };
      const voxels = chunkVoxels(spec, "smooth", seeded(1));
      const bytes = encodeBytes(createWorkspace(), fpzip, voxels, spec);
      expect(Buffer.compare(decodeBytes(createWorkspace(), fpzip, bytes, spec), voxels)).toBe(0);
    }
  });

  it("writes noise, which takes more than the voxels do", () => {
    const spec: ChunkSpec = { shape: [64, 64, 16, 1], dtype: "float32" };
    const voxels = chunkVoxels(spec, "noise", seeded(1));
    const bytes = encodeBytes(ws, fpzip, voxels, spec);
    expect(bytes.length).toBeGreaterThan(voxels.length);
    expect(Buffer.compare(decodeBytes(ws, fpzip, bytes, spec), voxels)).toBe(0);
  });

  it("refuses another shape, type or precision than the chunk's", () => {
    const bytes = encoded(small);
    expect(() => decodeBytes(ws, fpzip, bytes, { ...small, shape: [5, 6, 4, 1] })).toThrow(
      /shape.*5 x 6 x 4 x 1/,
    );
    expect(() => decodeBytes(ws, fpzip, bytes, small64)).toThrow(/data type.*float64.*float32/);
    for (const [spec, precision] of [
      [small, 1],
      [small, 33],
      [small, 2.5],
      [small, "16"],
      [small64, 2],
      [small64, 15],
      [small64, 66],
    ] as const)
      expect(() =>
        encodeBytes(ws, fpzip, new Uint8Array(960), { ...spec, params: { fpzip_precision: precision } }),
      ).toThrow(/fpzip_precision/);
  });

  it("refuses other streams, and what is too short for one", () => {
    const bytes = encoded(small);
    for (const [at, value] of [
      [0, 0x67],
      [5, 0x1e],
      [4, 0x88],
    ] as const) {
      const other = bytes.slice();
      other[at] = value;
      expect(() => decodeBytes(ws, fpzip, other, small)).toThrow(DecodingError);
    }
    for (const length of [0, 3, 4, 20, 27])
      expect(() => decodeBytes(ws, fpzip, bytes.subarray(0, length), small)).toThrow(DecodingError);
    expect(() => encodeBytes(ws, fpzip, new Uint8Array(100), small)).toThrow(EncodingError);
  });

  it("writes chunks without voxels as the package does, and reads them", () => {
    const spec: ChunkSpec = { shape: [4, 0, 3, 1], dtype: "float32" };
    const bytes = encodeBytes(ws, fpzip, new Uint8Array(0), spec);
    expect(Buffer.from(bytes).toString("hex")).toBe(
      `66707929870ef0ff0003fc00000000000002fd000000ff00${"00".repeat(72)}`,
    );
    expect(decodeBytes(ws, fpzip, bytes, spec).length).toBe(0);
  });
});
