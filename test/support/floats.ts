/** Voxels that float codecs meet, and those that they hardly ever meet. */
import { arrayType, type DataType } from "../../src/base/dtype.js";
import { product } from "../../src/base/strided.js";
import type { Random } from "./random.js";

export const FLOAT_CONTENTS = ["smooth", "noisy", "bits", "constant", "specials", "steps", "scales"] as const;
export type FloatContent = (typeof FLOAT_CONTENTS)[number];

const SPECIALS = [
  0,
  -0,
  1,
  -1,
  1.5,
  Number.NaN,
  Infinity,
  -Infinity,
  1e-45,
  -5e-324,
  1e-310,
  1e-40,
  3e38,
  1e300,
];

/** Bytes of voxels in Fortran order. `bits` are any bits at all: also every kind of NaN. */
export function floatVoxels(
  random: Random,
  shape: readonly number[],
  dtype: DataType,
  content: FloatContent,
): Uint8Array {
  const type = arrayType(dtype);
  const data = new type(product(shape));
  const bytes = new Uint8Array(data.buffer);
  if (content === "bits") return bytes.map(() => random.bits() & 255);
  const unit = (): number => random.bits() / 2 ** 32;
  const [nx = 1, ny = 1] = shape;
  const constant = 100 * unit() - 50;
  const slopes = [unit(), unit(), unit(), unit()] as const;
  const value = (i: number): number => {
    const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
    const smooth =
      Math.sin(x * slopes[0]) + Math.cos(y * slopes[1]) * Math.sin(z * slopes[2]) * 3 + slopes[3];
    if (content === "smooth") return smooth;
    if (content === "noisy") return smooth + 0.02 * (unit() + unit() + unit() - 1.5);
    if (content === "constant") return constant;
    if (content === "steps") return random.integer(0, 3) === 0 ? Math.round(2 * smooth) : 0;
    if (content === "scales") return (unit() - 0.5) * 2 ** random.integer(-140, 120);
    return random.integer(0, 2) === 0 ? random.of(SPECIALS) : smooth;
  };
  const whole = dtype === "int32" || dtype === "int64";
  for (let i = 0; i < data.length; i++) {
    const v = value(i);
    if (!whole) data[i] = v;
    else if (dtype === "int32")
      data[i] = Math.abs(v) < 2000 ? Math.round(v * 1e6) : v > 0 ? 2 ** 31 - 1 : -(2 ** 31);
    else data[i] = Math.abs(v) < 4e6 ? BigInt(Math.round(v * 1e12)) : v > 0 ? 2n ** 63n - 1n : -(2n ** 63n);
  }
  return bytes;
}

/** A shape with up to `most` voxels an axis; often thin. */
export function floatShape(
  random: Random,
  most: number,
  channels: readonly number[],
): [number, number, number, number] {
  const axis = (): number => (random.integer(0, 5) === 0 ? 1 : random.integer(1, most));
  return [axis(), axis(), axis(), random.of(channels)];
}
