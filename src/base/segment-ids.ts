/** Segments by number, in all spellings of a 64-bit label. */
import { ArgumentError } from "./errors.js";

/** A label: a bigint, a safe integer, or decimal digits. */
export type SegmentId = bigint | number | string;
export type SegmentIds = SegmentId | Iterable<SegmentId>;

const MOST = 2n ** 64n;

/** @throws ArgumentError for what is no whole number from 0 to 2^64 - 1, and for numbers that a double may have rounded. */
export function toSegmentId(id: SegmentId): bigint {
  const whole =
    typeof id === "bigint" || (typeof id === "number" ? Number.isSafeInteger(id) : /^\d{1,20}$/.test(id));
  const value = whole ? BigInt(id) : -1n;
  if (value >= 0n && value < MOST) return value;
  throw new ArgumentError("Not a segment", {
    expected: "a whole number from 0 to 2^64 - 1; above 2^53 a bigint or digits",
    got: String(id),
  });
}

/** One or many labels; each once, in the order they came. */
export function toSegmentIds(ids: SegmentIds): bigint[] {
  const many = typeof ids === "object" ? ids : [ids];
  return [...new Set(Array.from(many, toSegmentId))];
}
