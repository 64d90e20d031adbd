import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { AbortError, ArgumentError, DecompressionError, UnsupportedCompressionType } from "../base/errors.js";
import {
  type Compression,
  compress,
  compressionLevel,
  compressSync,
  decompress,
  decompressSync,
  isSyncCompression,
  isSyncDecompression,
  loadCompression,
} from "./index.js";

const WRITTEN = ["gzip", "br", "zstd"] as const;
const LEVELS = { gzip: [0, 9], br: [0, 11], zstd: [1, 22] } as const;
const options = { limit: 1 << 22, where: "key" };

/** Labels with noise: every level finds something more. */
const sample = Uint8Array.from({ length: 200_000 }, (_, i) => {
  const x = i % 64;
  const y = (i >> 6) % 64;
  return (((x >> 3) * (y >> 2)) ^ ((i * 2654435761) >>> 29)) & 255;
});

function random(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 24;
  });
}

describe("before it is loaded", () => {
  it("says so", async () => {
    expect(isSyncDecompression("xz")).toBe(false);
    expect(() => decompressSync("xz", Uint8Array.of(1), options)).toThrow(/loadCompression/);
    await loadCompression("xz");
    expect(isSyncDecompression("xz")).toBe(true);
    expect(() => decompressSync("xz", Uint8Array.of(1), options)).toThrow(DecompressionError);
  });
});

describe("round trips", () => {
  beforeAll(() => loadCompression("zstd"));

  it.each(WRITTEN)("%s of any bytes at any level, both ways", async (compression) => {
    const [least, most] = LEVELS[compression];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.uint8Array({ maxLength: 3000 }), fc.uint8Array({ max: 3, maxLength: 3000 })),
        fc.integer({ min: least, max: Math.min(most, 12) }),
        async (bytes, level) => {
          const packed = await compress(compression, bytes, { level });
          expect(decompressSync(compression, packed, options)).toEqual(bytes);
          if (isSyncCompression(compression)) {
            const again = compressSync(compression, bytes, { level });
            expect(await decompress(compression, again, options)).toEqual(bytes);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each(WRITTEN)("%s of content beyond the threads' threshold", async (compression) => {
    const noise = random(300_000);
    const packed = await compress(compression, noise, { level: 1 });
    expect(packed.length).toBeGreaterThan(1 << 16);
    expect(await decompress(compression, packed, options)).toEqual(noise);
    for (const tail of [[1], [0, 0, 0, 9]]) {
      const followed = new Uint8Array(Buffer.concat([packed, Uint8Array.from(tail)]));
      await expect(decompress(compression, followed, options)).rejects.toThrow(DecompressionError);
    }
    await expect(decompress(compression, packed.subarray(0, -1), options)).rejects.toThrow(
      DecompressionError,
    );
    await expect(decompress(compression, packed, { ...options, limit: 299_999 })).rejects.toThrow(/299999/);
  });

  it("none is the bytes themselves", async () => {
    expect(await compress("none", sample)).toBe(sample);
    expect(await decompress("none", sample, options)).toBe(sample);
    expect(() => decompressSync("none", sample, { limit: 5, where: "key" })).toThrow(DecompressionError);
  });
});

describe("levels", () => {
  it.each(WRITTEN)("of %s have an effect from the lowest to the highest", async (compression) => {
    const [least, most] = LEVELS[compression];
    const sizes = [];
    for (const level of [least, undefined, most])
      sizes.push((await compress(compression, sample, { level })).length);
    expect(new Set(sizes).size).toBe(3);
    expect(sizes[0]).toBeGreaterThan(sizes[2]!);
  });

  it.each(WRITTEN)("of %s out of range are refused", async (compression) => {
    const [least, most] = LEVELS[compression];
    for (const level of [least - 1, most + 1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => compressSync(compression, sample, { level })).toThrow(ArgumentError);
      await expect(compress(compression, sample, { level })).rejects.toThrow(/whole number from/);
    }
  });

  it("has the usual ones", () => {
    expect(WRITTEN.map((c) => compressionLevel(c, undefined))).toEqual([6, 5, 3]);
  });
});

describe("refusals", () => {
  it.each(["xz", "bz2"] as const)("%s is not written", async (compression: Compression) => {
    await expect(compress(compression, sample)).rejects.toThrow(UnsupportedCompressionType);
    expect(() => compressSync(compression, sample)).toThrow(/can be read but not written/);
    expect(isSyncCompression(compression)).toBe(false);
  });

  it.each(["gzip", "br", "zstd", "xz", "bz2"] as const)("empty %s is damaged", async (compression) => {
    await expect(decompress(compression, new Uint8Array(), options)).rejects.toThrow(
      /A compressed object is empty \(key\)/,
    );
  });

  it.each(["gzip", "br", "zstd", "xz", "bz2"] as const)(
    "any bytes as %s: content or a typed error",
    async (c) => {
      await loadCompression(c);
      const heads = {
        gzip: [31, 139, 8, 0, 0, 0, 0, 0, 0, 0],
        br: [],
        zstd: [40, 181, 47, 253],
        xz: [],
        bz2: [66, 90, 104, 49],
      };
      fc.assert(
        fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (tail) => {
          try {
            decompressSync(c, Uint8Array.of(...heads[c], ...tail), { limit: 1000, where: "key" });
          } catch (error) {
            expect(error).toBeInstanceOf(DecompressionError);
          }
        }),
        { numRuns: 500 },
      );
    },
  );

  it("an aborted signal", async () => {
    const aborted = { ...options, signal: AbortSignal.abort() };
    await expect(decompress("gzip", sample, aborted)).rejects.toThrow(AbortError);
    await expect(compress("gzip", sample, aborted)).rejects.toThrow(AbortError);
    const late = new AbortController();
    const running = compress("gzip", sample, { level: 9, signal: late.signal });
    late.abort();
    await expect(running).rejects.toThrow(AbortError);
  });
});
