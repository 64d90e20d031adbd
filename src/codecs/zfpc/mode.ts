/** How much a zfp stream keeps: one of four modes, as the four numbers that every stream is made with. */
import type { DataType } from "../../base/dtype.js";
import { EncodingError } from "../../base/errors.js";
import type { ChunkSpec } from "../codec.js";

export interface ZfpLimits {
  /** Bits of a block: padded to the first, cut at the second. */
  readonly minBits: number;
  readonly maxBits: number;
  /** Bit planes of a block. */
  readonly maxPrecision: number;
  /** Exponent of the lowest plane; below {@link MIN_EXPONENT}: reversible. */
  readonly minExponent: number;
}

/** At most one of them; none is reversible: exactly the voxels. */
export interface ZfpMode {
  /** Bits for a value. */
  readonly rate?: number | undefined;
  /** Bit planes kept of a block: 1 to 64; 0 is 64. */
  readonly precision?: number | undefined;
  /** Absolute error allowed; floats only. */
  readonly tolerance?: number | undefined;
}

export const MIN_EXPONENT = -1074;
const MAX_BITS = 16658;
const MAX_PRECISION = 64;
/** Widest field of a header. */
const MOST_BITS = 2 ** 15;

const ANY: ZfpLimits = {
  minBits: 1,
  maxBits: MAX_BITS,
  maxPrecision: MAX_PRECISION,
  minExponent: MIN_EXPONENT,
};

/** @throws EncodingError for several modes at once, or values that a stream cannot have. */
export function limitsOf(mode: ZfpMode, dtype: DataType, axes: number): ZfpLimits {
  const { rate, precision, tolerance } = mode;
  const given = [rate, precision, tolerance].filter((v) => v !== undefined);
  if (given.length > 1)
    throw new EncodingError("Several modes of zfp at once", {
      expected: "one of rate, precision and tolerance, or none",
      got: JSON.stringify(mode),
    });
  if (rate !== undefined) {
    const bits = Math.floor(4 ** axes * rate + 0.5);
    const least = dtype === "float32" ? 9 : dtype === "float64" ? 12 : 1;
    if (!(bits >= least && bits <= MOST_BITS))
      throw invalid("rate", `${least} to ${MOST_BITS} bits for ${4 ** axes} ${dtype}`, rate);
    return { ...ANY, minBits: bits, maxBits: bits };
  }
  if (precision !== undefined) {
    if (!(Number.isInteger(precision) && precision >= 0))
      throw invalid("precision", "a whole number", precision);
    return { ...ANY, maxPrecision: precision === 0 ? MAX_PRECISION : Math.min(precision, MAX_PRECISION) };
  }
  if (tolerance === undefined) return { ...ANY, minExponent: MIN_EXPONENT - 1 };
  if (!(tolerance >= 0 && tolerance < Infinity)) throw invalid("tolerance", "a number >= 0", tolerance);
  return tolerance === 0 ? ANY : { ...ANY, minExponent: Math.max(MIN_EXPONENT, exponentOf(tolerance)) };
}

function invalid(name: string, expected: string, got: number): EncodingError {
  return new EncodingError(`Invalid ${name} of zfp`, { expected, got: `${got}` });
}

/** floor(log2), exactly. */
function exponentOf(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const biased = view.getUint16(0) >> 4;
  if (biased > 0) return biased - 1023;
  return exponentOf(value * 2 ** 64) - 64;
}

/** `zfpc_rate`, `zfpc_precision`, `zfpc_tolerance` of a scale; negative ones do not count. */
export function modeOf({ params }: ChunkSpec): ZfpMode {
  const value = (name: string): number | undefined => {
    const given = params?.[name] ?? -1;
    if (typeof given !== "number" || Number.isNaN(given))
      throw new EncodingError(`Invalid ${name}`, { expected: "a number", got: JSON.stringify(given) });
    return given < 0 ? undefined : given;
  };
  return {
    rate: value("zfpc_rate"),
    precision: value("zfpc_precision"),
    tolerance: value("zfpc_tolerance"),
  };
}
