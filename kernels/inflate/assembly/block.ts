import {
  BAD_DISTANCE, BAD_SYMBOL, DISTANCE_BITS, DISTANCE_TABLE, END, EXCEPTIONAL, LITERAL_BITS, LITERAL_TABLE, OK, OUTPUT_FULL,
  PATTERNS, STEPS, SUBTABLE, TRUNCATED,
} from "./layout";
import { bitBuffer, bitCount, input, inputEnd, output, outputEnd, outputStart, save } from "./state";

/** The fast loop reads at most three times 8 bytes for a turn, and writes four literals and a match rounded up. */
const INPUT_MARGIN: usize = 24;
const OUTPUT_MARGIN: usize = 304;

@inline
function literalEntry(table: usize, bits: u64): u32 {
  return load<u32>(table + ((<u32>bits & ((1 << LITERAL_BITS) - 1)) << 2));
}
@inline
function distanceEntry(table: usize, bits: u64): u32 {
  return load<u32>(table + ((<u32>bits & ((1 << DISTANCE_BITS) - 1)) << 2));
}
/** The entry behind a pointer to a subtable; `bits` stand after the main table's bits. */
@inline
function subEntry(table: usize, pointer: u32, bits: u64): u32 {
  return load<u32>(table + (((pointer >> 16) + (<u32>bits & ((1 << ((pointer >> 8) & 15)) - 1))) << 2));
}
/** Base and extra bits; `bits` stand before the codeword. */
@inline
function valueOf(entry: u32, bits: u64): u32 {
  return (entry >> 16) + ((<u32>bits & ((1 << entry) - 1)) >> (entry >> 8));
}

/** Copies a match; may write up to 31 bytes behind it. */
@inline
function copyMatch(tables: usize, to: usize, distance: u32, length: u32): void {
  const end = to + length;
  let from = to - distance;
  if (distance >= 16) {
    v128.store(to, v128.load(from));
    while (to + 16 < end) {
      v128.store(to, v128.load(from, 16), 16);
      v128.store(to, v128.load(from, 32), 32);
      to += 32;
      from += 32;
    }
  } else {
    const pattern = v128.swizzle(v128.load(from), v128.load(tables + (distance << 4), PATTERNS));
    const step = <u32>load<u8>(tables + distance, STEPS);
    do {
      v128.store(to, pattern);
      v128.store(to + step, pattern);
      to += step << 1;
    } while (to < end);
  }
}

/**
 * Decodes one block's symbols with the code in `tables`, or the rest of them: on OUTPUT_FULL the state stands before the
 * first symbol that does not fit. `bits` are shifted by whole entries: only the six lowest
 * bits of a shift count; in `left` as well, until the loop ends.
 */
export function decodeBlock(tables: usize): i32 {
  const literals = tables + LITERAL_TABLE;
  const distances = tables + DISTANCE_TABLE;
  const start = outputStart;
  const inputFast = inputEnd - input > INPUT_MARGIN ? inputEnd - INPUT_MARGIN : 0;
  const outputFast = outputEnd - output > OUTPUT_MARGIN ? outputEnd - OUTPUT_MARGIN : 0;
  let from = input;
  let to = output;
  let bits = bitBuffer;
  let left = bitCount;
  let entry: u32 = 0;

  if (from <= inputFast && to <= outputFast) {
    bits |= load<u64>(from) << left;
    from += 7 - ((left >> 3) & 7);
    left |= 56;
    entry = literalEntry(literals, bits);
    do {
      // At least 56 bits. Up to four literals of at most 11 bits each, or three and a length (20 bits).
      if (<i32>entry < 0) {
        bits >>= entry;
        left -= entry;
        store<u8>(to++, entry >> 16);
        entry = literalEntry(literals, bits);
        if (<i32>entry < 0) {
          bits >>= entry;
          left -= entry;
          store<u8>(to++, entry >> 16);
          entry = literalEntry(literals, bits);
          if (<i32>entry < 0) {
            bits >>= entry;
            left -= entry;
            store<u8>(to++, entry >> 16);
            entry = literalEntry(literals, bits);
            if (<i32>entry < 0) {
              bits >>= entry;
              left -= entry;
              store<u8>(to++, entry >> 16);
              entry = literalEntry(literals, bits);
              bits |= load<u64>(from) << left;
              from += 7 - ((left >> 3) & 7);
              left |= 56;
              continue;
            }
          }
        }
      }
      if (entry & EXCEPTIONAL) {
        if (entry & SUBTABLE) {
          bits >>= entry;
          left -= entry;
          entry = subEntry(literals, entry, bits);
        }
        if (<i32>entry < 0) {
          bits >>= entry;
          left -= entry;
          store<u8>(to++, entry >> 16);
          bits |= load<u64>(from) << left;
          from += 7 - ((left >> 3) & 7);
          left |= 56;
          entry = literalEntry(literals, bits);
          continue;
        }
        if (entry & EXCEPTIONAL) {
          if (!(entry & END)) return BAD_SYMBOL;
          bits >>= entry;
          left -= entry;
          save(from, to, bits, left & 63);
          return OK;
        }
      }
      const length = valueOf(entry, bits);
      bits >>= entry;
      left -= entry;

      bits |= load<u64>(from) << left;
      from += 7 - ((left >> 3) & 7);
      left |= 56;
      entry = distanceEntry(distances, bits);
      if (entry & EXCEPTIONAL) {
        if (!(entry & SUBTABLE)) return BAD_SYMBOL;
        bits >>= entry;
        left -= entry;
        entry = subEntry(distances, entry, bits);
        if (entry & EXCEPTIONAL) return BAD_SYMBOL;
      }
      const distance = valueOf(entry, bits);
      bits >>= entry;
      left -= entry;
      if (<usize>distance > to - start) return BAD_DISTANCE;
      // The next symbol's entry and the refill come before the copy: they do not wait for it.
      entry = literalEntry(literals, bits);
      bits |= load<u64>(from) << left;
      from += 7 - ((left >> 3) & 7);
      left |= 56;
      copyMatch(tables, to, distance, length);
      to += length;
    } while (from <= inputFast && to <= outputFast);
    left &= 63;
  }

  // The ends of input and output: byte by byte, nothing is read or written outside.
  while (true) {
    while (left < 56 && from < inputEnd) {
      bits |= <u64>load<u8>(from++) << left;
      left += 8;
    }
    // What does not fit is left for the next call.
    save(from, to, bits, left);
    entry = literalEntry(literals, bits);
    if (entry & SUBTABLE && <i32>entry >= 0) {
      if (left < LITERAL_BITS) return TRUNCATED;
      bits >>= entry;
      left -= LITERAL_BITS;
      entry = subEntry(literals, entry, bits);
    }
    if ((entry & 63) > left) return TRUNCATED;
    if (<i32>entry < 0) {
      if (to >= outputEnd) return OUTPUT_FULL;
      store<u8>(to++, entry >> 16);
      bits >>= entry;
      left -= entry & 63;
      continue;
    }
    if (entry & EXCEPTIONAL) {
      if (!(entry & END)) return BAD_SYMBOL;
      save(from, to, bits >> entry, left - (entry & 63));
      return OK;
    }
    const length = valueOf(entry, bits);
    bits >>= entry;
    left -= entry & 63;
    while (left < 56 && from < inputEnd) {
      bits |= <u64>load<u8>(from++) << left;
      left += 8;
    }
    entry = distanceEntry(distances, bits);
    if (entry & SUBTABLE) {
      if (left < DISTANCE_BITS) return TRUNCATED;
      bits >>= entry;
      left -= DISTANCE_BITS;
      entry = subEntry(distances, entry, bits);
    }
    if ((entry & 63) > left) return TRUNCATED;
    if (entry & EXCEPTIONAL) return BAD_SYMBOL;
    const distance = valueOf(entry, bits);
    bits >>= entry;
    left -= entry & 63;
    if (<usize>distance > to - start) return BAD_DISTANCE;
    if (to <= outputFast) {
      copyMatch(tables, to, distance, length);
      to += length;
    } else {
      if (<usize>length > outputEnd - to) return OUTPUT_FULL;
      for (const end = to + length; to < end; to++) store<u8>(to, load<u8>(to - distance));
    }
  }
}
