// Writes the scan of a baseline JPEG file (ITU-T T.81), one component or three of the same size, every bit as libjpeg's.
import { copyRows, extend, toYcc } from "./colour";
import {
  AC, BLOCK, CODES, CODES_SIZE, DC, FLAGS, LONGEST, NATURAL, QUICK, RECIPROCALS, RECIPROCALS_SIZE, SMALL,
} from "./layout";
import { fast } from "./fast";
import { slow } from "./slow";
import { sizeOf, withBits } from "./tables";

export { huffman, prepare, quantize, tablesSize } from "./tables";

/** Where bits are written, from the highest address down: those that make no whole byte yet lowest, and their count. */
let bits: u64 = 0;
let held: u32 = 0;
let next: usize = 0;
/** Whether the transform is the faster one. */
let quick: bool = false;

/** Bytes of scratch that `scan` needs for images of this width. */
export function workSize(width: u32, components: u32): usize {
  const across: usize = (width + 7) >> 3;
  return across * components * (64 + LONGEST) + 64;
}

/** Bytes of room for a row of blocks, without which `scan` does not begin it. */
export function leastRoom(width: u32, components: u32): usize {
  const across: usize = (width + 7) >> 3;
  return across * components * (2 * LONGEST) + 64;
}

/**
 * Encodes planes of `width` x `height` samples, one behind the other. @returns bytes written at `to`; 0 if `room` may not do.
 * May read 7 bytes behind the planes.
 */
export function scan(
  from: usize, width: u32, height: u32, components: u32, tables: usize, work: usize, to: usize, room: usize,
): usize {
  const across: usize = (width + 7) >> 3;
  const pitch = across << 3;
  const plane = <usize>width * height;
  const strip = pitch << 3;
  const low = work + components * strip;
  const end = low + across * components * LONGEST + 32;
  const most = leastRoom(width, components);
  const start = to;
  const last = to + room;
  const colour = tables + CODES + CODES_SIZE;
  const reciprocals = tables + RECIPROCALS;
  quick = load<u32>(tables + QUICK) != 0;
  bits = 0;
  held = 0;
  let dc0: i32 = 0;
  let dc1: i32 = 0;
  let dc2: i32 = 0;
  for (let y: u32 = 0; y < height; y += 8, from += <usize>width << 3) {
    if (last - to < most) return 0;
    const rows: usize = min(8, height - y);
    let at = work;
    if (components == 3) {
      toYcc(from, plane, width, rows, pitch, work);
      for (let c: usize = 0; c < 3; c++) extend(work + c * strip, width, rows, pitch);
    } else if (pitch == width && rows == 8) at = from;
    else {
      copyRows(from, width, rows, pitch, work);
      extend(work, width, rows, pitch);
    }
    next = end;
    for (const stop = at + pitch; at < stop; at += 8) {
      dc0 = block(at, pitch, tables, reciprocals, tables + CODES, dc0);
      if (components == 1) continue;
      dc1 = block(at + strip, pitch, tables, reciprocals + RECIPROCALS_SIZE, colour, dc1);
      dc2 = block(at + 2 * strip, pitch, tables, reciprocals + RECIPROCALS_SIZE, colour, dc2);
    }
    to = stuff(end, end - next, to);
  }
  if (held == 0) return to - start;
  store<u8>(end - 1, <u8>((bits << (8 - held)) | (0xff >> held)));
  return stuff(end, 1, to) - start;
}

/** One block; `before` is the first coefficient of the one before. @returns its own. */
function block(from: usize, pitch: usize, tables: usize, reciprocals: usize, codes: usize, before: i32): i32 {
  const natural = quick ? fast(from, pitch, tables, reciprocals) : slow(from, pitch, tables, reciprocals);
  const coefficients = tables + BLOCK;
  let b = bits;
  let n = held;
  let to = next;
  const first: i32 = load<i16>(coefficients);
  const difference = first - before;
  const size = sizeOf(difference);
  let entry = withBits(load<u32>(codes + DC + (<usize>size << 2)), difference, size);
  b = (b << entry) | (entry >> 6);
  n += <u32>entry & 63;
  let rest = flagsOf(tables + FLAGS, natural) & ~1;
  let last: usize = 0;
  store<u64>(to - 8, b << (64 - <u64>n));
  to -= n >> 3;
  n &= 7;
  // Seven bits held and two codes of 26 fit: whole bytes are stored behind two coefficients.
  while (rest != 0) {
    let k = <usize>ctz(rest);
    rest &= rest - 1;
    let run = k - last - 1;
    last = k;
    if (run > 15) {
      const zeros = <u64>load<u32>(codes + AC + (0xf0 << 2));
      for (; run > 15; run -= 16) {
        b = (b << zeros) | (zeros >> 6);
        n += <u32>zeros & 63;
        store<u64>(to - 8, b << (64 - <u64>n));
        to -= n >> 3;
        n &= 7;
      }
    }
    entry = entryOf(codes, run, load<i16>(coefficients + <usize>load<u8>(tables + NATURAL + k)));
    b = (b << entry) | (entry >> 6);
    n += <u32>entry & 63;
    if (rest == 0) break;
    k = <usize>ctz(rest);
    run = k - last - 1;
    if (run < 16) {
      rest &= rest - 1;
      last = k;
      entry = entryOf(codes, run, load<i16>(coefficients + <usize>load<u8>(tables + NATURAL + k)));
      b = (b << entry) | (entry >> 6);
      n += <u32>entry & 63;
    }
    store<u64>(to - 8, b << (64 - <u64>n));
    to -= n >> 3;
    n &= 7;
  }
  if (last < 63) {
    entry = <u64>load<u32>(codes + AC);
    b = (b << entry) | (entry >> 6);
    n += <u32>entry & 63;
  }
  store<u64>(to - 8, b << (64 - <u64>n));
  next = to - (n >> 3);
  bits = b;
  held = n & 7;
  return first;
}

/** What is written for a coefficient that is not zero behind `run` < 16 zeros. */
@inline
function entryOf(codes: usize, run: usize, value: i32): u64 {
  if (<u32>(value + 32) < 64) return <u64>load<u32>(codes + SMALL + (((run << 6) + (value + 32)) << 2));
  const size = sizeOf(value);
  return withBits(load<u32>(codes + AC + (((run << 4) + size) << 2)), value, size);
}

/** Flags in natural order to those of the zigzag order. */
@inline
function flagsOf(flags: usize, natural: u64): u64 {
  let all = row(flags, natural, 0) | row(flags, natural, 1) | row(flags, natural, 2) | row(flags, natural, 3);
  if (natural >> 32 != 0)
    all |= row(flags, natural, 4) | row(flags, natural, 5) | row(flags, natural, 6) | row(flags, natural, 7);
  return all;
}
@inline
function row(flags: usize, natural: u64, y: u32): u64 {
  return load<u64>(flags + (y << 11) + ((<usize>(natural >> (y << 3)) & 255) << 3));
}

/** Puts `count` bytes that lie below `end`, the first highest, to `to` with a zero behind each FF. @returns its end. */
function stuff(end: usize, count: usize, to: usize): usize {
  const ones = i8x16.splat(-1);
  const last = end - count;
  for (; end > last; end -= 16) {
    const b = v128.load(end - 16);
    const bytes = v128.shuffle<u8>(b, b, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const left = min(end - last, 16);
    if (!v128.any_true(i8x16.eq(bytes, ones))) {
      v128.store(to, bytes);
      to += left;
      continue;
    }
    for (let i: usize = 1; i <= left; i++) {
      const byte = load<u8>(end - i);
      store<u8>(to++, byte);
      if (byte != 0xff) continue;
      store<u8>(to++, 0);
    }
  }
  return to;
}
