import { readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { DecompressionError } from "../base/errors.js";
import type { Compression } from "./compression.js";
import { decompress, decompressSync, loadCompression } from "./index.js";
import { Output } from "./output.js";

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/compression/${name}`, import.meta.url)));
const join = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((p) => [...p]));
const times = (n: number, part: Uint8Array): Uint8Array => {
  const out = new Uint8Array(part.length * n);
  for (let i = 0; i < n; i++) out.set(part, i * part.length);
  return out;
};

const ZEROS = 1 << 26;
const gzipped = new Uint8Array(gzipSync(Buffer.alloc(ZEROS)));
/** Blocks of 128 kB in four bytes each, with no declared size: 1:32000. */
const runs = join(
  [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38],
  times(5000, Uint8Array.of(0x02, 0x00, 0x10, 0x00)),
  [0x01, 0, 0],
);
/** The same, in a frame with a window of 2 GB and one with a declared content of 2^62 bytes. */
const wide = join([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8], runs.subarray(6));
const declared = join([0x28, 0xb5, 0x2f, 0xfd, 0xc0, 0x58, 0, 0, 0, 0, 0, 0, 0, 0x40], runs.subarray(6));

const bombs: readonly (readonly [string, Compression, Uint8Array])[] = [
  ["gzip 1:1000", "gzip", gzipped],
  ["gzip of many members", "gzip", times(50, gzipped)],
  ["br 1:1e6", "br", new Uint8Array(brotliCompressSync(Buffer.alloc(ZEROS)))],
  ["zstd of runs", "zstd", runs],
  ["zstd with a window of 2 GB", "zstd", wide],
  ["zstd that declares 2^62 bytes", "zstd", declared],
  ["xz 1:6500", "xz", fixture("bomb.xz")],
  ["xz of many streams", "xz", times(50, fixture("bomb.xz"))],
  ["bz2 1:1.3e6", "bz2", fixture("bomb.bz2")],
];

beforeAll(async () => {
  for (const compression of ["zstd", "xz", "bz2"] as const) await loadCompression(compression);
});

describe("decompression bombs", () => {
  it.each(bombs)("%s stops at the limit, in little memory", async (_name, compression, bytes) => {
    const before = process.resourceUsage().maxRSS;
    for (const limit of [0, 1, 1000, 1 << 20]) {
      const options = { limit, where: "bomb" };
      const refusal = new RegExp(`longer than allowed \\(bomb\\): expected at most ${limit} bytes`);
      expect(() => decompressSync(compression, bytes, options)).toThrow(refusal);
      await expect(decompress(compression, bytes, options)).rejects.toThrow(DecompressionError);
    }
    const grownKilobytes = process.resourceUsage().maxRSS - before;
    expect(grownKilobytes).toBeLessThan(32_000);
  });

  it("grow no buffer beyond the limit", () => {
    const out = new Output(1000, 10 ** 12);
    expect(out.bytes.length).toBe(1000);
    const small = new Output(1000, 0);
    for (let n = 0; n < 10; n++) {
      small.reserve(100);
      small.length += 100;
      expect(small.bytes.length).toBeLessThanOrEqual(1000);
    }
    expect(() => small.reserve(1)).toThrow(DecompressionError);
  });

  it("takes no dictionary's memory before there is content", () => {
    const before = process.resourceUsage().maxRSS;
    const bytes = fixture("big-dictionary.xz");
    for (let n = 0; n < 20; n++) decompressSync("xz", bytes, { limit: 1 << 20, where: "x" });
    for (let n = 0; n < 20; n++)
      decompressSync("zstd", fixture("big-window.zstd"), { limit: 1 << 20, where: "x" });
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(32_000);
  });
});
