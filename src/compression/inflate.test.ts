import { deflateRawSync, inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { BitWriter, dynamicHeader, someStream } from "../../test/generators/deflate.js";
import { guarded } from "../../test/generators/guarded.js";
import { mutated, random, someBytes } from "../../test/generators/random.js";
import { createSharedMemory, createWorkspace } from "../base/memory-workspace.js";
import { inflateRegion } from "./gunzip-workspace.js";

const ws = createWorkspace();
const ROOM = 1 << 18;

/** Inflates between guards: twice, so that what lies behind the input can be seen to change nothing. */
function run(stream: Uint8Array, room: number, workspace = ws) {
  const results = [0x00, 0xff].map((guard) => {
    const source = guarded(workspace, "test.source", stream, guard, stream.length % 16);
    const target = guarded(workspace, "test.target", room, guard ^ 0x5a, stream.length % 7);
    const result = inflateRegion(workspace, source, target);
    source.check();
    target.check();
    expect(Buffer.compare(source.bytes(), stream)).toBe(0);
    return { ...result, output: target.bytes().slice(0, result.produced) };
  });
  const [first, second] = results as [(typeof results)[0], (typeof results)[0]];
  expect([second.status, second.consumed, second.produced]).toEqual([
    first.status,
    first.consumed,
    first.produced,
  ]);
  expect(Buffer.compare(first.output, second.output)).toBe(0);
  return first;
}

function zlibOutput(stream: Uint8Array): Uint8Array | undefined {
  try {
    return inflateRawSync(stream, { maxOutputLength: ROOM });
  } catch {
    return undefined;
  }
}

function sameVerdict(stream: Uint8Array): boolean {
  const expected = zlibOutput(stream);
  const { status, output } = run(stream, ROOM);
  if (expected === undefined) expect(status).not.toBe(0);
  else {
    expect(status).toBe(0);
    expect(Buffer.compare(output, expected)).toBe(0);
  }
  return expected !== undefined;
}

describe("inflate", () => {
  it("equals zlib on every level, strategy and kind of data", () => {
    const rng = random(1);
    for (let i = 0; i < 400; i++) {
      const { stream, content } = someStream(rng);
      const { status, consumed, produced, output } = run(stream, content.length);
      expect([status, consumed, produced]).toEqual([0, stream.length, content.length]);
      expect(Buffer.compare(output, content)).toBe(0);
    }
  });

  it("decodes content far longer than its window, in shared memory as well", () => {
    const rng = random(2);
    const shared = createWorkspace({ memory: createSharedMemory() });
    for (const length of [65_535, 65_536, 300_001]) {
      const content = someBytes(rng, length);
      for (const level of [0, 1, 6, 9]) {
        const stream = deflateRawSync(content, { level });
        for (const workspace of [ws, shared]) {
          const { status, output } = run(stream, length, workspace);
          expect(status).toBe(0);
          expect(Buffer.compare(output, content)).toBe(0);
        }
      }
    }
  });

  it("copies every distance and length", () => {
    const rng = random(3);
    for (let distance = 1; distance <= 300; distance++) {
      const unit = Uint8Array.from({ length: distance }, () => rng(256));
      const content = new Uint8Array(distance + 3 + (distance % 256) + 600);
      for (let i = 0; i < content.length; i++) content[i] = unit[i % distance]!;
      content[content.length - 300] = 7;
      const { status, output } = run(deflateRawSync(content, { level: 9 }), content.length);
      expect(status).toBe(0);
      expect(Buffer.compare(output, content)).toBe(0);
    }
  });

  it("stops where the stream ends and leaves what follows", () => {
    const stream = deflateRawSync(Buffer.from("voxels"));
    const { status, consumed, produced } = run(Buffer.concat([stream, Buffer.alloc(50, 0xee)]), 100);
    expect([status, consumed, produced]).toEqual([0, stream.length, 6]);
  });

  it("refuses every prefix, without a byte outside", () => {
    const rng = random(4);
    for (let i = 0; i < 12; i++) {
      const { stream, content } = someStream(rng, 900);
      for (let n = 0; n < stream.length; n++)
        expect(run(stream.subarray(0, n), content.length).status).toBe(1);
    }
  });

  it("refuses an output too small by any number of bytes", () => {
    const rng = random(5);
    for (let i = 0; i < 40; i++) {
      const { stream, content } = someStream(rng, 3000);
      for (const short of [1, 2, 15, 16, 258, 300, 320, content.length])
        if (short > 0 && short <= content.length) expect(run(stream, content.length - short).status).toBe(2);
    }
  });

  it("judges 5,000 damaged streams as zlib does", () => {
    const rng = random(6);
    let accepted = 0;
    for (let i = 0; i < 5000; i++) {
      const { stream } = someStream(rng, 2000);
      if (sameVerdict(mutated(rng, stream))) accepted++;
    }
    expect(accepted).toBeGreaterThan(100);
    expect(accepted).toBeLessThan(4900);
  });

  it("judges random code lengths as zlib does", () => {
    const rng = random(7);
    let accepted = 0;
    for (let i = 0; i < 3000; i++) {
      const literals = completeLengths(rng, 257 + rng(30), 2 + rng(40));
      const distances = completeLengths(rng, 1 + rng(30), rng(12));
      if (rng(3) === 0) literals[rng(literals.length)] = rng(16);
      if (rng(3) === 0) distances[rng(distances.length)] = rng(16);
      const w = dynamicHeader(literals, distances);
      for (let n = 200; n > 0; n--) w.put(rng(256), 8);
      if (sameVerdict(w.bytes())) accepted++;
    }
    expect(accepted).toBeGreaterThan(20);
  });

  it("refuses what the format does not have", () => {
    const cases: [BitWriter, number][] = [
      [new BitWriter().put(1, 1).put(3, 2).put(0, 64), 3],
      [new BitWriter().put(1, 1).put(0, 2).put(0, 5).put(1, 16).put(1, 16).put(0, 64), 4],
      [dynamicHeader([1, 1, 1, ...Array(253).fill(0), 1], [1, 1]).put(0, 64), 5],
      [dynamicHeader([1, ...Array(255).fill(0), 2], [1, 1]).put(0, 64), 5],
      [dynamicHeader([1, 1, ...Array(255).fill(0)], [1, 1]).put(0, 64), 5],
      [new BitWriter().put(1, 1).put(1, 2).code(0b11000110, 8).put(0, 64), 6],
      [new BitWriter().put(1, 1).put(1, 2).code(1, 7).code(30, 5).put(0, 64), 6],
      [new BitWriter().put(1, 1).put(1, 2).code(1, 7).code(0, 5).put(0, 64), 7],
    ];
    for (const [writer, status] of cases) {
      expect(zlibOutput(writer.bytes())).toBeUndefined();
      expect(run(writer.bytes(), 1000).status).toBe(status);
    }
  });
});

/** Codeword lengths of a complete code over `used` of `n` symbols, the end of block among them. */
function completeLengths(rng: (below: number) => number, n: number, used: number): number[] {
  const lengths = Array.from({ length: n }, () => 0);
  if (used === 0) return lengths;
  const leaves = [0];
  while (leaves.length < Math.min(used, n)) {
    const at = rng(leaves.length);
    const depth = leaves[at]! + 1;
    if (depth <= 15) leaves.splice(at, 1, depth, depth);
  }
  if (leaves.length === 1) leaves[0] = 1;
  if (n > 256) lengths[256] = leaves.pop()!;
  while (leaves.length > 0) {
    const at = rng(n);
    if (lengths[at] === 0) lengths[at] = leaves.pop()!;
  }
  return lengths;
}
