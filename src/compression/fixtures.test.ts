import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { DecompressionError } from "../base/errors.js";
import type { Compression } from "./compression.js";
import { COMPRESSIONS, decompress, decompressSync, loadCompression } from "./index.js";

interface Entry {
  readonly compression: Compression;
  readonly content: string;
  readonly sha256: string;
  readonly complete?: readonly number[];
}

interface Manifest {
  readonly contents: Readonly<Record<string, { readonly sha256: string }>>;
  readonly files: Readonly<Record<string, Entry>>;
}

const folder = new URL("../../fixtures/compression/", import.meta.url);
const load = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
const manifest = JSON.parse(readFileSync(new URL("MANIFEST.json", folder), "utf8")) as Manifest;
const files = Object.entries(manifest.files);
const LIMIT = 40_000;

/** What comes out, or the error if it is typed; any other error fails the test. */
function attempt(compression: Compression, bytes: Uint8Array): Uint8Array | DecompressionError {
  try {
    const out = decompressSync(compression, bytes, { limit: LIMIT, where: "layer/chunk" });
    expect(out.length).toBeLessThanOrEqual(LIMIT);
    return out;
  } catch (error) {
    if (error instanceof DecompressionError && error.where === "layer/chunk") return error;
    throw error;
  }
}

const same = (a: Uint8Array | DecompressionError, b: Uint8Array): boolean =>
  a instanceof Uint8Array && Buffer.compare(a, b) === 0;

beforeAll(async () => {
  for (const compression of COMPRESSIONS) await loadCompression(compression);
});

describe("files of Python's libraries", () => {
  it("are the ones of the manifest", () => {
    for (const [name, { sha256 }] of files)
      expect(createHash("sha256").update(load(name)).digest("hex"), name).toBe(sha256);
    for (const [name, { sha256 }] of Object.entries(manifest.contents))
      expect(
        createHash("sha256")
          .update(load(`${name}.raw`))
          .digest("hex"),
        name,
      ).toBe(sha256);
    expect(files.length).toBeGreaterThan(40);
  });

  it.each(files)("%s gives its content", async (name, { compression, content }) => {
    const expected = load(`${content}.raw`);
    const bytes = load(name);
    expect(same(attempt(compression, bytes), expected)).toBe(true);
    const exact = { limit: expected.length, where: name };
    expect(same(await decompress(compression, bytes, exact), expected)).toBe(true);
    if (expected.length > 0) {
      const tooLittle = { limit: expected.length - 1, where: name };
      expect(() => decompressSync(compression, bytes, tooLittle)).toThrow(DecompressionError);
      await expect(decompress(compression, bytes, tooLittle)).rejects.toThrow(/longer than allowed.*at most/);
    }
  });

  it.each(files)("%s cut at every length is refused", (name, { compression, content, complete = [] }) => {
    const bytes = load(name);
    const expected = load(`${content}.raw`);
    const whole: number[] = [];
    for (let length = 0; length < bytes.length; length++) {
      const out = attempt(compression, bytes.slice(0, length));
      if (out instanceof DecompressionError) continue;
      whole.push(length);
      expect(same(out, expected.subarray(0, out.length))).toBe(true);
    }
    expect(whole).toEqual(complete);
  });

  it.each(files)("%s followed by something else is refused", (_name, { compression }) => {
    const bytes = load(_name);
    for (const tail of [
      [1],
      [0x1f, 0x8b],
      [0, 0, 0, 7],
      [0xfd, 0x37],
      [0x42, 0x5a, 0x68],
      [0x28, 0xb5, 0x2f],
    ])
      expect(attempt(compression, Uint8Array.of(...bytes, ...tail)), String(tail)).toBeInstanceOf(
        DecompressionError,
      );
  });
});

/** Every byte of these is under a checksum, or (gzip's header) does not matter. */
const checked = files.filter(
  ([name, { compression, content }]) =>
    content === "text" && (["gzip", "bz2", "xz"].includes(compression) || name === "unsized.zstd"),
);

describe("flipped bits", () => {
  it.each(checked.filter(([name]) => name !== "unchecked.xz"))(
    "in %s are found, or do not matter",
    (name, { compression, content }) => {
      const expected = load(`${content}.raw`);
      const bytes = load(name);
      let found = 0;
      const wrong: number[] = [];
      const step = bytes.length > 1000 ? 7 : 1;
      for (let bit = 0; bit < bytes.length * 8; bit += step) {
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        const out = attempt(compression, bytes);
        if (out instanceof DecompressionError) found++;
        else if (!same(out, expected)) wrong.push(bit);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
      }
      expect(wrong).toEqual([]);
      expect(found).toBeGreaterThan((bytes.length * 7) / step);
    },
  );

  it.each(files.filter(([name]) => !checked.some(([other]) => other === name)))(
    "in %s end in an error or in some bytes",
    (name, { compression }) => {
      const bytes = load(name);
      for (let bit = 0; bit < bytes.length * 8; bit += bytes.length > 1000 ? 7 : 1) {
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        attempt(compression, bytes);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
      }
    },
  );
});
