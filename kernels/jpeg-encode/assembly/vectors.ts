// Eight rows of eight samples or coefficients: read, turned, divided and stored.
import { BLOCK } from "./layout";

@inline
function low8(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
@inline
export function low(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
@inline
export function high(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
@inline
export function low32(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 0, 4, 1, 5);
}
@inline
export function high32(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 2, 6, 3, 7);
}
@inline
export function low64(a: v128, b: v128): v128 {
  return v128.shuffle<u64>(a, b, 0, 2);
}
@inline
export function high64(a: v128, b: v128): v128 {
  return v128.shuffle<u64>(a, b, 1, 3);
}
/** Two rows of eight samples that are `pitch` apart, in pairs. */
@inline
export function rowPairs(from: usize, pitch: usize): v128 {
  return low8(v128.load64_zero(from), v128.load64_zero(from + pitch));
}
/** Eight coefficients times reciprocals: 1.5 * 2^23 is added, so that the lowest bits are the nearest whole number. */
@inline
export function divided(a: v128, b: v128, reciprocals: usize, row: usize): v128 {
  const x = f32x4.mul(f32x4.convert_i32x4_s(a), v128.load(reciprocals + (row << 5)));
  const y = f32x4.mul(f32x4.convert_i32x4_s(b), v128.load(reciprocals + (row << 5), 16));
  const whole = f32x4.splat(12582912);
  const bits = i32x4.splat(0x4b400000);
  return i16x8.narrow_i32x4_s(i32x4.sub(f32x4.add(x, whole), bits), i32x4.sub(f32x4.add(y, whole), bits));
}
/** The same for whole numbers of 16 bits. */
@inline
export function dividedWords(x: v128, reciprocals: usize, row: usize): v128 {
  return divided(i32x4.extend_low_i16x8_s(x), i32x4.extend_high_i16x8_s(x), reciprocals, row);
}

/** Flags for 16 coefficients: set where one is zero. */
@inline
function zeros(a: v128, b: v128): u64 {
  return <u64>(<u32>i8x16.bitmask(i8x16.eq(i8x16.narrow_i16x8_s(a, b), i64x2.splat(0))));
}


/** Stores eight rows of quotients. @returns flags in natural order: set where one is not zero. */
@inline
export function put(
  tables: usize, d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, d6: v128, d7: v128,
): u64 {
  const to = tables + BLOCK;
  v128.store(to, d0);
  v128.store(to, d1, 16);
  v128.store(to, d2, 32);
  v128.store(to, d3, 48);
  v128.store(to, d4, 64);
  v128.store(to, d5, 80);
  v128.store(to, d6, 96);
  v128.store(to, d7, 112);
  return ~(zeros(d0, d1) | (zeros(d2, d3) << 16) | (zeros(d4, d5) << 32) | (zeros(d6, d7) << 48));
}
