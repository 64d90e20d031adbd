// Coefficients between their bit planes and a block of integers. Coefficients count in base -2.
import { BLOCK, BYTES, COEFFICIENTS, PLANES } from "./job";

/** Eight planes (of byte `group`) of 16 or `size` coefficients to a byte for each. */
export function joinBits(scratch: usize, size: u32, group: u32): void {
  const bytes = scratch + (<usize>group << 8);
  if (size <= 16) {
    const planes = v128.load(scratch + (<usize>group << 4), PLANES);
    v128.store(bytes, turn8(i8x16.shuffle(planes, planes, 0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15)), BYTES);
    return;
  }
  for (let part: usize = 0; part < <usize>size; part += 64) {
    const planes = scratch + (part << 3) + (<usize>group << 6);
    const a = pairs(v128.load(planes, PLANES));
    const b = pairs(v128.load(planes, PLANES + 16));
    const c = pairs(v128.load(planes, PLANES + 32));
    const d = pairs(v128.load(planes, PLANES + 48));
    const ab = v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    const AB = v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
    const cd = v128.shuffle<i16>(c, d, 0, 8, 1, 9, 2, 10, 3, 11);
    const CD = v128.shuffle<i16>(c, d, 4, 12, 5, 13, 6, 14, 7, 15);
    v128.store(bytes + part, turn8(v128.shuffle<i32>(ab, cd, 0, 4, 1, 5)), BYTES);
    v128.store(bytes + part, turn8(v128.shuffle<i32>(ab, cd, 2, 6, 3, 7)), BYTES + 16);
    v128.store(bytes + part, turn8(v128.shuffle<i32>(AB, CD, 0, 4, 1, 5)), BYTES + 32);
    v128.store(bytes + part, turn8(v128.shuffle<i32>(AB, CD, 2, 6, 3, 7)), BYTES + 48);
  }
}

/** Bytes of two words, in turns. */
@inline
function pairs(v: v128): v128 {
  return i8x16.shuffle(v, v, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** Both halves as 8 x 8 bits, rows for columns. */
function turn8(x: v128): v128 {
  let t = v128.and(v128.xor(x, v128.shr<u64>(x, 7)), i64x2.splat(0x00aa00aa00aa00aa));
  x = v128.xor(v128.xor(x, t), v128.shl<i64>(t, 7));
  t = v128.and(v128.xor(x, v128.shr<u64>(x, 14)), i64x2.splat(0x0000cccc0000cccc));
  x = v128.xor(v128.xor(x, t), v128.shl<i64>(t, 14));
  t = v128.and(v128.xor(x, v128.shr<u64>(x, 28)), i64x2.splat(0x00000000f0f0f0f0));
  return v128.xor(v128.xor(x, t), v128.shl<i64>(t, 28));
}

/** Bytes to integers, in their places of the block. */
export function joinBytes<I>(scratch: usize, size: u32, order: usize): void {
  const base = v128.splat<u8>(0xaa);
  for (let i: usize = 0; i < <usize>size; i += 16) {
    const bytes = scratch + i;
    const to = scratch + i * sizeof<I>();
    const b01 = v128.load(bytes, BYTES);
    const b1 = v128.load(bytes, BYTES + 256);
    const b2 = v128.load(bytes, BYTES + 512);
    const b3 = v128.load(bytes, BYTES + 768);
    const lo01 = low8(b01, b1);
    const hi01 = high8(b01, b1);
    const lo23 = low8(b2, b3);
    const hi23 = high8(b2, b3);
    const q0 = low16(lo01, lo23);
    const q1 = high16(lo01, lo23);
    const q2 = low16(hi01, hi23);
    const q3 = high16(hi01, hi23);
    if (sizeof<I>() == 4) {
      v128.store(to, i32x4.sub(v128.xor(q0, base), base), COEFFICIENTS);
      v128.store(to, i32x4.sub(v128.xor(q1, base), base), COEFFICIENTS + 16);
      v128.store(to, i32x4.sub(v128.xor(q2, base), base), COEFFICIENTS + 32);
      v128.store(to, i32x4.sub(v128.xor(q3, base), base), COEFFICIENTS + 48);
    } else {
      const b4 = v128.load(bytes, BYTES + 1024);
      const b5 = v128.load(bytes, BYTES + 1280);
      const b6 = v128.load(bytes, BYTES + 1536);
      const b7 = v128.load(bytes, BYTES + 1792);
      const lo45 = low8(b4, b5);
      const hi45 = high8(b4, b5);
      const lo67 = low8(b6, b7);
      const hi67 = high8(b6, b7);
      const h0 = low16(lo45, lo67);
      const h1 = high16(lo45, lo67);
      const h2 = low16(hi45, hi67);
      const h3 = high16(hi45, hi67);
      put64(to, q0, h0, base);
      put64(to + 32, q1, h1, base);
      put64(to + 64, q2, h2, base);
      put64(to + 96, q3, h3, base);
    }
  }
  const from = scratch + COEFFICIENTS;
  for (let i: usize = 0; i < <usize>size; i++)
    store<I>(scratch + <usize>load<u8>(order + i) * sizeof<I>(), load<I>(from + i * sizeof<I>()), BLOCK);
}

@inline
function low8(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

@inline
function high8(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

@inline
function low16(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

@inline
function high16(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

@inline
function put64(to: usize, low: v128, high: v128, base: v128): void {
  v128.store(to, i64x2.sub(v128.xor(v128.shuffle<i32>(low, high, 0, 4, 1, 5), base), base), COEFFICIENTS);
  v128.store(to, i64x2.sub(v128.xor(v128.shuffle<i32>(low, high, 2, 6, 3, 7), base), base), COEFFICIENTS + 16);
}

/** A block's integers to coefficients in the order of the stream. @returns all of them, or-ed. */
export function splitBlock<I, U>(scratch: usize, size: u32, order: usize): U {
  const base: U = sizeof<U>() == 4 ? <U>0xaaaaaaaa : <U>0xaaaaaaaaaaaaaaaa;
  let every: U = 0;
  for (let i: usize = 0; i < <usize>size; i++) {
    const value: U = (load<U>(scratch + <usize>load<u8>(order + i) * sizeof<U>(), BLOCK) + base) ^ base;
    every |= value;
    store<U>(scratch + i * sizeof<U>(), value, COEFFICIENTS);
  }
  return every;
}

/** Coefficients to their bytes. */
export function splitBytes<U>(scratch: usize, size: u32): void {
  for (let i: usize = 0; i < <usize>size; i += 16) {
    const from = scratch + i * sizeof<U>();
    const to = scratch + i;
    if (sizeof<U>() == 4) {
      const a = bytes4(v128.load(from, COEFFICIENTS));
      const b = bytes4(v128.load(from, COEFFICIENTS + 16));
      const c = bytes4(v128.load(from, COEFFICIENTS + 32));
      const d = bytes4(v128.load(from, COEFFICIENTS + 48));
      put2(to, 0, low32(a, b), low32(c, d));
      put2(to, 512, high32(a, b), high32(c, d));
    } else {
      const a = pairs(v128.load(from, COEFFICIENTS));
      const b = pairs(v128.load(from, COEFFICIENTS + 16));
      const c = pairs(v128.load(from, COEFFICIENTS + 32));
      const d = pairs(v128.load(from, COEFFICIENTS + 48));
      const e = pairs(v128.load(from, COEFFICIENTS + 64));
      const f = pairs(v128.load(from, COEFFICIENTS + 80));
      const g = pairs(v128.load(from, COEFFICIENTS + 96));
      const h = pairs(v128.load(from, COEFFICIENTS + 112));
      // Pairs of a byte: 8 x 8 of them, rows for columns.
      const ab = low16(a, b);
      const AB = high16(a, b);
      const cd = low16(c, d);
      const CD = high16(c, d);
      const ef = low16(e, f);
      const EF = high16(e, f);
      const gh = low16(g, h);
      const GH = high16(g, h);
      put2(to, 0, low32(ab, cd), low32(ef, gh));
      put2(to, 512, high32(ab, cd), high32(ef, gh));
      put2(to, 1024, low32(AB, CD), low32(EF, GH));
      put2(to, 1536, high32(AB, CD), high32(EF, GH));
    }
  }
}

@inline
function low32(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 4, 1, 5);
}

@inline
function high32(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 2, 6, 3, 7);
}

/** Bytes 0 of four words, bytes 1, ... */
@inline
function bytes4(v: v128): v128 {
  return i8x16.shuffle(v, v, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
}

/** Two bytes of 16 coefficients. */
@inline
function put2(to: usize, offset: usize, left: v128, right: v128): void {
  v128.store(to + offset, v128.shuffle<i64>(left, right, 0, 2), BYTES);
  v128.store(to + offset, v128.shuffle<i64>(left, right, 1, 3), BYTES + 256);
}

/** Byte `group` of all coefficients to eight planes: the way back of `joinBits`. */
export function splitBits(scratch: usize, size: u32, group: u32): void {
  const bytes = scratch + (<usize>group << 8);
  if (size <= 16) {
    let v = v128.load(bytes, BYTES);
    const planes = scratch + (<usize>group << 4);
    for (let at = planes + 16; at != planes; ) {
      at -= 2;
      store<u16>(at, <u16>i8x16.bitmask(v), PLANES);
      v = i8x16.add(v, v);
    }
    return;
  }
  for (let part: usize = 0; part < <usize>size; part += 64) {
    let a = v128.load(bytes + part, BYTES);
    let b = v128.load(bytes + part, BYTES + 16);
    let c = v128.load(bytes + part, BYTES + 32);
    let d = v128.load(bytes + part, BYTES + 48);
    const planes = scratch + (part << 3) + (<usize>group << 6);
    for (let at = planes + 64; at != planes; ) {
      at -= 8;
      const low = <u32>i8x16.bitmask(a) | <u32>i8x16.bitmask(b) << 16;
      const high = <u32>i8x16.bitmask(c) | <u32>i8x16.bitmask(d) << 16;
      store<u64>(at, <u64>high << 32 | low, PLANES);
      a = i8x16.add(a, a);
      b = i8x16.add(b, b);
      c = i8x16.add(c, c);
      d = i8x16.add(d, d);
    }
  }
}
