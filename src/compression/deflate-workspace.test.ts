import { gunzipSync, gzipSync, inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSharedMemory, createWorkspace } from "../base/memory-workspace.js";
import { intoRegion } from "../codecs/bytes/byte-codec.js";
import { deflateInTurns, deflateWith } from "./deflate-workspace.js";
import { gunzipInto } from "./gunzip-workspace.js";

const PART = 4 << 20;
const ws = createWorkspace();

function expectSame(got: Uint8Array, expected: Uint8Array): void {
  expect(Buffer.compare(got, expected)).toBe(0);
}

/** By zlib, and by the inflate kernel. */
function expectRoundTrip(content: Uint8Array, level: number): Uint8Array {
  const packed = deflateWith(ws, "gzip", content, level);
  expectSame(gunzipSync(packed, { chunkSize: content.length + 64 }), content);
  const source = intoRegion(ws, packed, "test.packed");
  const out = gunzipInto(ws, source, content.length, "test");
  const view = ws.bytes().subarray(out.ptr, out.ptr + out.length);
  expectSame(view, content);
  return packed;
}

function numbers(length: number, next: (random: number, i: number) => number): Uint8Array {
  let state = 7;
  return Uint8Array.from({ length }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return next(state >>> 8, i);
  });
}
const noise = (length: number): Uint8Array => numbers(length, (r) => r);

/** Labels of `width` bytes: cells whose borders move from row to row, 64 voxels to a row. */
function labels(length: number, width: number): Uint8Array {
  return numbers(length, (r, i) => {
    const voxel = Math.floor(i / width);
    const [x, y, z] = [voxel % 64, (voxel >> 6) % 64, voxel >> 12];
    const label =
      (Math.floor((x + 3 * Math.sin(y / 5) + z) / 17) + 31 * Math.floor((y + z) / 23)) * 2654435761;
    return i % 9973 === 0 ? r : Math.floor(label / 256 ** (i % width)) & 255;
  });
}

const contents: Readonly<Record<string, (length: number) => Uint8Array>> = {
  zeros: (length) => new Uint8Array(length),
  noise,
  "64-bit labels": (length) => labels(length, 8),
  "16-bit labels": (length) => labels(length, 2),
  "few values": (length) => numbers(length, (r) => r % 3),
  "a smooth image": (length) => numbers(length, (r, i) => 128 + 60 * Math.sin(i / 90) + (r & 7)),
  "a period of 32768 bytes": (length) => {
    const one = noise(32768);
    return Uint8Array.from({ length }, (_, i) => one[i % 32768]!);
  },
  "noise behind zeros": (length) => numbers(length, (r, i) => (i < length / 2 ? 0 : r)),
};

/** Longer than a part, of a repeated piece that no window holds. */
function longContent(name: string): Uint8Array {
  return new Uint8Array(Buffer.alloc(PART + 50_000, contents[name]!(200_003)));
}

/** One run of this period, with a break here and there. */
const runs = fc
  .tuple(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 0, max: 3000 }),
    fc.array(fc.nat(3000), { maxLength: 6 }),
  )
  .map(([period, length, breaks]) =>
    numbers(length, (_, i) => (i % period) * 7 + (breaks.includes(i) ? 1 : 0)),
  );
const pieces = fc
  .array(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ max: 2, maxLength: 600 }), runs), {
    maxLength: 8,
  })
  .map((list) => new Uint8Array(Buffer.concat([...list, ...list.slice(0, 3)])));

describe("what is compressed comes back", () => {
  it("any bytes, at any level", () => {
    fc.assert(
      fc.property(fc.oneof(pieces, runs), fc.integer({ min: 0, max: 9 }), (content, level) => {
        expectRoundTrip(content, level);
      }),
      { numRuns: 150 },
    );
  });

  it("every prefix, at its end and behind a history", () => {
    const content = new Uint8Array(Buffer.concat([labels(700, 8), noise(40), new Uint8Array(300)]));
    for (let length = 0; length <= content.length; length++)
      expectRoundTrip(content.subarray(0, length), 1 + (length % 9));
  });

  it.each(Object.keys(contents))("%s of every size", (name) => {
    for (const length of [0, 1, 2, 3, 8, 9, 257, 258, 259, 5000, 65535, 65536, 65537, 131_070, 300_001])
      for (const level of length > 70_000 ? [6] : [1, 6, 9]) expectRoundTrip(contents[name]!(length), level);
  });

  it.each(["64-bit labels", "noise", "a period of 32768 bytes"])("%s of several parts", async (name) => {
    const content = longContent(name);
    const packed = expectRoundTrip(content, 6);
    expect(expectRoundTrip(content.subarray(0, PART), 3).length).toBeLessThan(PART + PART / 300);
    expectSame(await deflateInTurns("gzip", content, 6), packed);
  });

  it("as zlib streams", () => {
    for (const level of [0, 1, 6, 9])
      for (const length of [0, 1, 1000, 70_000]) {
        const content = labels(length, 4);
        const packed = deflateWith(ws, "zlib", content, level);
        expectSame(inflateSync(packed), content);
      }
  });
});

describe("the result", () => {
  it("is the same wherever the bytes lie, whatever was compressed before", async () => {
    const content = new Uint8Array(Buffer.concat([labels(90_000, 8), noise(9000), labels(30_000, 4)]));
    const expected = deflateWith(createWorkspace(), "gzip", content, 6);
    for (const memory of [undefined, createSharedMemory()]) {
      const other = createWorkspace({ memory });
      deflateWith(other, "gzip", noise(123_456), 9);
      for (const shift of [0, 1, 13]) {
        const { ptr } = other.allocate(content.length + shift);
        other.bytes().set(content, ptr + shift);
        const view = other.bytes().subarray(ptr + shift, ptr + shift + content.length);
        expectSame(deflateWith(other, "gzip", view, 6), expected);
      }
    }
    expectSame(await deflateInTurns("gzip", content, 6), expected);
    expectSame(deflateWith(undefined, "gzip", content, 6), expected);
  });

  it("of streams made at the same time does not mix", async () => {
    const all = ["64-bit labels", "noise", "zeros"].map(longContent);
    const packed = await Promise.all(all.map((content) => deflateInTurns("gzip", content, 2)));
    for (const [i, content] of all.entries())
      expectSame(gunzipSync(packed[i]!, { chunkSize: PART * 2 }), content);
  });

  it("is hardly longer than the content, whatever that is", () => {
    for (const length of [0, 1, 100, 5000, 65_536, 300_000])
      for (const level of [0, 1, 6, 9]) {
        const packed = deflateWith(ws, "gzip", noise(length), level);
        expect(packed.length).toBeLessThanOrEqual(length + 18 + 6 * (1 + Math.floor(length / 16_384)));
      }
  });

  it("is not much longer than zlib's at the same level, on labels far shorter", () => {
    for (const [name, most] of [
      ["64-bit labels", 0.9],
      ["16-bit labels", 1.02],
      ["few values", 1.1],
      ["a smooth image", 1.02],
      ["zeros", 1.1],
    ] as const) {
      const content = contents[name]!(400_000);
      const ours = deflateWith(ws, "gzip", content, 6).length;
      expect([name, ours / gzipSync(content, { level: 6 }).length]).toEqual([
        name,
        expect.toSatisfy((r: number) => r <= most),
      ]);
    }
  });

  it("gets smaller with the level", () => {
    const content = contents["64-bit labels"]!(600_000);
    const sizes = [0, 1, 3, 6, 9].map((level) => deflateWith(ws, "gzip", content, level).length);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(sizes[4]! * 1.05).toBeLessThan(sizes[1]!);
  });
});
