/** What stands before the frames of a JPEG XL codestream (ISO/IEC 18181-1, annex D and E). */
import { DecodingError } from "../../base/errors.js";
import { BitReader } from "./bits.js";

export interface ImageHeader {
  readonly width: number;
  readonly height: number;
  /** Colour channels (1 or 3) and, behind them, alpha. */
  readonly channels: number;
  /** Bits of a sample; floating-point samples are refused. */
  readonly bits: number;
  /** Whether colours are stored as XYB, as in most lossy files. */
  readonly xyb: boolean;
  /** Channels beyond gray or RGB. */
  readonly extras: number;
  readonly animated: boolean;
  readonly timecodes: boolean;
  /** Where the frames begin, in bytes. */
  readonly end: number;
}

const RATIOS = [
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
] as const;
const GRAY = 1;
const ALPHA = 0;
const CUSTOM = 2;

/**
 * Reads the image header of a codestream. @throws DecodingError for what is malformed or no image of gray or
 * RGB with at most an alpha channel: floats, other channels, embedded ICC profiles, previews, turned images.
 */
export function readImageHeader(codestream: Uint8Array): ImageHeader {
  const bits = new BitReader(codestream, 2);
  const size = readSize(bits);
  const metadata = readMetadata(bits);
  bits.toByte();
  return { ...size, ...metadata, end: bits.byte };
}

function readSize(bits: BitReader): { width: number; height: number } {
  const small = bits.bool();
  const side = (): number => (small ? 8 * (bits.u(5) + 1) : bits.u32([9, 1], [13, 1], [18, 1], [30, 1]));
  const height = side();
  const ratio = bits.u(3);
  if (ratio === 0) return { width: side(), height };
  const [over, under] = RATIOS[ratio - 1]!;
  return { width: Math.floor((height * over) / under), height };
}

type Metadata = Omit<ImageHeader, "width" | "height" | "end">;

function readMetadata(bits: BitReader): Metadata {
  const shared = { channels: 3, bits: 8, xyb: true, extras: 0, animated: false, timecodes: false };
  if (bits.bool()) {
    skipTransform(bits, true);
    return shared;
  }
  const more = bits.bool();
  let animated = false;
  let timecodes = false;
  if (more) {
    if (bits.u(3) !== 0) throw unsupported("an image that is to be turned", "orientation 1");
    if (bits.bool()) readSize(bits);
    if (bits.bool()) throw unsupported("a preview image", "none");
    animated = bits.bool();
    if (animated) timecodes = readAnimation(bits);
  }
  const depth = readDepth(bits);
  bits.skip(1);
  const extras = bits.u32(0, 1, [4, 2], [12, 1]);
  if (extras > 1) throw unsupported(`${extras} channels beside the colours`, "at most alpha");
  if (extras === 1) readAlpha(bits, depth);
  const xyb = bits.bool();
  const colors = readColors(bits);
  if (more && !bits.bool()) bits.skip(16 + 16 + 1 + 16);
  bits.skipExtensions();
  skipTransform(bits, xyb);
  return { channels: colors + extras, bits: depth, xyb, extras, animated, timecodes };
}

/** Returns whether frames have time codes. */
function readAnimation(bits: BitReader): boolean {
  bits.u32(100, 1000, [10, 1], [30, 1]);
  bits.u32(1, 1001, [8, 1], [10, 1]);
  bits.u32(0, [3], [16], [32]);
  return bits.bool();
}

function readDepth(bits: BitReader): number {
  if (bits.bool()) throw unsupported("floating-point samples", "unsigned integers");
  return bits.u32(8, 10, 12, [6, 1]);
}

function readAlpha(bits: BitReader, depth: number): void {
  let type = ALPHA;
  let alphaDepth = 8;
  let shift = 0;
  let associated = false;
  if (!bits.bool()) {
    type = bits.enumerated();
    alphaDepth = readDepth(bits);
    shift = bits.u32(0, 3, 4, [3, 1]);
    bits.skipName();
    if (type === ALPHA) associated = bits.bool();
  }
  if (type !== ALPHA) throw unsupported(`a channel of type ${type}`, "alpha");
  if (alphaDepth !== depth) throw unsupported(`alpha of ${alphaDepth} bits`, `${depth} bits`);
  if (shift !== 0 || associated)
    throw unsupported("alpha that is subsampled or multiplied in", "plain alpha");
}

/** Returns the number of colour channels. */
function readColors(bits: BitReader): number {
  if (bits.bool()) return 3;
  const icc = bits.bool();
  const space = bits.enumerated();
  if (icc) throw unsupported("an ICC profile", "a named colour space");
  if (space > GRAY) throw unsupported(`colour space ${space}`, "gray or RGB");
  if (bits.enumerated() === CUSTOM) skipPoint(bits);
  if (space !== GRAY && bits.enumerated() === CUSTOM) for (let i = 0; i < 3; i++) skipPoint(bits);
  if (bits.bool()) bits.skip(24);
  else bits.enumerated();
  bits.enumerated();
  return space === GRAY ? 1 : 3;
}

/** A colour by its x and y. */
function skipPoint(bits: BitReader): void {
  for (let i = 0; i < 2; i++) bits.u32([19], [19, 524288], [20, 1048576], [21, 2097152]);
}

/** The matrix out of XYB and the weights for enlarging. */
function skipTransform(bits: BitReader, xyb: boolean): void {
  if (bits.bool()) return;
  if (xyb && !bits.bool()) bits.skip(16 * 16);
  const weights = bits.u(3);
  for (const [i, count] of [15, 55, 210].entries()) if ((weights >> i) & 1) bits.skip(16 * count);
}

function unsupported(got: string, expected: string): DecodingError {
  return new DecodingError("A JPEG XL image of a kind that no chunk has", { expected, got });
}
