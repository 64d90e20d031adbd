// Baseline JPEG (ITU-T T.81): one scan of one component, or of three of the same size, without restarts.
import { extend, longEntry } from "./huffman";
import {
  BLOCK, DAMAGED, FULL, HUFFMAN, HUFFMAN_SIZE, KIND, LONG, NATURAL, NONE, OK, QUANTIZATION, SUMS, TABLES_SIZE,
} from "./layout";
import { flat, transform } from "./transform";

export { toRgb } from "./colour";
export { huffman } from "./huffman";

/** Bytes that the `tables` region needs. */
export function tablesSize(): usize {
  return TABLES_SIZE;
}

/** Fills what is the same for all files: once for a region. */
export function prepare(tables: usize): void {
  memory.fill(tables + BLOCK, 0, 144);
  let x: i32 = 0;
  let y: i32 = 0;
  for (let k: usize = 0; k < 64; k++) {
    store<u8>(tables + NATURAL + k, y * 8 + x);
    if (((x + y) & 1) == 0) {
      if (x == 7) y++;
      else if (y == 0) x++;
      else {
        x++;
        y--;
      }
    } else if (y == 7) x++;
    else if (x == 0) y++;
    else {
      x--;
      y++;
    }
  }
  memory.fill(tables + NATURAL + 64, 64, 16);
}

/** Table `slot` (0 to 3) from 64 bytes in zigzag order. */
export function quantize(tables: usize, slot: u32, from: usize): void {
  const to = tables + QUANTIZATION + (slot << 7);
  for (let k: usize = 0; k < 64; k++)
    store<i16>(to + (<usize>load<u8>(tables + NATURAL + k) << 1), load<u8>(from + k));
}

/**
 * Takes the stuffed zeros out of a scan and turns it round: byte i goes to `end` - 1 - i, so that eight of them are one
 * number. @returns their count, at most `length`; bytes below it are zeros, 16 of them.
 */
export function unstuff(from: usize, length: usize, end: usize): usize {
  const last = from + length;
  const ones = i8x16.splat(-1);
  let to = end;
  while (from < last) {
    if (from + 16 <= last) {
      const bytes = v128.load(from);
      if (!v128.any_true(i8x16.eq(bytes, ones))) {
        to -= 16;
        v128.store(to, v128.shuffle<u8>(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
        from += 16;
        continue;
      }
    }
    for (const stop = min(last, from + 16); from < stop; from++) {
      const byte = load<u8>(from);
      store<u8>(--to, byte);
      if (byte == 0xff) from++;
    }
  }
  memory.fill(to - 16, 0, 16);
  return end - to;
}

/** Where the scan is read: the next bits highest, and how many of them count. */
let bits: u64 = 0;
let held: u32 = 0;
let next: usize = 0;
let first: usize = 0;

/**
 * Decodes a scan of `count` bytes that `unstuff` put before `end` into planes of `across` x `down` blocks, one behind the
 * other. `slots`: for each component a byte of table numbers, DC | AC << 2 | quantization << 4. `rows`: a byte for each row of
 * blocks, 0 where none is wanted; `left` to `right` - 1 are the wanted blocks of the others. What is not wanted is passed over,
 * and what comes after the last wanted row not looked at. @returns 0 if, where all rows are, the scan is just that long.
 */
export function scan(
  end: usize, count: usize, tables: usize, components: u32, slots: u32, across: u32, down: u32, planes: usize,
  rows: usize, left: u32, right: u32,
): i32 {
  next = end;
  first = end - count;
  bits = 0;
  held = 0;
  memory.fill(tables + BLOCK, 0, 128);
  const pitch: usize = across << 3;
  const plane = pitch * (<usize>down << 3);
  let dc0: i32 = 0;
  let dc1: i32 = 0;
  let dc2: i32 = 0;
  let wanted = down;
  while (wanted > 0 && load<u8>(rows + wanted - 1) == 0) wanted--;
  for (let y: u32 = 0; y < wanted; y++) {
    const isWanted = load<u8>(rows + y) != 0;
    for (let x: u32 = 0; x < across; x++) {
      if (!isWanted || x < left || x >= right) {
        dc0 = passOver(tables, slots, dc0);
        if (components == 3) {
          dc1 = passOver(tables, slots >> 8, dc1);
          dc2 = passOver(tables, slots >> 16, dc2);
        }
      } else {
        const to = planes + (<usize>y << 3) * pitch + (<usize>x << 3);
        dc0 = block(tables, slots, dc0, to, pitch);
        if (components == 3) {
          dc1 = block(tables, slots >> 8, dc1, to + plane, pitch);
          dc2 = block(tables, slots >> 16, dc2, to + 2 * plane, pitch);
        }
      }
      if (dc0 == BROKEN || dc1 == BROKEN || dc2 == BROKEN) return DAMAGED;
    }
    if (next + 16 < first) return DAMAGED;
  }
  if (wanted < down) return OK;
  // What is left are the bits that fill up the last byte.
  const rest = (<isize>next - <isize>first) * 8 + <isize>held;
  return rest >= 0 && rest < 8 ? OK : DAMAGED;
}

/** No first coefficient is this. */
const BROKEN: i32 = i32.MIN_VALUE;

/** A block's voxels. @returns the first coefficient, or BROKEN. */
function block(tables: usize, slots: u32, before: i32, to: usize, pitch: usize): i32 {
  return decode(tables, slots, before, to, pitch, true);
}

/** The same without keeping the block's voxels. */
function passOver(tables: usize, slots: u32, before: i32): i32 {
  return decode(tables, slots, before, 0, 0, false);
}

@inline
function decode(tables: usize, slots: u32, before: i32, to: usize, pitch: usize, keeps: bool): i32 {
  const dc = tables + HUFFMAN + (slots & 3) * HUFFMAN_SIZE;
  const ac = tables + HUFFMAN + (4 + ((slots >> 2) & 3)) * HUFFMAN_SIZE;
  const quantization = tables + QUANTIZATION + (((slots >> 4) & 3) << 7);
  const coefficients = tables + BLOCK;
  const natural = tables + NATURAL;
  let b = bits;
  let n = held;
  let from = next;
  if (n < 32) {
    b |= load<u64>(from - 8) >> n;
    from -= (63 - n) >> 3;
    n |= 56;
  }
  let entry = load<u32>(dc + (<usize>(b >> 54) << 2));
  if ((entry & KIND) == LONG) entry = longEntry(dc, b);
  if ((entry & KIND) == LONG) return BROKEN;
  b <<= entry;
  n -= entry & 63;
  let value = before;
  if ((entry & KIND) == FULL) value += <i32>entry >> 16;
  else if ((entry & KIND) != NONE) {
    const size = (entry >> 12) & 15;
    value += extend(<u32>(b >> (64 - size)), size);
    b <<= size;
    n -= size;
  }
  if (keeps) store<i16>(coefficients, value);

  let k: u32 = 1;
  do {
    if (n < 32) {
      b |= load<u64>(from - 8) >> n;
      from -= (63 - n) >> 3;
      n |= 56;
    }
    entry = load<u32>(ac + (<usize>(b >> 54) << 2));
    if ((entry & KIND) == FULL) {
      b <<= entry;
      n -= entry & 63;
      k += (entry >> 8) & 15;
      if (keeps) store<i16>(coefficients + (<usize>load<u8>(natural + k) << 1), <i32>entry >> 16);
      k++;
      continue;
    }
    if ((entry & KIND) == LONG) {
      entry = longEntry(ac, b);
      if (entry == LONG) return BROKEN;
    }
    b <<= entry;
    n -= entry & 63;
    k += (entry >> 8) & 15;
    if ((entry & KIND) == NONE) {
      if ((entry & 0xf00) != 0xf00) {
        k -= (entry >> 8) & 15;
        break;
      }
      k++;
      continue;
    }
    const size = (entry >> 12) & 15;
    if (keeps)
      store<i16>(coefficients + (<usize>load<u8>(natural + k) << 1), extend(<u32>(b >> (64 - size)), size));
    b <<= size;
    n -= size;
    k++;
  } while (k < 64);
  bits = b;
  held = n;
  next = from;
  if (k > 64 || from + 16 < first) return BROKEN;
  if (!keeps) return value;
  if (k == 1) flat(tables, quantization, to, pitch);
  else {
    transform(tables, quantization, to, pitch, tables + SUMS);
    for (let i: usize = 0; i < 128; i += 16) v128.store(coefficients + i, i64x2.splat(0));
  }
  return value;
}
