import { describe, expect, it } from "vitest";
import { DecodingError } from "../../base/errors.js";
import { below, concat, seeded } from "../testing-chunks.js";
import { BitReader } from "./bits.js";
import { readCodestream } from "./codestream.js";
import { codestreamOf } from "./container.js";
import { NumberReader, readEntropyCode } from "./entropy.js";
import { readImageHeader } from "./image-header.js";
import { bitsOf, fileNamed, files, framesOf, longFile } from "./testing.js";

const START = Uint8Array.of(0xff, 0x0a);

describe("the headers of libjxl's files", () => {
  it.each(files.map((file) => [file.name, file] as const))("%s", (_name, { bytes, spec }) => {
    const { image, frames, bytes: codestream, layout } = readCodestream(bytes, spec);
    const [x, y, z, c] = spec.shape;
    expect(image.width * image.height * image.channels).toBe((x * y * z * c) / (layout === "frames" ? c : 1));
    expect(image.bits).toBe(spec.dtype === "uint8" ? 8 : 16);
    const last = frames.at(-1)!;
    expect(last.sections + last.length, "the frames end where the file does").toBe(codestream.length);
  });

  it("knows the layouts of CloudVolume", () => {
    const layouts = files
      .filter(({ spec }) => spec.shape[3] === 3)
      .map(({ name, bytes, spec }) => [name, readCodestream(bytes, spec).layout]);
    for (const [name, layout] of layouts)
      expect(layout, name).toBe(
        /^three frames/.test(name!) ? "frames" : /wide$/.test(name!) ? "rows" : "interleaved",
      );
  });

  it("finds frames of patches", () => {
    const { bytes } = fileNamed("repeated patches, effort 7");
    expect(framesOf(bytes).map(({ kind, width, height, last }) => [kind, width, height, last])).toEqual([
      ["reference", 28, 24, false],
      ["regular", 120, 320, true],
    ]);
  });

  it("reads the order of many groups, in either entropy code", () => {
    for (const bytes of [fileNamed("gray in groups out of order").bytes, longFile]) {
      const [frame] = framesOf(bytes);
      expect(frame!.sections + frame!.length).toBe(bytes.length);
      expect(frame!.sections).toBeGreaterThan(20);
    }
  });

  it("refuses every cut, also of a table of contents", () => {
    const spec = { shape: [64, 500, 400, 1], dtype: "uint8" } as const;
    expect(readCodestream(longFile, spec).frames).toHaveLength(1);
    const { sections } = framesOf(longFile)[0]!;
    for (let length = 0; length < sections; length += 7)
      expect(() => readCodestream(longFile.subarray(0, length), spec)).toThrow(DecodingError);
    expect(() => readCodestream(longFile.subarray(0, -1), spec)).toThrow(DecodingError);
  });
});

describe("an image header", () => {
  const header = (...fields: (readonly [number, number])[]): Uint8Array => concat(START, bitsOf(...fields));

  it("has sizes in several forms", () => {
    // Small: both in eights, or the width by its ratio to the height.
    const rest = [
      [1, 1],
      [1, 1],
    ] as const;
    const size = (...fields: (readonly [number, number])[]) => {
      const { width, height } = readImageHeader(header(...fields, ...rest));
      return [width, height];
    };
    expect(size([1, 1], [3, 5], [0, 3], [1, 5])).toEqual([16, 32]);
    expect(size([1, 1], [3, 5], [2, 3])).toEqual([38, 32]);
    expect(size([1, 1], [3, 5], [7, 3])).toEqual([64, 32]);
    expect(size([0, 1], [1, 2], [4095, 13], [0, 3], [0, 2], [6, 9])).toEqual([7, 4096]);
    expect(size([0, 1], [3, 2], [2 ** 30 - 1, 30], [1, 3])).toEqual([2 ** 30, 2 ** 30]);
  });

  const small = [
    [1, 1],
    [0, 5],
    [1, 3],
    [0, 1],
  ] as const;
  it.each([
    [
      "turned images",
      "turned",
      [
        [1, 1],
        [5, 3],
      ],
    ],
    [
      "previews",
      "preview",
      [
        [1, 1],
        [0, 3],
        [0, 1],
        [1, 1],
      ],
    ],
    [
      "floats",
      "floating",
      [
        [0, 1],
        [1, 1],
        [0, 2],
        [7, 4],
      ],
    ],
    [
      "many channels",
      "channels beside",
      [
        [0, 1],
        [0, 1],
        [0, 2],
        [1, 1],
        [2, 2],
        [0, 4],
      ],
    ],
    [
      "depth channels",
      "channel of type",
      [
        [0, 1],
        [0, 1],
        [0, 2],
        [1, 1],
        [1, 2],
        [0, 1],
        [1, 2],
        [0, 1],
        [0, 2],
        [0, 2],
        [0, 2],
      ],
    ],
    [
      "premultiplied alpha",
      "multiplied in",
      [
        [0, 1],
        [0, 1],
        [0, 2],
        [1, 1],
        [1, 2],
        [0, 1],
        [0, 2],
        [0, 1],
        [0, 2],
        [0, 2],
        [0, 2],
        [1, 1],
      ],
    ],
    [
      "ICC profiles",
      "ICC",
      [
        [0, 1],
        [0, 1],
        [0, 2],
        [1, 1],
        [0, 2],
        [0, 1],
        [0, 1],
        [1, 1],
        [0, 2],
      ],
    ],
    [
      "XYB as colours",
      "colour space 2",
      [
        [0, 1],
        [0, 1],
        [0, 2],
        [1, 1],
        [0, 2],
        [0, 1],
        [0, 1],
        [0, 1],
        [2, 2],
        [0, 4],
      ],
    ],
  ] as const)("refuses %s", (_what, word, fields) => {
    const bytes = concat(header(...small, ...fields), new Uint8Array(8));
    const read = (): unknown => readImageHeader(bytes);
    expect(read).toThrow(DecodingError);
    expect(read).toThrow(word);
  });
});

describe("boxes", () => {
  const boxed = fileNamed("in boxes").bytes;
  const codestream = codestreamOf(boxed);
  const signature = boxed.subarray(0, 12);
  const box = (type: string, content: Uint8Array, size = content.length + 8): Uint8Array =>
    concat(
      Uint8Array.of(size >>> 24, size >>> 16, size >>> 8, size),
      Uint8Array.from(type, (c) => c.charCodeAt(0)),
      content,
    );
  const piece = (index: number, from: number, to?: number): Uint8Array =>
    box("jxlp", concat(Uint8Array.of(index >>> 24, 0, 0, index), codestream.subarray(from, to)));

  it("hold the codestream in one or several pieces", () => {
    expect([...codestream.subarray(0, 2)]).toEqual([0xff, 0x0a]);
    const last = 2 ** 31 + 2;
    const pieces = [piece(0, 0, 5), box("Exif", new Uint8Array(9)), piece(1, 5, 20), piece(last, 20)];
    expect(codestreamOf(concat(signature, ...pieces))).toEqual(codestream);
    expect(codestreamOf(concat(signature, box("jxlc", codestream, 0)))).toEqual(codestream);
    const long = concat(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, codestream.length + 16), codestream);
    expect(codestreamOf(concat(signature, box("jxlc", long, 1)))).toEqual(codestream);
  });

  it.each([
    ["no codestream", []],
    ["no last piece", [piece(0, 0, 5), piece(1, 5)]],
    ["pieces out of order", [piece(1, 5), piece(2 ** 31, 0, 5)]],
    ["two codestreams", [box("jxlc", codestream), box("jxlc", codestream)]],
    ["a piece behind the last", [piece(2 ** 31, 0), piece(1, 5)]],
    ["a box past the end", [box("jxlc", codestream, codestream.length + 9)]],
    ["a box within its head", [box("jxlc", codestream, 5)]],
    ["a piece without index", [box("jxlp", new Uint8Array(3))]],
    ["thousands of boxes", Array.from({ length: 2000 }, () => box("free", new Uint8Array(0)))],
  ])("refuses %s", (_what, parts) => {
    expect(() => codestreamOf(concat(signature, ...parts))).toThrow(DecodingError);
  });
});

describe("entropy-coded numbers", () => {
  /** Tokens from 8 on repeat what was read, 3 of it or more; 0, 1, 2 and 8 have codes of two bits. */
  const repeating = [
    [1, 1],
    [3, 2],
    [0, 15],
    [0, 2],
    [8, 4],
    [1, 1],
    [1, 2],
    [0, 1],
    [1, 1],
    [1, 1],
    [15, 4],
    [15, 4],
    [1, 1],
    [3, 4],
    [0, 3],
    [0, 1],
    [1, 2],
    [3, 2],
    [0, 4],
    [1, 4],
    [2, 4],
    [8, 4],
    [0, 1],
  ] as const;

  it("are repeated from a distance", () => {
    // The second distribution has one token, 0: a distance of 1.
    const codes = [
      [2, 2],
      [1, 2],
      [3, 2],
      [0, 2],
    ] as const;
    const numbers = numbersOf(bitsOf(...repeating, ...codes));
    expect(Array.from({ length: 6 }, () => numbers.read(0))).toEqual([1, 2, 2, 2, 2, 0]);
    numbers.end();
  });

  it("cannot repeat within a map of contexts", () => {
    expect(() => readEntropyCode(new BitReader(bitsOf(...repeating)), 1, true)).toThrow(DecodingError);
  });

  it("are refused in a context without a code", () => {
    const states = bitsOf([0, 1], [0, 1], [0, 2], [0, 3], [1, 2], [5, 4], [0, 64]);
    for (const numbers of [numbersOf(bitsOf(...repeating, [0, 64])), numbersOf(states)]) {
      expect(() => numbers.read(0)).not.toThrow();
      expect(() => numbers.read(2)).toThrow(DecodingError);
    }
  });

  it("of any bits are numbers or refused", () => {
    const random = seeded(23);
    const ends = { read: 0, refused: 0 };
    for (let i = 0; i < 20_000; i++) {
      const contexts = 1 + below(random, i % 2 === 0 ? 3 : 100);
      const bits = new BitReader(
        Uint8Array.from({ length: 20 + below(random, 200) }, () => (random() < 0.3 ? 0 : below(random, 256))),
      );
      try {
        const numbers = new NumberReader(bits, readEntropyCode(bits, contexts), below(random, 30));
        for (let k = 0; k < 300; k++)
          if (!(numbers.read(below(random, contexts)) >= 0)) throw new RangeError();
        ends.read++;
      } catch (error) {
        if (!(error instanceof DecodingError)) throw error;
        ends.refused++;
      }
    }
    expect(ends.read).toBeGreaterThan(1000);
    expect(ends.refused).toBeGreaterThan(1000);
  });
});

function numbersOf(bytes: Uint8Array): NumberReader {
  const bits = new BitReader(bytes);
  return new NumberReader(bits, readEntropyCode(bits, 1));
}
