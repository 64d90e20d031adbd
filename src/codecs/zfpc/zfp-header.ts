/** The header of a zfp stream: bits, lowest first; https://zfp.readthedocs.io/en/release1.0.1/. */
import type { DataType } from "../../base/dtype.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { MIN_EXPONENT, type ZfpLimits } from "./mode.js";

export interface ZfpHeader extends ZfpLimits {
  readonly dtype: DataType;
  /** Values along the stream's axes, x first. */
  readonly shape: readonly number[];
  /** Bits before the first block. */
  readonly bits: number;
}

export const ZFP_TYPES: readonly DataType[] = ["int32", "int64", "float32", "float64"];
/** Room for any header, in whole units of 8 bytes. */
export const HEADER_ROOM = 24;
const SHORT_BITS = 96;
const LONG_BITS = 148;
const VERSION = 5;
/** Bits for the length of an axis, by the number of axes. */
const LENGTH_BITS = [48, 24, 16, 12] as const;
const FREE: ZfpLimits = { minBits: 1, maxBits: 16658, maxPrecision: 64, minExponent: MIN_EXPONENT };
/** Short modes: fixed rate, then precision, reversible, accuracy; then the long form. */
const [PRECISION, REVERSIBLE, ACCURACY, LONG] = [2048, 2176, 2177, 4095] as const;

/** @throws DecodingError. */
export function readZfpHeader(bytes: Uint8Array): ZfpHeader {
  if (bytes.length * 8 < SHORT_BITS) throw damaged("at least 12 bytes", `${bytes.length}`);
  const magic = String.fromCharCode(...bytes.subarray(0, 3));
  if (magic !== "zfp" || bytes[3] !== VERSION)
    throw damaged(`"zfp" and version ${VERSION}`, `${JSON.stringify(magic)} and ${bytes[3]}`);
  const dtype = ZFP_TYPES[getBits(bytes, 32, 2)]!;
  const axes = getBits(bytes, 34, 2) + 1;
  const width = LENGTH_BITS[axes - 1]!;
  const shape = Array.from({ length: axes }, (_, i) => getBits(bytes, 36 + width * i, width) + 1);
  const mode = getBits(bytes, 84, 12);
  if (mode < LONG) return { dtype, shape, bits: SHORT_BITS, ...shortMode(mode) };
  if (bytes.length * 8 < LONG_BITS) throw damaged("at least 19 bytes", `${bytes.length}`);
  return {
    ...{ dtype, shape, bits: LONG_BITS },
    minBits: getBits(bytes, 96, 15) + 1,
    maxBits: getBits(bytes, 111, 15) + 1,
    maxPrecision: getBits(bytes, 126, 7) + 1,
    minExponent: getBits(bytes, 133, 15) - 16495,
  };
}

function shortMode(mode: number): ZfpLimits {
  if (mode < PRECISION) return { ...FREE, minBits: mode + 1, maxBits: mode + 1 };
  if (mode < REVERSIBLE) return { ...FREE, maxPrecision: mode - PRECISION + 1 };
  if (mode === REVERSIBLE) return { ...FREE, minExponent: MIN_EXPONENT - 1 };
  return { ...FREE, minExponent: mode - ACCURACY + MIN_EXPONENT };
}

/** Writes a header; what follows it in `into` has to be zeros. @returns its bits. @throws EncodingError. */
export function writeZfpHeader(into: Uint8Array, header: Omit<ZfpHeader, "bits">): number {
  const { dtype, shape, minBits, maxBits, maxPrecision, minExponent } = header;
  const width = LENGTH_BITS[shape.length - 1]!;
  if (shape.some((n) => n > 2 ** width))
    throw new EncodingError("An axis is too long for zfp", {
      expected: `at most ${2 ** width} of ${shape.length} axes`,
      got: shape.join(" x "),
      fix: "Use smaller chunks, or fewer correlated axes.",
    });
  into.set([0x7a, 0x66, 0x70, VERSION]);
  putBits(into, 32, 2, ZFP_TYPES.indexOf(dtype));
  putBits(into, 34, 2, shape.length - 1);
  for (const [i, n] of shape.entries()) putBits(into, 36 + width * i, width, n - 1);
  const mode = shortModeOf(header);
  putBits(into, 84, 12, mode);
  if (mode !== LONG) return SHORT_BITS;
  putBits(into, 96, 15, minBits - 1);
  putBits(into, 111, 15, maxBits - 1);
  putBits(into, 126, 7, maxPrecision - 1);
  putBits(into, 133, 15, minExponent + 16495);
  return LONG_BITS;
}

function shortModeOf(limits: ZfpLimits): number {
  const { minBits, maxBits, maxPrecision, minExponent } = limits;
  const free = (Object.keys(FREE) as (keyof ZfpLimits)[]).filter((key) => limits[key] === FREE[key]);
  const others = (...keys: (keyof ZfpLimits)[]): boolean =>
    free.length + keys.length === 4 && !keys.some((k) => free.includes(k));
  if (minBits === maxBits && maxBits <= PRECISION && maxPrecision === 64 && minExponent === MIN_EXPONENT)
    return maxBits - 1;
  if (others("maxPrecision")) return PRECISION + maxPrecision - 1;
  if (!others("minExponent")) return LONG;
  if (minExponent < MIN_EXPONENT) return REVERSIBLE;
  const mode = ACCURACY + minExponent - MIN_EXPONENT;
  return mode < LONG ? mode : LONG;
}

function getBits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; ) {
    const shift = (at + i) & 7;
    const part = Math.min(8 - shift, count - i);
    value += ((bytes[(at + i) >> 3]! >> shift) & ((1 << part) - 1)) * 2 ** i;
    i += part;
  }
  return value;
}

function putBits(into: Uint8Array, at: number, count: number, value: number): void {
  for (let i = 0; i < count; ) {
    const shift = (at + i) & 7;
    const part = Math.min(8 - shift, count - i);
    into[(at + i) >> 3]! |= (Math.floor(value / 2 ** i) % (1 << part)) << shift;
    i += part;
  }
}

function damaged(expected: string, got: string): DecodingError {
  return new DecodingError("The header of a zfp stream is damaged", { expected, got });
}
