/** Seeded random numbers, so that a failure comes back. */
import { arrayType, type DataType, isBigDataType, type TypedArray } from "../../src/base/dtype.js";
import { fortranStride, product, type StridedArray } from "../../src/base/strided.js";

export interface Random {
  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  /** One of the choices. */
  of<T>(choices: readonly T[]): T;
  /** 32 bits. */
  bits(): number;
}

/** splitmix32: small, and good enough to choose boxes and voxels. */
export function seeded(seed: number): Random {
  let state = seed | 0;
  const bits = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  const integer = (low: number, high: number): number => low + (bits() % (high - low + 1));
  return { bits, integer, of: (choices) => choices[integer(0, choices.length - 1)]! };
}

/** What voxels look like: `noise` uses every bit, `labels` are large areas of few values, `smooth` is a gradient. */
export type Texture = "noise" | "labels" | "smooth";

/** A dense Fortran array of random voxels. Floats are finite. */
export function randomArray(
  random: Random,
  shape: readonly number[],
  dtype: DataType,
  texture: Texture = "noise",
): StridedArray {
  const data = new (arrayType(dtype))(product(shape));
  fill(data, random, shape, dtype, texture);
  return { data, shape, stride: fortranStride(shape), dtype };
}

function fill(
  data: TypedArray,
  random: Random,
  shape: readonly number[],
  dtype: DataType,
  texture: Texture,
): void {
  const [sx = 1, sy = 1, sz = 1] = shape;
  const palette = Array.from({ length: 12 }, () => anyValue(random, dtype));
  const slant = random.integer(1, 5);
  for (let i = 0; i < data.length; i++) {
    const x = i % sx;
    const y = Math.floor(i / sx) % sy;
    const z = Math.floor(i / (sx * sy)) % sz;
    const c = Math.floor(i / (sx * sy * sz));
    if (texture === "noise") data[i] = anyValue(random, dtype);
    else if (texture === "labels")
      data[i] = palette[((x >> 3) + slant * (y >> 2) + 3 * (z >> 2) + c) % palette.length]!;
    else data[i] = cast(slant * x + 2 * y + 5 * z + 40 * c + random.integer(0, 2), dtype);
  }
}

function cast(value: number, dtype: DataType): number | bigint {
  if (isBigDataType(dtype)) return BigInt(value);
  return dtype === "bool"
    ? value & 1
    : dtype === "uint8"
      ? value & 255
      : dtype === "int8"
        ? (value & 255) - 128
        : value;
}

function anyValue(random: Random, dtype: DataType): number | bigint {
  if (dtype === "bool") return random.bits() & 1;
  if (isBigDataType(dtype)) return (BigInt(random.bits()) << 32n) | BigInt(random.bits());
  if (dtype === "float32") return Math.fround((random.bits() - 2 ** 31) / 1024);
  if (dtype === "float64") return (random.bits() - 2 ** 31) / 3;
  return random.bits();
}
