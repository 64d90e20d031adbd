import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guarded } from "../../../test/generators/guarded.js";
import { createSharedMemory, createWorkspace, type MemoryWorkspace } from "../../base/memory-workspace.js";
import { encodeBaseline } from "./encode.js";
import type { JpegImage } from "./engine.js";
import { loadTurbo } from "./turbo.js";

const turbo = await loadTurbo();
const spaces = [createWorkspace(), createWorkspace({ memory: createSharedMemory() })];

/** The file of libjpeg-turbo, which wants the channels side by side. */
function oracle(planes: Uint8Array, image: JpegImage): Uint8Array {
  const { components } = image;
  const size = planes.length / components;
  const pixels = planes.map((_, i) => planes[(i % components) * size + Math.floor(i / components)]!);
  return turbo.encode(pixels, image).slice();
}

function ours(ws: MemoryWorkspace, planes: Uint8Array, image: JpegImage): Uint8Array {
  const source = guarded(ws, "test.planes", planes, 0xa5, planes.length % 7);
  const file = encodeBaseline(ws, source, image);
  source.check();
  return file;
}

function expectSame(planes: Uint8Array, image: JpegImage): void {
  const right = oracle(planes, image);
  for (const ws of spaces)
    if (Buffer.compare(ours(ws, planes, image), right) !== 0)
      expect.fail(`other bytes than libjpeg-turbo's for ${JSON.stringify(image)}`);
}

type Sample = (x: number, y: number, c: number, random: () => number) => number;

const CONTENTS: Readonly<Record<string, Sample>> = {
  black: () => 0,
  white: () => 255,
  noise: (_x, _y, _c, random) => 256 * random(),
  extremes: (_x, _y, _c, random) => (random() < 0.5 ? 0 : 255),
  "rare dots": (_x, _y, _c, random) => (random() < 0.01 ? 255 : 0),
  chessboard: (x, y) => 255 * ((x ^ y) & 1),
  stripes: (x, _y, c) => 255 * ((x >> c) & 1),
  gradient: (x, y, c) => 3 * x + 2 * y + 40 * c,
  "jumps from block to block": (x, y, c) => 255 * (((x >> 3) ^ (y >> 3) ^ c) & 1),
  "membranes in grain": (x, y, c, random) =>
    150 +
    20 * c -
    90 * Math.max(0, Math.cos((x + 9 * Math.sin(y / 11)) / 7)) ** 8 +
    30 * (random() + random() - 1),
};

function planesOf(content: string, { width, height, components }: JpegImage, seed: number): Uint8Array {
  let state = seed >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const size = width * height;
  return Uint8Array.from({ length: size * components }, (_, i) => {
    const v = CONTENTS[content]!(i % width, Math.floor((i % size) / width), Math.floor(i / size), random);
    return Math.min(255, Math.max(0, Math.floor(v)));
  });
}

const contents = fc.constantFrom(...Object.keys(CONTENTS));
const images = fc.record({
  width: fc.integer({ min: 1, max: 70 }),
  height: fc.integer({ min: 1, max: 70 }),
  components: fc.constantFrom(1 as const, 3 as const),
  quality: fc.integer({ min: 0, max: 100 }),
});

describe("the kernel that encodes", () => {
  it("writes the bytes of libjpeg-turbo for images of any kind, size and quality", () => {
    fc.assert(
      fc.property(contents, images, fc.nat(), (content, image, seed) =>
        expectSame(planesOf(content, image, seed), image),
      ),
      { numRuns: 1500 },
    );
  });

  it("writes them for any samples", () => {
    const samples = fc.uint8Array({ minLength: 192, maxLength: 192, size: "max" });
    const image = fc.record({
      width: fc.constantFrom(8, 16, 4),
      components: fc.constantFrom(1 as const, 3 as const),
      quality: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(samples, image, (planes, { width, components, quality }) =>
        expectSame(planes, { width, height: 192 / width / components, components, quality }),
      ),
      { numRuns: 1000 },
    );
  });

  it.each(Object.keys(CONTENTS))("writes them at every quality: %s", (content) => {
    for (let quality = 0; quality <= 100; quality++)
      for (const components of [1, 3] as const) {
        const image = { width: 41, height: 27, components, quality };
        expectSame(planesOf(content, image, quality), image);
      }
  });

  it("writes them for whole chunks, and for images that are very wide or high", () => {
    for (const [width, height] of [
      [64, 4096],
      [65500, 3],
      [3, 65500],
    ] as const)
      for (const components of [1, 3] as const)
        for (const quality of [85, 100]) {
          const image = { width, height, components, quality };
          expectSame(planesOf("membranes in grain", image, 5), image);
          expectSame(planesOf("extremes", image, 6), image);
        }
  });
});
