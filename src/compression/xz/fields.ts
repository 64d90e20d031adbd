import { crc32 } from "../crc32.js";
import { corrupt } from "../output.js";

export function readU32(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) corrupt("xz data ends early");
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** Compares the CRC-32 of `bytes[from..to)` with the one that follows. */
export function checkedSum(bytes: Uint8Array, from: number, to: number): void {
  if (readU32(bytes, to) !== crc32(bytes, from, to)) corrupt("xz header has a wrong checksum");
}

/** A number of 1 to 9 bytes, seven bits each, the lowest first; refused beyond 2^53. */
export function readVarint(bytes: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  for (let n = 0; n < 9; n++) {
    const byte = bytes[cursor.at++] ?? corrupt("xz data ends early");
    value += (byte & 0x7f) * 2 ** (7 * n);
    if (byte < 0x80) {
      if (byte === 0 && n > 0) break;
      return Number.isSafeInteger(value) ? value : corrupt("xz data declares an impossible size");
    }
  }
  return corrupt("xz data holds a wrong number");
}
