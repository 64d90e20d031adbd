/** What stands before each frame of a JPEG XL codestream (ISO/IEC 18181-1, annex F). */
import { DecodingError } from "../../base/errors.js";
import { BitReader, type Choice } from "./bits.js";
import { corrupt } from "./distribution.js";
import { NumberReader, readEntropyCode } from "./entropy.js";
import type { ImageHeader } from "./image-header.js";

export interface FrameHeader {
  readonly kind: FrameKind;
  /** Size of what is stored: a frame may be cropped, or to be enlarged. */
  readonly width: number;
  readonly height: number;
  /** Size after enlarging. */
  readonly shownWidth: number;
  readonly shownHeight: number;
  /** Whether it takes the image's place: not cropped, not blended with what came before. */
  readonly replaces: boolean;
  readonly last: boolean;
  /** For how many ticks it is shown. 0: a layer under the next one. */
  readonly duration: number;
  /** Where it begins, in bytes. */
  readonly start: number;
  /** Where its sections begin, in bytes. */
  readonly sections: number;
  /** Bytes of all sections together. */
  readonly length: number;
  /** Where each section lies, in bytes: in their logical order. */
  readonly parts: readonly Section[];
  readonly modular: boolean;
  readonly passes: number;
  readonly flags: number;
  /** Whether colours are stored as YCbCr. */
  readonly ycc: boolean;
  /** How blue, luma and red of YCbCr are subsampled, as the format numbers it. */
  readonly sampling: readonly [number, number, number];
}

export interface Section {
  readonly start: number;
  readonly end: number;
}

export type FrameKind = "regular" | "low frequency" | "reference" | "skip progressive";
const KINDS: readonly FrameKind[] = ["regular", "low frequency", "reference", "skip progressive"];

const USES_LOW_FREQUENCY_FRAME = 0x20;
const COORDINATE: readonly [Choice, Choice, Choice, Choice] = [[8], [11, 256], [14, 2304], [30, 18688]];
const SECTION: readonly [Choice, Choice, Choice, Choice] = [[10], [14, 1024], [22, 17408], [30, 4211712]];
const PERMUTATION_CONTEXTS = 8;
/** More sections than a frame of any chunk has. */
const MAX_SECTIONS = 2 ** 20;
/** Sections times those out of their order: putting them there takes time. */
const MAX_MOVES = 2 ** 27;

/** Reads the header of the frame at byte `from`, with the table of its sections. @throws DecodingError. */
export function readFrameHeader(codestream: Uint8Array, from: number, image: ImageHeader): FrameHeader {
  const bits = new BitReader(codestream, from);
  const { groupShift, upsampling, ...header } = bits.bool() ? plainFrame(image) : readFields(bits, image);
  const width = Math.ceil(header.width / upsampling);
  const height = Math.ceil(header.height / upsampling);
  const groups = tiles(width, height, 128 << groupShift);
  const count =
    groups === 1 && header.passes === 1
      ? 1
      : 2 + tiles(width, height, 1024 << groupShift) + groups * header.passes;
  if (count > MAX_SECTIONS)
    throw new DecodingError("A JPEG XL frame has too many sections", {
      expected: `${MAX_SECTIONS}`,
      got: `${count}`,
    });
  const { lengths, order } = readSections(bits, count);
  const parts = new Array<Section>(count);
  let end = bits.byte;
  for (const [i, length] of lengths.entries()) {
    parts[order?.[i] ?? i] = { start: end, end: end + length };
    end += length;
  }
  return {
    ...header,
    start: from,
    width,
    height,
    shownWidth: header.width,
    shownHeight: header.height,
    sections: bits.byte,
    length: end - bits.byte,
    parts,
  };
}

interface Fields {
  readonly kind: FrameKind;
  readonly width: number;
  readonly height: number;
  readonly replaces: boolean;
  readonly last: boolean;
  readonly duration: number;
  readonly passes: number;
  readonly groupShift: number;
  readonly upsampling: number;
  readonly modular: boolean;
  readonly flags: number;
  readonly ycc: boolean;
  readonly sampling: readonly [number, number, number];
}

function plainFrame({ width, height }: ImageHeader): Fields {
  return {
    ...{ kind: "regular", width, height, replaces: true, last: true, duration: 0, passes: 1, groupShift: 1 },
    ...{ upsampling: 1, modular: false, flags: 0, ycc: false, sampling: [0, 0, 0] },
  };
}

function readFields(bits: BitReader, image: ImageHeader): Fields {
  const kind = KINDS[bits.u(2)]!;
  const modular = bits.bool();
  const flags = bits.u64();
  const usesLowFrequency = Math.floor(flags / USES_LOW_FREQUENCY_FRAME) % 2 === 1;
  const ycc = !image.xyb && bits.bool();
  const sampling: [number, number, number] = [0, 0, 0];
  if (ycc && !usesLowFrequency) for (let i = 0; i < 3; i++) sampling[i] = bits.u(2);
  let upsampling = 1;
  if (!usesLowFrequency) {
    upsampling = bits.u32(1, 2, 4, 8);
    for (let i = 0; i < image.extras; i++) bits.u32(1, 2, 4, 8);
  }
  const groupShift = modular ? bits.u(2) : 1;
  if (!modular && image.xyb) bits.skip(6);
  const passes = kind === "reference" ? 1 : readPasses(bits);
  let { width, height } = image;
  let partial = false;
  if (kind === "low frequency") {
    const level = 8 ** (bits.u(2) + 1);
    width = Math.ceil(width / level);
    height = Math.ceil(height / level);
  } else if (bits.bool()) {
    const shown = kind !== "reference";
    const x = shown ? signed(bits.u32(...COORDINATE)) : 0;
    const y = shown ? signed(bits.u32(...COORDINATE)) : 0;
    width = bits.u32(...COORDINATE);
    height = bits.u32(...COORDINATE);
    partial = shown && (x > 0 || y > 0 || x + width < image.width || y + height < image.height);
  }
  let replaces = !partial;
  let last = false;
  let duration = 0;
  if (kind === "regular" || kind === "skip progressive") {
    for (let i = 0; i <= image.extras; i++)
      if (readBlending(bits, image.extras > 0, partial) !== 0) replaces = false;
    if (image.animated) {
      duration = bits.u32(0, 1, [8], [32]);
      if (image.timecodes) bits.skip(32);
    }
    last = bits.bool();
  }
  let reference = 0;
  if (kind !== "low frequency" && !last) reference = bits.u(2);
  const referable = !last && kind !== "low frequency" && (duration === 0 || reference !== 0);
  if (kind === "reference" || (referable && replaces)) bits.skip(1);
  bits.skipName();
  skipFilters(bits, modular);
  bits.skipExtensions();
  return {
    ...{ kind, width, height, replaces, last, duration, passes, groupShift, upsampling },
    ...{ modular, flags, ycc, sampling },
  };
}

function readPasses(bits: BitReader): number {
  const passes = bits.u32(1, 2, 3, [3, 4]);
  if (passes === 1) return 1;
  const smaller = bits.u32(0, 1, 2, [1, 3]);
  bits.skip(2 * (passes - 1));
  for (let i = 0; i < smaller; i++) bits.u32(1, 2, 4, 8);
  for (let i = 0; i < smaller; i++) bits.u32(0, 1, 2, [3]);
  return passes;
}

/** Returns the mode; 0 is to replace. */
function readBlending(bits: BitReader, extras: boolean, partial: boolean): number {
  const mode = bits.u32(0, 1, 2, [2, 3]);
  const alpha = extras && (mode === 2 || mode === 3);
  if (alpha) bits.u32(0, 1, 2, [3, 3]);
  if (alpha || mode === 4) bits.skip(1);
  if (mode !== 0 || partial) bits.skip(2);
  return mode;
}

function skipFilters(bits: BitReader, modular: boolean): void {
  if (bits.bool()) return;
  if (bits.bool() && bits.bool()) bits.skip(6 * 16);
  if (bits.u(2) > 0) {
    if (!modular && bits.bool()) bits.skip(8 * 16);
    if (bits.bool()) bits.skip(5 * 16);
    if (bits.bool()) bits.skip((modular ? 3 : 4) * 16);
    if (modular) bits.skip(16);
  }
  bits.skipExtensions();
}

interface Sections {
  /** Bytes of each, in the order of the file. */
  readonly lengths: readonly number[];
  /** Which section each of them is; undefined: in their order. */
  readonly order: readonly number[] | undefined;
}

function readSections(bits: BitReader, count: number): Sections {
  const order = bits.bool() ? readPermutation(bits, count) : undefined;
  bits.toByte();
  const lengths = Array.from({ length: count }, () => bits.u32(...SECTION));
  bits.toByte();
  return { lengths, order };
}

/** An order of 0 to `count` - 1: numbers that are left, by their places among those. @throws DecodingError. */
function readPermutation(bits: BitReader, count: number): number[] {
  const numbers = new NumberReader(bits, readEntropyCode(bits, PERMUTATION_CONTEXTS));
  const contextOf = (n: number): number => Math.min(32 - Math.clz32(n), PERMUTATION_CONTEXTS - 1);
  const length = numbers.read(contextOf(count));
  if (length > count) throw corrupt();
  const places: number[] = [];
  for (let i = 0, last = 0; i < length; i++) {
    last = numbers.read(contextOf(last));
    if (last + i >= count) throw corrupt();
    places.push(last);
  }
  numbers.end();
  if (length * count > MAX_MOVES) throw corrupt();
  const left = Array.from({ length: count }, (_, i) => i);
  return [...places.map((place) => left.splice(place, 1)[0]!), ...left];
}

function tiles(width: number, height: number, side: number): number {
  return Math.ceil(width / side) * Math.ceil(height / side);
}

function signed(n: number): number {
  return n % 2 === 0 ? n / 2 : -(n + 1) / 2;
}
