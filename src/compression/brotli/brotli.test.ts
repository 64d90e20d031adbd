/** The decoder for pages against zlib's encoder: every quality, the limit, damage. */
import { brotliCompressSync, constants } from "node:zlib";
import { describe, expect, test } from "vitest";
import { mutated, random, someBytes } from "../../../test/generators/random.js";
import { DecompressionError } from "../../base/errors.js";
import { decodeBrotli } from "./decode.js";

const rng = random(31);

function compressed(content: Uint8Array, quality: number): Uint8Array {
  return new Uint8Array(
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }),
  );
}

describe("brotli without zlib", () => {
  test("decodes what zlib writes, up to the limit and no further", () => {
    for (const length of [0, 1, 100, 65_536, 300_000])
      for (const quality of [0, 1, 5, 9, 11]) {
        const content = someBytes(rng, length);
        const bytes = compressed(content, quality);
        expect(Buffer.compare(decodeBrotli(bytes, length), content)).toBe(0);
        expect(Buffer.compare(decodeBrotli(bytes, 1 << 24), content)).toBe(0);
        if (length > 0) expect(() => decodeBrotli(bytes, length - 1)).toThrow(/longer than allowed/);
      }
    const words = new TextEncoder().encode("the time of the year is the same for all of them ".repeat(50));
    expect(Buffer.compare(decodeBrotli(compressed(words, 11), words.length), words)).toBe(0);
  });

  test("stops a bomb at the limit", () => {
    const bomb = compressed(new Uint8Array(50_000_000), 5);
    expect(() => decodeBrotli(bomb, 1 << 20)).toThrow(DecompressionError);
  });

  test("ends with the content or a typed error, whatever it is given", () => {
    const content = someBytes(rng, 3000);
    const bytes = compressed(content, 9);
    for (let i = 0; i < 300; i++) {
      const damaged = i % 3 === 0 ? bytes.subarray(0, rng(bytes.length)) : mutated(rng, bytes);
      try {
        expect(decodeBrotli(damaged, 1 << 16).length).toBeLessThanOrEqual(1 << 16);
      } catch (error) {
        expect(error).toBeInstanceOf(DecompressionError);
      }
    }
  });
});
