/** The committed files of libjxl and CloudVolume, files damaged or made by hand, for tests and fuzzing. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { DataType } from "../../base/dtype.js";
import type { Vec4 } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import { below, mutate, type Random } from "../testing-chunks.js";
import { codestreamOf } from "./container.js";
import { type FrameHeader, readFrameHeader } from "./frame-header.js";
import { readImageHeader } from "./image-header.js";

export interface FileFixture {
  readonly name: string;
  readonly spec: ChunkSpec;
  readonly lossless: boolean;
  readonly bytes: Uint8Array;
  /** What libjxl decodes. */
  readonly voxels: Uint8Array;
}

interface Stored {
  readonly files: readonly {
    readonly name: string;
    readonly shape: Vec4;
    readonly dtype: DataType;
    readonly lossless: boolean;
    readonly bytes: string;
    readonly voxels: string;
  }[];
  readonly long: string;
}

const stored = JSON.parse(readFileSync("fixtures/jxl/files.json", "utf8")) as Stored;

export const files: readonly FileFixture[] = stored.files.map(
  ({ name, shape, dtype, lossless, bytes, voxels }) => ({
    name,
    spec: { shape, dtype },
    lossless,
    bytes: fromBase64(bytes),
    voxels: new Uint8Array(gunzipSync(Buffer.from(voxels, "base64"))),
  }),
);

/** An image of 64 x 200000: its groups are many. */
export const longFile: Uint8Array = fromBase64(stored.long);

export function fileNamed(name: string): FileFixture {
  const found = files.find((file) => file.name === name);
  if (found === undefined) throw new Error(`no fixture ${name}`);
  return found;
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}

/** All frames of a file without boxes. */
export function framesOf(codestream: Uint8Array): FrameHeader[] {
  const image = readImageHeader(codestream);
  const frames: FrameHeader[] = [];
  for (let at = image.end; ; ) {
    const frame = readFrameHeader(codestream, at, image);
    frames.push(frame);
    if (frame.last) return frames;
    at = frame.sections + frame.length;
  }
}

/** Damages what the decoder is given behind headers that stay as they are. */
export function mutateSections(file: Uint8Array, random: Random): Uint8Array {
  const out = new Uint8Array(codestreamOf(file));
  const frames = framesOf(out);
  const { sections, length } = frames[below(random, frames.length)]!;
  const damaged = mutate(out.subarray(sections, sections + length), random);
  out.set(damaged.subarray(0, length), sections);
  return out;
}

/** Writes headers: values with their widths in bits, lowest bit first. */
export function bitsOf(...fields: readonly (readonly [value: number, bits: number])[]): Uint8Array {
  const bits = fields.flatMap(([value, n]) =>
    Array.from({ length: n }, (_, i) => Math.floor(value / 2 ** i) % 2),
  );
  const out = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [i, bit] of bits.entries()) out[i >> 3]! |= bit << (i & 7);
  return out;
}
