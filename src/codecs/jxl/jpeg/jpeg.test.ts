import { describe, expect, it } from "vitest";
import { CloudVolumeError, DecodingError } from "../../../base/errors.js";
import { createWorkspace } from "../../../base/memory-workspace.js";
import { below, concat, decodeBytes, mutate, seeded } from "../../testing-chunks.js";
import { BitWriter } from "../bit-writer.js";
import { BitReader } from "../bits.js";
import { NumberReader, readEntropyCode } from "../entropy.js";
import { NumberList, writeNumbers } from "../entropy-writer.js";
import { jxl } from "../index.js";
import { recompressJpeg, restoreJpeg } from "./index.js";
import { channel, readModular } from "./modular.js";
import { plainTree, weightedTree, writeModular } from "./modular-writer.js";
import { parseJpeg } from "./parse.js";
import { pairNamed, pairs, progressive } from "./testing.js";
import { writeJpeg } from "./write.js";

const same = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && Buffer.compare(a, b) === 0;

describe.each(pairs)("$name", ({ jpeg, jxl: theirs, expected }) => {
  it("is taken apart and put together", () => {
    expect(same(writeJpeg(parseJpeg(jpeg, expected)!), jpeg)).toBe(true);
  });

  it("is restored from libjxl's file", () => {
    expect(same(restoreJpeg(theirs, expected), jpeg)).toBe(true);
  });

  it("is recompressed, to about as many bytes as by libjxl, and restored", () => {
    const ours = recompressJpeg(jpeg, expected)!;
    expect(ours.length).toBeLessThan(1.05 * theirs.length + 120);
    expect(same(restoreJpeg(ours, expected), jpeg)).toBe(true);
  });

  it("decodes to the same pixels as libjxl's file", async () => {
    await jxl.load?.("decode");
    const ws = createWorkspace();
    const [pixels] = expected.pixels as [number];
    const spec = { shape: [pixels, 1, 1, expected.channels], dtype: "uint8" } as const;
    const ours = decodeBytes(ws, jxl, recompressJpeg(jpeg, expected)!, spec);
    const wanted = decodeBytes(ws, jxl, theirs, spec);
    const most = ours.reduce((step, value, i) => Math.max(step, Math.abs(value - wanted[i]!)), 0);
    // libjxl's encoder takes some of the colours from luma, which its decoder rounds.
    expect(most).toBeLessThanOrEqual(expected.channels === 1 ? 1 : 40);
  });
});

describe("what is no baseline file", () => {
  const { jpeg, jxl: theirs, expected } = progressive;

  it("is not recompressed", () => {
    expect(recompressJpeg(jpeg, expected)).toBeUndefined();
    expect(recompressJpeg(new Uint8Array(0), expected)).toBeUndefined();
    expect(recompressJpeg(theirs, expected)).toBeUndefined();
  });

  it("is refused, not restored differently", () => {
    expect(() => restoreJpeg(theirs, expected)).toThrow(/sequential.*got SOF2/);
  });
});

describe("another image than is expected", () => {
  const { jpeg, jxl: theirs } = pairNamed("colour");

  it.each([
    { pixels: [33 * 40], channels: 1 },
    { pixels: [33 * 41, 5], channels: 3 },
  ])("is left alone: $pixels pixels, $channels channels", (expected) => {
    expect(recompressJpeg(jpeg, expected)).toBeUndefined();
    expect(restoreJpeg(theirs, expected)).toBeUndefined();
  });
});

describe("files that hold no JPEG file", () => {
  it("are none to restore", () => {
    const ours = recompressJpeg(pairNamed("gray").jpeg, pairNamed("gray").expected)!;
    const at = Buffer.from(ours).indexOf("jbrd");
    const bare = ours.slice();
    bare.set(Buffer.from("skip"), at);
    expect(restoreJpeg(bare, pairNamed("gray").expected)).toBeUndefined();
  });
});

describe("damage", () => {
  it("to JPEG XL files is refused by typed errors, or gives another JPEG file", () => {
    const random = seeded(7);
    let refused = 0;
    for (let i = 0; i < 600; i++) {
      const { jxl: theirs, jpeg, expected } = pairs[below(random, pairs.length)]!;
      const file = i % 2 === 0 ? theirs : recompressJpeg(jpeg, expected)!;
      try {
        restoreJpeg(mutate(file, random), expected);
      } catch (error) {
        expect(error).toBeInstanceOf(CloudVolumeError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(300);
  });

  it("to JPEG files is never made good: what is recompressed is what is restored", () => {
    const random = seeded(8);
    let taken = 0;
    for (let i = 0; i < 400; i++) {
      const { jpeg, expected } = pairs[below(random, pairs.length)]!;
      const damaged = mutate(jpeg, random);
      const file = recompressJpeg(damaged, expected);
      if (file === undefined) continue;
      expect(same(restoreJpeg(file, expected), damaged)).toBe(true);
      taken++;
    }
    expect(taken).toBeGreaterThan(10);
  });

  it.each(pairs)("cuts of $name are refused", ({ jxl: theirs, jpeg, expected }) => {
    const random = seeded(theirs.length);
    for (let i = 0; i < 20; i++) {
      const cut = theirs.subarray(0, 100 + below(random, theirs.length - 101));
      expect(() => restoreJpeg(cut, expected)).toThrow(DecodingError);
      expect(recompressJpeg(jpeg.subarray(0, below(random, 300)), expected)).toBeUndefined();
    }
  });

  it("more boxes do not matter", () => {
    const { jxl: theirs, jpeg, expected } = pairNamed("gray");
    const more = concat(theirs, Uint8Array.of(0, 0, 0, 9, 102, 114, 101, 101, 1));
    expect(same(restoreJpeg(more, expected), jpeg)).toBe(true);
  });
});

describe("numbers", () => {
  it.each([1, 2, 3, 40])("of %d contexts are read as they are written", (contexts) => {
    const random = seeded(contexts);
    for (const most of [1, 2, 3, 20, 5000, 2 ** 31]) {
      const list = new NumberList();
      for (let i = 0; i < 500; i++) {
        const context = below(random, contexts);
        list.add(context, Math.floor(random() ** (1 + context) * most));
      }
      const out = new BitWriter();
      writeNumbers(out, contexts, list);
      const bits = new BitReader(out.bytes());
      const numbers = new NumberReader(bits, readEntropyCode(bits, contexts));
      for (let i = 0; i < list.length; i++) expect(numbers.read(list.context(i))).toBe(list.value(i));
      numbers.end();
    }
  });

  it("none at all", () => {
    const out = new BitWriter();
    writeNumbers(out, 5, new NumberList());
    const bits = new BitReader(out.bytes());
    new NumberReader(bits, readEntropyCode(bits, 5)).end();
  });
});

describe("channels", () => {
  it.each([
    ["as they are", plainTree()],
    ["by the weighted predictor", weightedTree(100)],
    ["by the weighted predictor in many contexts", weightedTree(5000)],
  ] as const)("are read as they are written, %s", (_, tree) => {
    const random = seeded(4);
    for (const [width, height] of [
      [1, 1],
      [7, 1],
      [1, 9],
      [30, 40],
    ] as const) {
      const written = [channel(width, height), channel(width, height)];
      for (const { pixels } of written)
        for (let i = 0; i < pixels.length; i++) pixels[i] = (i % 50) * 20 - below(random, 400);
      const out = new BitWriter();
      writeModular(out, written, tree);
      const read = [channel(width, height), channel(width, height)];
      readModular(new BitReader(out.bytes()), read, 0, undefined);
      expect(read).toEqual(written);
    }
  });
});
