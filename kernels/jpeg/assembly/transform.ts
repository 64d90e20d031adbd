// The inverse cosine transform of libjpeg (jidctint.c: 13 bits of fraction, columns first), eight columns at a time. Sums of
// two products are made by one instruction on pairs, as libjpeg-turbo does it, so that every bit is the same.
import { BLOCK } from "./layout";

const F_0_298: i16 = 2446;
const F_0_390: i16 = 3196;
const F_0_541: i16 = 4433;
const F_0_765: i16 = 6270;
const F_0_899: i16 = 7373;
const F_1_175: i16 = 9633;
const F_1_501: i16 = 12299;
const F_1_847: i16 = 15137;
const F_1_961: i16 = 16069;
const F_2_053: i16 = 16819;
const F_2_562: i16 = 20995;
const F_3_072: i16 = 25172;

@inline
function low(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
@inline
function high(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
@inline
function low32(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 0, 4, 1, 5);
}
@inline
function high32(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 2, 6, 3, 7);
}
/** a * x + b * y for pairs of x and y. */
@inline
function dot(pairs: v128, a: i16, b: i16): v128 {
  return i32x4.dot_i16x8_s(pairs, i16x8(a, b, a, b, a, b, a, b));
}

/** Half of the columns: sums and differences of the even and the odd part, eight vectors of i32 at `to`. */
@inline
function half(
  to: usize, sum: v128, difference: v128, in26: v128, in71: v128, in53: v128, z34: v128, round: v128, shift: i32,
): void {
  const even3 = dot(in26, F_0_541 + F_0_765, F_0_541);
  const even2 = dot(in26, F_0_541, F_0_541 - F_1_847);
  const a = i32x4.add(i32x4.shl(sum, 13), round);
  const b = i32x4.add(i32x4.shl(difference, 13), round);
  const t10 = i32x4.add(a, even3);
  const t13 = i32x4.sub(a, even3);
  const t11 = i32x4.add(b, even2);
  const t12 = i32x4.sub(b, even2);
  const z3 = dot(z34, F_1_175 - F_1_961, F_1_175);
  const z4 = dot(z34, F_1_175, F_1_175 - F_0_390);
  const odd0 = i32x4.add(dot(in71, F_0_298 - F_0_899, -F_0_899), z3);
  const odd3 = i32x4.add(dot(in71, -F_0_899, F_1_501 - F_0_899), z4);
  const odd1 = i32x4.add(dot(in53, F_2_053 - F_2_562, -F_2_562), z4);
  const odd2 = i32x4.add(dot(in53, -F_2_562, F_3_072 - F_2_562), z3);
  v128.store(to, i32x4.shr_s(i32x4.add(t10, odd3), shift));
  v128.store(to, i32x4.shr_s(i32x4.add(t11, odd2), shift), 32);
  v128.store(to, i32x4.shr_s(i32x4.add(t12, odd1), shift), 64);
  v128.store(to, i32x4.shr_s(i32x4.add(t13, odd0), shift), 96);
  v128.store(to, i32x4.shr_s(i32x4.sub(t13, odd0), shift), 128);
  v128.store(to, i32x4.shr_s(i32x4.sub(t12, odd1), shift), 160);
  v128.store(to, i32x4.shr_s(i32x4.sub(t11, odd2), shift), 192);
  v128.store(to, i32x4.shr_s(i32x4.sub(t10, odd3), shift), 224);
}

/** One pass: eight vectors of i16 become 16 of i32 at `to`, two for each of them. */
@inline
function pass(
  to: usize, in0: v128, in1: v128, in2: v128, in3: v128, in4: v128, in5: v128, in6: v128, in7: v128, shift: i32,
): void {
  const round = i32x4.splat(1 << (shift - 1));
  const sum = i16x8.add(in0, in4);
  const difference = i16x8.sub(in0, in4);
  const z3 = i16x8.add(in7, in3);
  const z4 = i16x8.add(in5, in1);
  half(
    to, i32x4.extend_low_i16x8_s(sum), i32x4.extend_low_i16x8_s(difference), low(in2, in6), low(in7, in1), low(in5, in3),
    low(z3, z4), round, shift,
  );
  half(
    to + 16, i32x4.extend_high_i16x8_s(sum), i32x4.extend_high_i16x8_s(difference), high(in2, in6), high(in7, in1),
    high(in5, in3), high(z3, z4), round, shift,
  );
}

@inline
function row(from: usize, i: usize): v128 {
  return i16x8.narrow_i32x4_s(v128.load(from + (i << 5)), v128.load(from + (i << 5), 16));
}
@inline
function factor(tables: usize, quantization: usize, i: usize): v128 {
  return i16x8.mul(v128.load(tables + BLOCK + (i << 4)), v128.load(quantization + (i << 4)));
}

/** Turns the block into eight rows of eight samples at `to`. */
export function transform(tables: usize, quantization: usize, to: usize, pitch: usize, sums: usize): void {
  pass(
    sums, factor(tables, quantization, 0), factor(tables, quantization, 1), factor(tables, quantization, 2),
    factor(tables, quantization, 3), factor(tables, quantization, 4), factor(tables, quantization, 5),
    factor(tables, quantization, 6), factor(tables, quantization, 7), 11,
  );
  const r0 = row(sums, 0), r1 = row(sums, 1), r2 = row(sums, 2), r3 = row(sums, 3);
  const r4 = row(sums, 4), r5 = row(sums, 5), r6 = row(sums, 6), r7 = row(sums, 7);
  // Columns become rows.
  const a0 = low(r0, r1), a1 = high(r0, r1), a2 = low(r2, r3), a3 = high(r2, r3);
  const a4 = low(r4, r5), a5 = high(r4, r5), a6 = low(r6, r7), a7 = high(r6, r7);
  const b0 = low32(a0, a2), b1 = high32(a0, a2), b2 = low32(a1, a3), b3 = high32(a1, a3);
  const b4 = low32(a4, a6), b5 = high32(a4, a6), b6 = low32(a5, a7), b7 = high32(a5, a7);
  pass(
    sums, v128.shuffle<u64>(b0, b4, 0, 2), v128.shuffle<u64>(b0, b4, 1, 3), v128.shuffle<u64>(b1, b5, 0, 2),
    v128.shuffle<u64>(b1, b5, 1, 3), v128.shuffle<u64>(b2, b6, 0, 2), v128.shuffle<u64>(b2, b6, 1, 3),
    v128.shuffle<u64>(b3, b7, 0, 2), v128.shuffle<u64>(b3, b7, 1, 3), 18,
  );
  const c04 = i8x16.narrow_i16x8_s(row(sums, 0), row(sums, 4));
  const c15 = i8x16.narrow_i16x8_s(row(sums, 1), row(sums, 5));
  const c26 = i8x16.narrow_i16x8_s(row(sums, 2), row(sums, 6));
  const c37 = i8x16.narrow_i16x8_s(row(sums, 3), row(sums, 7));
  const x = lowBytes(c04, c15), y = highBytes(c04, c15), z = lowBytes(c26, c37), w = highBytes(c26, c37);
  const p = low(x, z), q = high(x, z), r = low(y, w), s = high(y, w);
  const middle = i8x16.splat(-128);
  twoRows(v128.xor(low32(p, r), middle), to, pitch);
  twoRows(v128.xor(high32(p, r), middle), to + 2 * pitch, pitch);
  twoRows(v128.xor(low32(q, s), middle), to + 4 * pitch, pitch);
  twoRows(v128.xor(high32(q, s), middle), to + 6 * pitch, pitch);
}

@inline
function lowBytes(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
@inline
function highBytes(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
@inline
function twoRows(rows: v128, to: usize, pitch: usize): void {
  v128.store64_lane(to, rows, 0);
  v128.store64_lane(to + pitch, rows, 1);
}

/** The same for a block whose only coefficient is the first one. */
export function flat(tables: usize, quantization: usize, to: usize, pitch: usize): void {
  const x = <i32>(<i16>(<i32>load<i16>(tables + BLOCK) * <i32>load<i16>(quantization)));
  const v = max(0, min(255, ((x + 4) >> 3) + 128));
  const eight = <u64>v * 0x0101_0101_0101_0101;
  for (let y = 0; y < 8; y++, to += pitch) store<u64>(to, eight);
}
