// The more exact cosine transform of libjpeg (jfdctint.c: 13 bits of fraction, rows first), eight rows or columns at a time.
// Sums of two products are made by one instruction on pairs, as libjpeg-turbo does it.
import { divided, dividedWords, high, high32, high64, low, low32, low64, put, rowPairs } from "./vectors";

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

/** a * x + b * y for pairs of x and y. */
@inline
function dot(pairs: v128, a: i16, b: i16): v128 {
  return i32x4.dot_i16x8_s(pairs, i16x8(a, b, a, b, a, b, a, b));
}
/** The same with half of what will be shifted out. */
@inline
function rounded(pairs: v128, a: i16, b: i16, shift: i32): v128 {
  return i32x4.add(dot(pairs, a, b), i32x4.splat(1 << (shift - 1)));
}
@inline
function narrow(a: v128, b: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(a, shift), i32x4.shr_s(b, shift));
}

@inline
function quotients(a: v128, b: v128, reciprocals: usize, row: usize): v128 {
  return divided(i32x4.shr_s(a, 15), i32x4.shr_s(b, 15), reciprocals, row);
}
@inline
function rounded2(x: v128, reciprocals: usize, row: usize): v128 {
  return dividedWords(i16x8.shr_s(i16x8.add(x, i16x8.splat(2)), 2), reciprocals, row);
}

/**
 * Eight rows of eight samples, `pitch` bytes apart, to quotients at BLOCK. @returns flags in natural order: set where one is
 * not zero.
 */
export function slow(from: usize, pitch: usize, tables: usize, reciprocals: usize): u64 {
  const r2 = from + 2 * pitch, r4 = from + 4 * pitch, r6 = from + 6 * pitch;
  const p0 = rowPairs(from, pitch), p1 = rowPairs(r2, pitch), p2 = rowPairs(r4, pitch), p3 = rowPairs(r6, pitch);
  const q0 = low(p0, p1), q1 = high(p0, p1), q2 = low(p2, p3), q3 = high(p2, p3);
  const c01 = low32(q0, q2), c23 = high32(q0, q2), c45 = low32(q1, q3), c67 = high32(q1, q3);

  let in0 = i16x8.extend_low_i8x16_u(c01), in1 = i16x8.extend_high_i8x16_u(c01);
  let in2 = i16x8.extend_low_i8x16_u(c23), in3 = i16x8.extend_high_i8x16_u(c23);
  let in4 = i16x8.extend_low_i8x16_u(c45), in5 = i16x8.extend_high_i8x16_u(c45);
  let in6 = i16x8.extend_low_i8x16_u(c67), in7 = i16x8.extend_high_i8x16_u(c67);
  let t0 = i16x8.add(in0, in7), t7 = i16x8.sub(in0, in7);
  let t1 = i16x8.add(in1, in6), t6 = i16x8.sub(in1, in6);
  let t2 = i16x8.add(in2, in5), t5 = i16x8.sub(in2, in5);
  let t3 = i16x8.add(in3, in4), t4 = i16x8.sub(in3, in4);
  let t10 = i16x8.add(t0, t3), t13 = i16x8.sub(t0, t3);
  let t11 = i16x8.add(t1, t2), t12 = i16x8.sub(t1, t2);
  let z3 = i16x8.add(t4, t6), z4 = i16x8.add(t5, t7);
  let el = low(t13, t12), eh = high(t13, t12);
  let zl = low(z3, z4), zh = high(z3, z4);
  let z3l = rounded(zl, F_1_175 - F_1_961, F_1_175, 11), z3h = rounded(zh, F_1_175 - F_1_961, F_1_175, 11);
  let z4l = rounded(zl, F_1_175, F_1_175 - F_0_390, 11), z4h = rounded(zh, F_1_175, F_1_175 - F_0_390, 11);
  let al = low(t4, t7), ah = high(t4, t7);
  let bl = low(t5, t6), bh = high(t5, t6);
  // Samples are offset by 128, which only their sum shows.
  const o0 = i16x8.shl(i16x8.sub(i16x8.add(t10, t11), i16x8.splat(1024)), 2);
  const o4 = i16x8.shl(i16x8.sub(t10, t11), 2);
  const o2 = narrow(
    rounded(el, F_0_541 + F_0_765, F_0_541, 11), rounded(eh, F_0_541 + F_0_765, F_0_541, 11), 11,
  );
  const o6 = narrow(
    rounded(el, F_0_541, F_0_541 - F_1_847, 11), rounded(eh, F_0_541, F_0_541 - F_1_847, 11), 11,
  );
  const o7 = narrow(
    i32x4.add(dot(al, F_0_298 - F_0_899, -F_0_899), z3l), i32x4.add(dot(ah, F_0_298 - F_0_899, -F_0_899), z3h), 11,
  );
  const o1 = narrow(
    i32x4.add(dot(al, -F_0_899, F_1_501 - F_0_899), z4l), i32x4.add(dot(ah, -F_0_899, F_1_501 - F_0_899), z4h), 11,
  );
  const o5 = narrow(
    i32x4.add(dot(bl, F_2_053 - F_2_562, -F_2_562), z4l), i32x4.add(dot(bh, F_2_053 - F_2_562, -F_2_562), z4h), 11,
  );
  const o3 = narrow(
    i32x4.add(dot(bl, -F_2_562, F_3_072 - F_2_562), z3l), i32x4.add(dot(bh, -F_2_562, F_3_072 - F_2_562), z3h), 11,
  );

  // Rows become columns.
  const a0 = low(o0, o1), a1 = high(o0, o1), a2 = low(o2, o3), a3 = high(o2, o3);
  const a4 = low(o4, o5), a5 = high(o4, o5), a6 = low(o6, o7), a7 = high(o6, o7);
  const b0 = low32(a0, a2), b1 = high32(a0, a2), b2 = low32(a1, a3), b3 = high32(a1, a3);
  const b4 = low32(a4, a6), b5 = high32(a4, a6), b6 = low32(a5, a7), b7 = high32(a5, a7);
  in0 = low64(b0, b4);
  in1 = high64(b0, b4);
  in2 = low64(b1, b5);
  in3 = high64(b1, b5);
  in4 = low64(b2, b6);
  in5 = high64(b2, b6);
  in6 = low64(b3, b7);
  in7 = high64(b3, b7);
  t0 = i16x8.add(in0, in7);
  t7 = i16x8.sub(in0, in7);
  t1 = i16x8.add(in1, in6);
  t6 = i16x8.sub(in1, in6);
  t2 = i16x8.add(in2, in5);
  t5 = i16x8.sub(in2, in5);
  t3 = i16x8.add(in3, in4);
  t4 = i16x8.sub(in3, in4);
  t10 = i16x8.add(t0, t3);
  t13 = i16x8.sub(t0, t3);
  t11 = i16x8.add(t1, t2);
  t12 = i16x8.sub(t1, t2);
  z3 = i16x8.add(t4, t6);
  z4 = i16x8.add(t5, t7);
  const d0 = rounded2(i16x8.add(t10, t11), reciprocals, 0);
  const d4 = rounded2(i16x8.sub(t10, t11), reciprocals, 4);
  el = low(t13, t12);
  eh = high(t13, t12);
  const d2 = quotients(
    rounded(el, F_0_541 + F_0_765, F_0_541, 15), rounded(eh, F_0_541 + F_0_765, F_0_541, 15), reciprocals, 2,
  );
  const d6 = quotients(
    rounded(el, F_0_541, F_0_541 - F_1_847, 15), rounded(eh, F_0_541, F_0_541 - F_1_847, 15), reciprocals, 6,
  );
  zl = low(z3, z4);
  zh = high(z3, z4);
  z3l = rounded(zl, F_1_175 - F_1_961, F_1_175, 15);
  z3h = rounded(zh, F_1_175 - F_1_961, F_1_175, 15);
  z4l = rounded(zl, F_1_175, F_1_175 - F_0_390, 15);
  z4h = rounded(zh, F_1_175, F_1_175 - F_0_390, 15);
  al = low(t4, t7);
  ah = high(t4, t7);
  bl = low(t5, t6);
  bh = high(t5, t6);
  const d7 = quotients(
    i32x4.add(dot(al, F_0_298 - F_0_899, -F_0_899), z3l), i32x4.add(dot(ah, F_0_298 - F_0_899, -F_0_899), z3h),
    reciprocals, 7,
  );
  const d1 = quotients(
    i32x4.add(dot(al, -F_0_899, F_1_501 - F_0_899), z4l), i32x4.add(dot(ah, -F_0_899, F_1_501 - F_0_899), z4h),
    reciprocals, 1,
  );
  const d5 = quotients(
    i32x4.add(dot(bl, F_2_053 - F_2_562, -F_2_562), z4l), i32x4.add(dot(bh, F_2_053 - F_2_562, -F_2_562), z4h),
    reciprocals, 5,
  );
  const d3 = quotients(
    i32x4.add(dot(bl, -F_2_562, F_3_072 - F_2_562), z3l), i32x4.add(dot(bh, -F_2_562, F_3_072 - F_2_562), z3h),
    reciprocals, 3,
  );
  return put(tables, d0, d1, d2, d3, d4, d5, d6, d7);
}
