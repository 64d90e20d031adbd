/** Arithmetic of byte ranges: what of an object a range covers. */
import { ArgumentError } from "../base/errors.js";
import type { ByteRange } from "./store.js";

export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** @throws ArgumentError unless offset and lengths are whole numbers, not negative. */
export function checkRange(range: ByteRange, where: string): void {
  const numbers = "suffixLength" in range ? [range.suffixLength] : [range.offset, range.length];
  if (numbers.every((n) => Number.isSafeInteger(n) && n >= 0)) return;
  throw new ArgumentError("Not a byte range", { where, got: JSON.stringify(range) });
}

/** The part of an object of `size` bytes that a range covers; all of it without a range. */
export function clipRange(range: ByteRange | undefined, size: number, where: string): Span {
  if (range === undefined) return { offset: 0, length: size };
  checkRange(range, where);
  if ("suffixLength" in range) {
    const length = Math.min(range.suffixLength, size);
    return { offset: size - length, length };
  }
  const offset = Math.min(range.offset, size);
  return { offset, length: Math.min(range.length, size - offset) };
}

/** The bytes for `length`: the caller's place or fresh ones. @throws ArgumentError if the place is too small. */
export function placeFor(
  length: number,
  into: ((length: number) => Uint8Array) | undefined,
  where: string,
): Uint8Array {
  if (into === undefined) return new Uint8Array(length);
  const place = into(length);
  if (place.length >= length) return place.subarray(0, length);
  throw new ArgumentError("The place for the bytes is too small", {
    where,
    expected: `${length} bytes`,
    got: `${place.length}`,
  });
}
