import { describe, expect, it } from "vitest";
import { guarded } from "../../../test/generators/guarded.js";
import { mutated, random, someBytes } from "../../../test/generators/random.js";
import { DecodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import { product, type Vec4 } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import { cutBox, decodeBox, decodeBytes, encodeBytes, randomBox } from "../testing-chunks.js";
import { withBaseline } from "./baseline.js";
import type { WantedBlocks } from "./engine.js";
import { type JpegHeader, readJpegHeader } from "./header.js";
import { jpeg } from "./index.js";
import { markerOffset } from "./testing.js";
import { loadTurbo } from "./turbo.js";

await jpeg.load?.();
const turbo = await loadTurbo();
const rng = random(31);
const ws = createWorkspace();
let left = 0;
const { decodePlanes } = withBaseline(turbo);
const everything = ({ width, height }: JpegHeader): WantedBlocks => ({
  rows: new Uint8Array(Math.ceil(height / 8)).fill(1),
  left: 0,
  right: Math.ceil(width / 8),
});
const ours = {
  /** Interleaved as libjpeg has them. */
  decode(bytes: Uint8Array, header: JpegHeader): Uint8Array {
    const planes = decodePlanes?.(ws, guarded(ws, "test.file", bytes), header, everything(header));
    if (planes === undefined) {
      left++;
      return turbo.decode(bytes, header);
    }
    const pixels = ws.bytes().subarray(planes.ptr, planes.ptr + planes.length);
    const { components } = header;
    const size = planes.length / components;
    return Uint8Array.from(pixels, (_, i) => pixels[(i % components) * size + Math.floor(i / components)]!);
  },
};

/** A file of any size and quality. */
function someFile(): Uint8Array {
  const components = rng(2) === 0 ? 1 : 3;
  const [width, height] = [1 + rng(40), 1 + rng(40)];
  const noise = someBytes(rng, width * height * components);
  const smooth = rng(2) === 0;
  const pixels = noise.map((v, i) => (smooth ? (i % (width * components)) * 2 + (v & 7) : v));
  return turbo.encode(pixels, { width, height, components, quality: rng(101) }).slice();
}

/** A chunk of any shape and quality. */
function someChunk(): { file: Uint8Array; spec: ChunkSpec; whole: Uint8Array } {
  const shape: Vec4 = [1 + rng(30), 1 + rng(30), 1 + rng(12), rng(2) === 0 ? 1 : 3];
  const spec: ChunkSpec = { shape, dtype: "uint8", params: { jpeg_quality: rng(101) } };
  const file = encodeBytes(ws, jpeg, someBytes(rng, product(shape)), spec);
  return { file, spec, whole: decodeBytes(ws, jpeg, file, spec) };
}

describe("the kernel for baseline files", () => {
  it("makes the pixels of libjpeg-turbo, of any size and quality", () => {
    left = 0;
    for (let i = 0; i < 500; i++) {
      const file = someFile();
      const header = readJpegHeader(file);
      expect(Buffer.compare(ours.decode(file, header), turbo.decode(file, header))).toBe(0);
    }
    expect(left).toBe(0);
  });

  it("decodes any part as in the whole", () => {
    for (let i = 0; i < 400; i++) {
      const { file, spec, whole } = someChunk();
      const box = randomBox(spec, () => rng(1 << 16) / (1 << 16));
      expect(decodeBox(ws, jpeg, file, spec, box).voxels).toEqual(cutBox(whole, spec, box));
    }
  });

  it("does not look at what lies behind a part", () => {
    let damages = 0;
    for (let i = 0; i < 200; i++) {
      const { file, spec, whole } = someChunk();
      if (spec.shape[1] * spec.shape[2] < 100) continue;
      const damaged = file.slice();
      // Markers stay as they are: those are read to the end.
      for (let at = Math.floor(file.length * 0.97); at < file.length - 2; at++)
        if (file[at] !== 0xff && file[at - 1] !== 0xff) damaged[at] = 0x55;
      const box = { from: [0, 0, 0], size: [1, 1, 1] } as const;
      expect(decodeBox(ws, jpeg, damaged, spec, box).voxels).toEqual(cutBox(whole, spec, box));
      damages++;
    }
    expect(damages).toBeGreaterThan(20);
  });

  it("accepts no damaged file that libjpeg-turbo refuses", () => {
    let accepted = 0;
    for (let i = 0; i < 3000; i++) {
      const file = mutated(rng, someFile());
      let header: ReturnType<typeof readJpegHeader>;
      try {
        header = readJpegHeader(file);
      } catch {
        continue;
      }
      left = 0;
      try {
        expect(ours.decode(file, header).length).toBe(header.width * header.height * header.components);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodingError);
        continue;
      }
      if (left === 0) {
        accepted++;
        expect(() => turbo.decode(file, header)).not.toThrow();
      }
    }
    expect(accepted).toBeGreaterThan(100);
  });

  it("leaves to libjpeg what it does not know", () => {
    const image = { width: 16, height: 16, components: 3, quality: 90 } as const;
    const file = turbo.encode(someBytes(rng, 768), image).slice();
    const frame = markerOffset(file, 0xc0);
    const changes: Readonly<Record<string, (bytes: Uint8Array) => void>> = {
      "subsampled colours": (bytes) => bytes.set([0x22], frame + 11),
      "colours without JFIF": (bytes) => bytes.set([0xe1], 3),
      "another version of JFIF": (bytes) => bytes.set([2], 11),
      "a table that is missing": (bytes) => bytes.set([3], frame + 12),
    };
    for (const [what, change] of Object.entries(changes)) {
      const changed = file.slice();
      change(changed);
      left = 0;
      try {
        ours.decode(changed, readJpegHeader(changed));
      } catch (error) {
        expect(error, what).toBeInstanceOf(DecodingError);
      }
      expect(left, what).toBe(1);
    }
    left = 0;
    ours.decode(file, readJpegHeader(file));
    expect(left).toBe(0);
  });

  it("reserves nothing for a scan that cannot hold its image", () => {
    const file = turbo
      .encode(new Uint8Array(64), { width: 8, height: 8, components: 1, quality: 50 })
      .slice();
    new DataView(file.buffer).setUint32(markerOffset(file, 0xc0) + 5, 0xffdcffdc);
    const before = process.memoryUsage.rss();
    expect(() => ours.decode(file, readJpegHeader(file))).toThrow(DecodingError);
    expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 30);
  });
});
