import { ArgumentError } from "./errors.js";
import { show } from "./show.js";

/** The corners that a file name holds, as they stand in it. */
export interface NamedBox {
  readonly from: readonly [number, number, number];
  readonly to: readonly [number, number, number];
  /** Whether a number is written with a decimal point. */
  readonly decimal: boolean;
}

const NUMBER = String.raw`(-?\d+(?:\.\d+)?)`;
const RANGES = ["x", "y", "z"].map(() => `${NUMBER}-${NUMBER}`).join("_");
const NAME = new RegExp(String.raw`^${RANGES}(?:\.(?:gz|br|zstd|xz|bz2))?$`);

/**
 * Reads the box in a chunk's name: `x0-x1_y0-y1_z0-z1`, with negative or decimal numbers, a compression suffix,
 * folders before it, or a mesh fragment's `label:lod:` before it.
 * @throws ArgumentError for any other name, and for whole numbers beyond 2^53.
 */
export function parseBoxName(name: string): NamedBox {
  const base = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf(":")) + 1);
  const match = NAME.exec(base);
  const numbers = match?.slice(1).map(Number) ?? [];
  if (match === null || !numbers.every((n) => Number.isFinite(n) && Math.abs(n) <= Number.MAX_SAFE_INTEGER))
    throw new ArgumentError("No bounding box in this file name", {
      where: show(name),
      expected: "x0-x1_y0-y1_z0-z1 with an optional .gz, .br, .zstd, .xz or .bz2",
    });
  const [x0, x1, y0, y1, z0, z1] = numbers as [number, number, number, number, number, number];
  return {
    from: [x0, y0, z0],
    to: [x1, y1, z1],
    decimal: match.slice(1).some((digits) => digits.includes(".")),
  };
}

/**
 * A coordinate in plain decimals. Without a precision (0 counts as none): all its digits, at least one of them
 * after the point if `decimal`. With one: that many, an exact half going to the even digit.
 */
export function formatCoordinate(value: number, decimal: boolean, precision = 0): string {
  if (precision > 0) return fixed(value, precision);
  const digits = plain(value);
  return decimal && !digits.includes(".") ? `${digits}.0` : digits;
}

/** `String(value)` without an exponent. */
function plain(value: number): string {
  const [mantissa = "", exponent] = String(value).split("e");
  if (exponent === undefined) return mantissa;
  if (value % 1 === 0) return BigInt(value).toString();
  // Below 1e-6: the digits after as many zeros as the exponent says.
  const sign = mantissa.startsWith("-") ? "-" : "";
  return `${sign}0.${"0".repeat(-Number(exponent) - 1)}${mantissa.replace(/[-.]/g, "")}`;
}

function fixed(value: number, precision: number): string {
  if (Math.abs(value) >= 1e21) return `${plain(value)}.${"0".repeat(precision)}`;
  const text = value.toFixed(precision);
  const halves = Math.abs(value) * 2 ** (precision + 1);
  const last = text.charCodeAt(text.length - 1) - 48;
  // toFixed takes an exact half away from zero; the digit below is the even one.
  return halves % 2 === 1 && last % 2 === 1 ? `${text.slice(0, -1)}${last - 1}` : text;
}
