import { gunzipSync, gzipSync, crc32 as zlibCrc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { guarded } from "../../test/generators/guarded.js";
import { concat, mutated, random, someBytes } from "../../test/generators/random.js";
import { DecompressionError } from "../base/errors.js";
import { createWorkspace } from "../base/memory-workspace.js";
import { crc32Region } from "./crc32-workspace.js";
import { gunzipInto } from "./gunzip-workspace.js";

const ws = createWorkspace();

function gunzip(bytes: Uint8Array, limit = 1 << 20): Uint8Array {
  const source = guarded(ws, "test.source", bytes);
  const { ptr, length } = gunzipInto(ws, source, limit, "chunk");
  source.check();
  return ws.bytes().slice(ptr, ptr + length);
}

function refused(bytes: Uint8Array, limit?: number): string {
  try {
    gunzip(bytes, limit);
  } catch (error) {
    expect(error).toBeInstanceOf(DecompressionError);
    expect((error as DecompressionError).where).toBe("chunk");
    return (error as Error).message;
  }
  throw new Error("accepted");
}

/** A gzip file with the given header flags and their fields. */
function withHeader(content: Uint8Array, flags: number): Uint8Array {
  const plain = gzipSync(content);
  const header = plain.subarray(0, 10).slice();
  header[3] = flags;
  const fields: number[] = [];
  if (flags & 4) fields.push(3, 0, 1, 0, 255);
  if (flags & 8) fields.push(...Buffer.from("chunk.bin\0"));
  if (flags & 16) fields.push(...Buffer.from("a comment\0"));
  if (flags & 2) fields.push(0x12, 0x34);
  return concat(header, Uint8Array.from(fields), plain.subarray(10));
}

describe("gunzipInto", () => {
  const rng = random(11);

  it("decompresses every length around its limits", () => {
    for (const length of [0, 1, 17, 303, 304, 305, 4096, 65_537, 300_000]) {
      const content = someBytes(rng, length);
      const file = gzipSync(content);
      expect(Buffer.compare(gunzip(file), content)).toBe(0);
      expect(Buffer.compare(gunzip(file, length), content)).toBe(0);
      if (length > 0) expect(refused(file, length - 1)).toMatch(/longer than it may be.*at most/);
    }
  });

  it("reads every header flag", () => {
    const content = Buffer.from("labels");
    for (let flags = 0; flags < 32; flags++)
      expect(Buffer.compare(gunzip(withHeader(content, flags)), content)).toBe(0);
    for (const flags of [32, 64, 128]) expect(refused(withHeader(content, flags))).toMatch(/reserved/);
  });

  it("joins members, also when the last one's length is a bad guess, and allows zeros behind", () => {
    const parts = [1000, 0, 200_000, 3].map((n) => someBytes(rng, n));
    const files = parts.map((p) => gzipSync(p));
    const content = concat(...parts);
    expect(Buffer.compare(gunzip(concat(...files)), content)).toBe(0);
    expect(Buffer.compare(gunzip(concat(...files, new Uint8Array(700)), content.length), content)).toBe(0);
    expect(refused(concat(...files), content.length - 1)).toMatch(/longer/);
    expect(refused(concat(...files, Buffer.from([0, 0, 1])))).toMatch(/something else behind/);
  });

  it("keeps to the limit whatever the trailer says", () => {
    const bomb = gzipSync(new Uint8Array(50_000_000)).slice();
    const before = ws.bytes().length;
    expect(refused(bomb, 100_000)).toMatch(/longer/);
    expect(ws.bytes().length - before).toBeLessThan(2_000_000);
  });

  it("refuses a wrong checksum, length, magic, method, and nothing at all", () => {
    const file = gzipSync(Buffer.from("0123456789"));
    const changed = (at: number) => file.map((b, i) => (i === (at < 0 ? file.length + at : at) ? b ^ 1 : b));
    expect(refused(changed(-8))).toMatch(/CRC-32.*expected .*got/);
    expect(refused(changed(-4))).toMatch(/length/);
    expect(refused(changed(0))).toMatch(/1f 8b/);
    expect(refused(changed(2))).toMatch(/deflate/);
    expect(refused(new Uint8Array())).toMatch(/empty/);
  });

  it("refuses every prefix", () => {
    for (const flags of [0, 31]) {
      const file = withHeader(someBytes(rng, 500), flags);
      for (let n = 0; n < file.length; n++) refused(file.subarray(0, n));
    }
  });

  it("never accepts a damaged file with another content than zlib", () => {
    let accepted = 0;
    for (let i = 0; i < 1500; i++) {
      const file = mutated(rng, gzipSync(someBytes(rng, rng(800)), { level: rng(10) }));
      let output: Uint8Array;
      try {
        output = gunzip(file, 1 << 16);
      } catch (error) {
        expect(error).toBeInstanceOf(DecompressionError);
        continue;
      }
      accepted++;
      expect(Buffer.compare(output, gunzipSync(file))).toBe(0);
    }
    expect(accepted).toBeGreaterThan(0);
  });
});

describe("crc32Region", () => {
  it("equals zlib at lengths around its steps, at any alignment", () => {
    const rng = random(12);
    const data = Uint8Array.from({ length: 40_000 }, () => rng(256));
    const lengths = [
      0, 1, 15, 16, 17, 6143, 6144, 6145, 8191, 8192, 8193, 9599, 9600, 9616, 14_400, 14_415, 19_200, 39_984,
    ];
    for (let i = 0; i < 60; i++) lengths.push(rng(39_000));
    for (const length of lengths) {
      const bytes = data.subarray(length % 13, (length % 13) + length);
      const region = guarded(ws, "test.crc", bytes, 0xa5, length % 16);
      expect(crc32Region(ws, region)).toBe(zlibCrc32(bytes));
      const half = length >> 1;
      const first = crc32Region(ws, { ptr: region.ptr, length: half });
      expect(crc32Region(ws, { ptr: region.ptr + half, length: length - half }, first)).toBe(
        zlibCrc32(bytes),
      );
    }
  });
});
