/** Arguments that are more than text. Each parser throws commander's InvalidArgumentError with the form it wants. */
import { InvalidArgumentError } from "commander";

export type Box = readonly [number, number, number, number, number, number];
export type Triple = readonly [number, number, number];

/** `x0,y0,z0,x1,y1,z1`. */
export function parseBox(text: string): Box {
  const box = integers(
    text,
    6,
    "A box is six whole numbers: x0,y0,z0,x1,y1,z1, e.g. --bbox=-8,0,0,8,8,8",
  ) as unknown as Box;
  if (box[0] > box[3] || box[1] > box[4] || box[2] > box[5])
    throw new InvalidArgumentError(
      "A box ends where it begins or later: x0,y0,z0,x1,y1,z1 with x0 <= x1 and so on.",
    );
  return box;
}

/** `x0,y0,z0,x1,y1,z1` in physical units: fractions, too. */
export function parsePhysicalBox(text: string): readonly number[] {
  const box = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const ordered = [0, 1, 2].every((axis) => box[axis]! <= box[axis + 3]!);
  if (box.length === 6 && box.every(Number.isFinite) && ordered) return box;
  throw new InvalidArgumentError(
    "A box is six numbers in nanometres: x0,y0,z0,x1,y1,z1 with x0 <= x1 and so on.",
  );
}

/** `x,y,z`: whole numbers, negative ones too. */
export function parsePoint(text: string): Triple {
  return integers(text, 3, "It is three whole numbers: x,y,z, e.g. --offset=-64,0,0") as unknown as Triple;
}

/** `x,y,z`: whole numbers above 0. */
export function parseSize(text: string): Triple {
  const form = "It is three whole numbers of at least 1: x,y,z, e.g. 64,64,32";
  const size = integers(text, 3, form) as unknown as Triple;
  if (size.some((n) => n < 1)) throw new InvalidArgumentError(`${form}.`);
  return size;
}

/** `x,y,z,channels`, or `x,y,z` for one channel. */
export function parseShape(text: string): readonly number[] {
  const form = "A shape is four whole numbers of at least 1: x,y,z,channels, e.g. 64,64,64,1";
  const parts = text.split(",").length;
  const shape = integers(text, parts === 3 ? 3 : 4, form);
  if (shape.some((n) => n < 1)) throw new InvalidArgumentError(`${form}.`);
  return parts === 3 ? [...shape, 1] : shape;
}

/** Nanometres of a voxel: `x,y,z`, decimals allowed. */
export function parseResolution(text: string): Triple {
  const form = "A resolution is three numbers above 0 in nanometres: x,y,z, e.g. 8,8,40.";
  const numbers = text.split(",").map((part) => (DECIMAL.test(part.trim()) ? Number(part) : Number.NaN));
  if (numbers.length !== 3 || !numbers.every((n) => n > 0 && Number.isFinite(n)))
    throw new InvalidArgumentError(form);
  return numbers as unknown as Triple;
}

/** A level: its number (-1: the coarsest), or its resolution. */
export function parseMip(text: string): number | Triple {
  if (/^-?\d{1,6}$/.test(text)) return Number(text);
  try {
    return parseResolution(text);
  } catch {
    throw new InvalidArgumentError(
      "A mip is a whole number (0: the finest) or a resolution in nanometres such as 8,8,40.",
    );
  }
}

/** A voxel value; whole numbers beyond 2^53 stay exact. */
export function parseVoxel(text: string): number | bigint {
  if (/^-?\d{1,20}$/.test(text)) {
    const exact = BigInt(text);
    return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
  }
  if (!DECIMAL.test(text)) throw new InvalidArgumentError("It is a number.");
  return Number(text);
}

/** A whole number from `min` to `max`. */
export function parseWhole(min: number, max: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return (text) => {
    const n = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!(n >= min && n <= max)) throw new InvalidArgumentError(`It is a whole number ${range}.`);
    return n;
  };
}

/** A number of at least 0. */
export function parseNumber(text: string): number {
  const n = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!(n >= 0 && Number.isFinite(n))) throw new InvalidArgumentError("It is a number of at least 0.");
  return n;
}

const DECIMAL = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function integers(text: string, length: number, form: string): number[] {
  const parts = text.split(",").map((part) => part.trim());
  const numbers = parts.map((part) => (/^[+-]?\d{1,16}$/.test(part) ? Number(part) + 0 : Number.NaN));
  if (numbers.length !== length || !numbers.every(Number.isSafeInteger))
    throw new InvalidArgumentError(`${form}.`);
  return numbers;
}

/** A label: a whole number of 64 bits. */
export function parseLabel(text: string): bigint {
  if (/^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n) return BigInt(text);
  throw new InvalidArgumentError("Expected a whole number from 0 to 2^64 - 1.");
}
