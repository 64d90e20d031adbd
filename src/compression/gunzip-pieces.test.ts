import { deflateRawSync, gunzipSync, gzipSync, crc32 as zlibCrc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { guarded } from "../../test/generators/guarded.js";
import { concat, mutated, random, someBytes } from "../../test/generators/random.js";
import { DecompressionError } from "../base/errors.js";
import { createSharedMemory, createWorkspace } from "../base/memory-workspace.js";
import { startChecksum } from "./crc32-workspace.js";
import { gunzipPieces, MOST_LEFT } from "./gunzip-pieces.js";
import { gunzipInto, inflateRegion } from "./gunzip-workspace.js";
import { differsInSteps } from "./testing-steps.js";

const ws = createWorkspace();
const rng = random(21);

/** What came out; `leave`: most bytes that are left for the next time. */
function gunzip(bytes: Uint8Array, limit = 1 << 20, leave = 0, on = ws): Uint8Array {
  const source = guarded(on, "test.source", bytes);
  const parts: Uint8Array[] = [];
  let last = 0;
  const length = gunzipPieces(on, source, limit, "chunk", (piece) => {
    const taken = Math.max(0, piece.length - (leave === 0 ? 0 : rng(leave + 1)));
    parts.push(on.bytes().slice(piece.ptr, piece.ptr + taken));
    last = piece.length - taken;
    if (last > 0) rest = on.bytes().slice(piece.ptr + taken, piece.ptr + piece.length);
    return taken;
  });
  source.check();
  const all = concat(...parts, last > 0 ? rest : new Uint8Array());
  expect(all.length).toBe(length);
  return all;
}
let rest = new Uint8Array();

function outcome(run: () => Uint8Array): Uint8Array | string {
  try {
    return run();
  } catch (error) {
    expect(error).toBeInstanceOf(DecompressionError);
    return (error as Error).message;
  }
}

function whole(bytes: Uint8Array, limit = 1 << 20): Uint8Array {
  const { ptr, length } = gunzipInto(ws, guarded(ws, "test.source", bytes), limit, "chunk");
  return ws.bytes().slice(ptr, ptr + length);
}

describe("gunzipPieces", () => {
  it("gives the bytes of gunzipInto, whatever is left for the next time", () => {
    for (const length of [0, 1, 303, 9600, 98_303, 98_304, 131_072, 131_073, 400_000, 1_000_000])
      for (const level of [0, 1, 6]) {
        const content = someBytes(rng, length);
        const file = gzipSync(content, { level });
        for (const leave of [0, 700, MOST_LEFT]) {
          expect(Buffer.compare(gunzip(file, 1 << 20, leave), content)).toBe(0);
          expect(Buffer.compare(gunzip(file, length, leave), content)).toBe(0);
        }
        if (length > 0) expect(outcome(() => gunzip(file, length - 1))).toMatch(/longer than it may be/);
      }
  });

  it("does so in shared memory", () => {
    const shared = createWorkspace({ memory: createSharedMemory() });
    const content = someBytes(rng, 500_000);
    expect(Buffer.compare(gunzip(gzipSync(content), 1 << 20, 999, shared), content)).toBe(0);
  });

  it("joins members, each with a history of its own", () => {
    const parts = [100_000, 0, 300_000, 3, 70_000].map((n) => someBytes(rng, n));
    const file = concat(...parts.map((p) => gzipSync(p)));
    expect(Buffer.compare(gunzip(concat(file, new Uint8Array(20)), 1 << 20, 5000), concat(...parts))).toBe(0);
    const first = gzipSync(Buffer.alloc(50_000, "abc"));
    const reaching = deflateRawSync(Buffer.from("abcabcabc"), { dictionary: Buffer.from("abcabcabc") });
    const trailer = new DataView(new ArrayBuffer(8));
    trailer.setUint32(0, zlibCrc32(Buffer.from("abcabcabc")), true);
    trailer.setUint32(4, 9, true);
    const second = concat(first.subarray(0, 10), reaching, new Uint8Array(trailer.buffer));
    expect(outcome(() => gunzip(concat(first, second)))).toMatch(/before the start/);
  });

  it("holds no more of a bomb than its window", () => {
    const bomb = gzipSync(new Uint8Array(30_000_000));
    const before = ws.bytes().length;
    expect(outcome(() => gunzip(bomb, 400_000))).toMatch(/longer/);
    expect(ws.bytes().length - before).toBeLessThan(1_000_000);
  });

  it("says the same of every prefix and every damaged file", () => {
    const file = gzipSync(someBytes(rng, 300_000), { level: 6 });
    for (let n = 0; n < file.length; n += 1 + rng(Math.ceil(file.length / 150))) {
      const cut = file.subarray(0, n);
      expect(outcome(() => gunzip(cut))).toEqual(outcome(() => whole(cut)));
    }
    let accepted = 0;
    for (let i = 0; i < 600; i++) {
      const bytes = mutated(
        rng,
        gzipSync(someBytes(rng, rng(i % 20 === 0 ? 300_000 : 900)), { level: rng(10) }),
      );
      const got = outcome(() => gunzip(bytes, 1 << 19, 2000));
      const expected = outcome(() => whole(bytes, 1 << 19));
      if (typeof got === "string") expect(got).toBe(expected);
      else {
        accepted++;
        expect(Buffer.compare(got, gunzipSync(bytes))).toBe(0);
      }
    }
    expect(accepted).toBeGreaterThan(0);
  });
});

describe("the inflate kernel in steps", () => {
  it("ends as it does in one", () => {
    for (let i = 0; i < 400; i++) {
      const content = someBytes(rng, rng(6000));
      const stream = deflateRawSync(content, { level: rng(10), memLevel: 1 + rng(9) });
      const bytes = i % 2 === 0 ? stream : mutated(rng, stream);
      expect(
        differsInSteps(ws, bytes, i % 3 === 0 ? Math.ceil(content.length / 2) : 6000, rng),
      ).toBeUndefined();
    }
    const source = guarded(ws, "test.source", deflateRawSync(new Uint8Array(1000)));
    expect(inflateRegion(ws, source, ws.scratch("test.target", 1000)).produced).toBe(1000);
  });
});

describe("startChecksum", () => {
  it("equals zlib however the bytes come", () => {
    const data = Uint8Array.from({ length: 200_000 }, () => rng(256));
    const { ptr } = ws.scratch("test.crc", data.length);
    ws.bytes().set(data, ptr);
    for (const length of [0, 1, 4799, 4800, 9599, 9600, 9601, 14_400, 100_001, 200_000])
      for (const most of [100, 5000, 20_000, 200_000]) {
        const crc = startChecksum(ws, ptr);
        for (let end = 0; end < length; end = Math.min(length, end + 1 + rng(most))) crc.absorb(ptr + end);
        expect(crc.finish(ptr + length)).toBe(zlibCrc32(data.subarray(0, length)));
      }
  });
});
