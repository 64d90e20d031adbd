/** The assertions of CloudVolume's test_chunks.py about the encodings of this version, each under its name there. */
import { describe, expect, test } from "vitest";
import {
  type DataType,
  decodeChunk,
  encodeChunk,
  fortranStride,
  type StridedArray,
  type Vec3,
} from "../../src/node.js";
import { randomArray, seeded } from "../support/random.js";
import { difference } from "../support/voxels.js";

async function there(
  encoding: string,
  array: StridedArray,
  dtype: DataType,
  options: { blockSize?: Vec3; params?: Record<string, unknown> } = {},
): Promise<StridedArray> {
  const bytes = await encodeChunk(encoding, array, options);
  return await decodeChunk(encoding, bytes, { ...options, shape: array.shape, dtype });
}

function solid(value: number, shape: readonly number[]): StridedArray {
  const data = new Uint8Array(shape.reduce((p, n) => p * n, 1)).fill(value);
  return { data, shape, stride: fortranStride(shape) };
}

const mean = ({ data }: StridedArray): number =>
  (data as Uint8Array).reduce((s, v) => s + v, 0) / data.length;

/** Width and height from a JPEG's frame header. */
function jpegSize(bytes: Uint8Array): [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at < bytes.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker >= 0xffc0 && marker <= 0xffc2) return [view.getUint16(at + 7), view.getUint16(at + 5)];
  }
  throw new Error("no frame header");
}

describe("test_chunks.py", () => {
  test.each([
    [
      [2, 2, 2, 1],
      [2, 2, 2],
    ],
    [
      [1, 2, 2, 1],
      [2, 2, 2],
    ],
    [
      [2, 1, 2, 1],
      [2, 2, 2],
    ],
    [
      [2, 2, 1, 1],
      [2, 2, 2],
    ],
    [
      [64, 64, 64, 1],
      [8, 8, 8],
    ],
    [
      [16, 16, 16, 1],
      [8, 8, 8],
    ],
    [
      [8, 8, 8, 1],
      [8, 8, 8],
    ],
    [
      [4, 4, 4, 1],
      [8, 8, 8],
    ],
    [
      [4, 4, 4, 1],
      [2, 2, 2],
    ],
    [
      [2, 4, 4, 1],
      [2, 2, 2],
    ],
    [
      [10, 8, 8, 1],
      [10, 8, 8],
    ],
  ] as [number[], Vec3][])(
    "test_chunks.py::test_compressed_segmentation %s in blocks of %s",
    async (shape, blockSize) => {
      for (const dtype of ["uint32", "uint64"] as const) {
        for (const texture of ["noise", "labels"] as const) {
          const data = randomArray(seeded(1), shape, dtype, texture);
          const bytes = await encodeChunk("compressed_segmentation", data, { blockSize });
          const words = new Uint32Array(bytes.slice().buffer);
          expect(words[0]).toBe(1);
          const blocks = blockSize.reduce((n, b, i) => n * Math.ceil(shape[i]! / b), 1);
          for (let b = 0; b < blocks; b++) {
            const header = words[1 + 2 * b]!;
            expect([0, 1, 2, 4, 8, 16, 32]).toContain(header >>> 24);
            expect(header & 0xffffff).toBeLessThan(words.length);
            expect(words[2 + 2 * b]!).toBeLessThanOrEqual(words.length);
          }
          const read = await decodeChunk("compressed_segmentation", bytes, { shape, dtype, blockSize });
          expect(difference(read, data)).toBe("same");
        }
      }
    },
  );

  test("test_chunks.py::test_raw", async () => {
    const data = randomArray(seeded(2), [64, 64, 64, 1], "uint8");
    expect(difference(await there("raw", data, "uint8"), data)).toBe("same");
  });

  test.each([undefined, 0, 5, 9])("test_chunks.py::test_png level %s", async (level) => {
    const data = randomArray(seeded(3), [64, 64, 64, 1], "uint8");
    const params = level === undefined ? {} : { png_level: level };
    expect(difference(await there("png", data, "uint8", { params }), data)).toBe("same");
  });

  const jpegs = [
    [64, 64, 64],
    [64, 61, 50],
    [128, 128, 16],
  ].flatMap((shape) =>
    [1, 3].flatMap((channels) => [undefined, 85, 75, 100].map((quality) => ({ shape, channels, quality }))),
  );
  test.each(jpegs)(
    "test_chunks.py::test_jpeg $shape x$channels quality $quality",
    async ({ shape, channels, quality }) => {
      const full = [...shape, channels];
      const params = quality === undefined ? {} : { jpeg_quality: quality };
      for (const value of [0, 255]) {
        const data = solid(value, full);
        expect(difference(await there("jpeg", data, "uint8", { params }), data)).toBe("same");
      }
      const bytes = await encodeChunk("jpeg", solid(0, full), { params });
      expect(jpegSize(bytes)).toEqual([shape[0], shape[1]! * shape[2]!]);
      const noise = randomArray(seeded(4), full, "uint8");
      expect(Math.abs(mean(await there("jpeg", noise, "uint8", { params })) - mean(noise))).toBeLessThan(1);
    },
  );
});
