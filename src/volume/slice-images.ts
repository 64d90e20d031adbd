/** Slices of an array as pictures. */
import { type DataType, dataTypeOf, type TypedArray } from "../base/dtype.js";
import { ArgumentError } from "../base/errors.js";
import type { StridedArray } from "../base/strided.js";

export interface SliceImageOptions {
  /** The axis that is cut. Default z. */
  readonly axis?: "x" | "y" | "z" | undefined;
  /** One channel; default: each of them, in pictures of their own. */
  readonly channel?: number | undefined;
  /** Floats: stretch the range of the whole array to 0 to 255, or that of each slice. Default true. */
  readonly globalNorm?: boolean | undefined;
}

export interface SliceImage {
  readonly slice: number;
  /** Undefined where the array has one channel, or one was asked for. */
  readonly channel: number | undefined;
  /** width, height, 1, channels of the picture: 1 (gray) or 4 (red, green, blue, opacity). */
  readonly pixels: StridedArray<Uint8Array | Uint16Array>;
}

const AXES = ["x", "y", "z"] as const;

/**
 * The pictures of an array of x, y, z, channel. Across z: x to the right, y down; across x and y as CloudVolume lays them:
 * the last axis to the right. uint8 and uint16 are gray levels, bool black and white, floats are stretched (infinite ones
 * and NaN count as 0), other whole numbers become colours by their lowest 24 bits. Source: CloudVolume `lib.save_images`.
 * @throws ArgumentError for an axis or a channel that there is not.
 */
export function* sliceImages(array: StridedArray, options: SliceImageOptions = {}): Generator<SliceImage> {
  const { axis = "z", channel, globalNorm = true } = options;
  const cut = AXES.indexOf(axis);
  const [, , , channels = 1] = array.shape;
  if (cut < 0) throw new ArgumentError("Not an axis", { expected: "x, y or z", got: String(axis) });
  if (channel !== undefined && !(Number.isInteger(channel) && channel >= 0 && channel < channels))
    throw new ArgumentError("There is no such channel", {
      expected: `0 to ${channels - 1}`,
      got: String(channel),
    });
  const dtype = array.dtype ?? dataTypeOf(array.data);
  const [across, down] = cut === 2 ? [0, 1] : cut === 1 ? [2, 0] : [2, 1];
  const wanted = channel === undefined ? Array.from({ length: channels }, (_, c) => c) : [channel];
  const range = globalNorm && dtype.startsWith("float") ? rangeOf(array.data) : undefined;
  const shape = [array.shape[across]!, array.shape[down]!];
  for (let slice = 0; slice < array.shape[cut]!; slice++)
    for (const c of wanted) {
      const values = plane(array, [slice * array.stride[cut]! + c * (array.stride[3] ?? 0), across, down]);
      const pixels = toPixels(values, dtype, range ?? (() => rangeOf(values)));
      const depth = pixels.length / (shape[0]! * shape[1]!);
      const full = [...shape, 1, depth] as [number, number, number, number];
      const area = full[0] * full[1];
      yield {
        slice,
        channel: wanted.length > 1 ? c : undefined,
        pixels: { data: pixels, shape: full, stride: [1, full[0], area, area] },
      };
    }
}

function plane({ data, shape, stride }: StridedArray, [start, across, down]: readonly number[]): TypedArray {
  const [width, height] = [shape[across!]!, shape[down!]!];
  const type = data.constructor as new (n: number) => TypedArray;
  const values = new type(width * height);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++) values[to++] = data[start! + x * stride[across!]! + y * stride[down!]!]!;
  return values;
}

type Range = readonly [low: number, high: number];

function toPixels(
  values: TypedArray,
  dtype: DataType,
  range: Range | (() => Range),
): Uint8Array | Uint16Array {
  if (values instanceof Uint16Array) return values;
  if (dtype === "bool") return Uint8Array.from(values as Uint8Array, (v) => (v === 0 ? 0 : 255));
  if (values instanceof Uint8Array) return values;
  if (dtype.startsWith("float"))
    return stretched(values as Float64Array, typeof range === "function" ? range() : range);
  const out = new Uint8Array(4 * values.length).fill(255);
  for (let i = 0; i < values.length; i++) {
    const colour = Number(BigInt.asUintN(24, BigInt(values[i]!)));
    for (let c = 0; c < 3; c++) out[c * values.length + i] = (colour >>> (8 * c)) & 255;
  }
  return out;
}

const finite = (v: number): number => (Number.isFinite(v) ? v : 0);

function rangeOf(values: TypedArray): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values as Float64Array) {
    low = Math.min(low, finite(value));
    high = Math.max(high, finite(value));
  }
  return [low, high];
}

function stretched(values: Float64Array, [low, high]: Range): Uint8Array {
  const scale = high > low ? 255 / (high - low) : 0;
  return Uint8Array.from(values, (v) => Math.trunc((finite(v) - low) * scale));
}
