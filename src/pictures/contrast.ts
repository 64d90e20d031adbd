/** Which values are black and which are white. */
import { type DataType, dataTypeOf, type TypedArray } from "../base/dtype.js";
import type { StridedArray } from "../base/strided.js";

export interface Contrast {
  readonly black: number;
  readonly white: number;
}

/** How many values are looked at, at most. */
const SAMPLES = 65_536;
/** Of the values, this part may be darker than black, and the same part brighter than white. */
const TAIL = 0.002;

/** What the sliders of a contrast range over: all of a small type, else what was found. */
export function limitsOf(dtype: DataType, samples: Float64Array): Contrast {
  if (dtype === "bool") return { black: 0, white: 1 };
  if (dtype === "uint8") return { black: 0, white: 255 };
  if (dtype === "int8") return { black: -128, white: 127 };
  return { black: samples[0] ?? 0, white: samples.at(-1) ?? 1 };
}

/** A range that leaves out the few darkest and brightest of the finite values. @param samples ascending. */
export function contrastOf(dtype: DataType, samples: Float64Array): Contrast {
  if (dtype === "bool") return { black: 0, white: 1 };
  const last = samples.length - 1;
  if (last < 0) return { black: 0, white: 1 };
  const black = samples[Math.round(last * TAIL)]!;
  const white = samples[Math.round(last * (1 - TAIL))]!;
  if (white > black) return { black, white };
  const [low, high] = [samples[0]!, samples[last]!];
  return high > low ? { black: low, white: high } : { black: Math.min(0, low), white: Math.max(1, high) };
}

/** Black and white for an image of several slices, or for several images alike. */
export function imageContrast({ data, dtype }: StridedArray): Contrast {
  return contrastOf(dtype ?? dataTypeOf(data), sampled(data));
}

/** Finite values at even distances, ascending. @param start where in `data` the values begin, and how many there are. */
export function sampled(data: TypedArray, start = 0, count: number = data.length): Float64Array {
  // An odd step does not fall on the same column of every row.
  const step = Math.max(1, Math.floor(count / SAMPLES)) | 1;
  const found = new Float64Array(Math.ceil(count / step));
  let n = 0;
  for (let i = 0; i < count; i += step) {
    const value = Number(data[start + i]);
    if (Number.isFinite(value)) found[n++] = value;
  }
  return found.subarray(0, n).sort();
}
