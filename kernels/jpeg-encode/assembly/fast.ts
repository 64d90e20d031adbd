// The faster cosine transform of libjpeg (jfdctfst.c: 8 bits of fraction, rows first), eight rows or columns at a time. Its
// results are scaled, which the factors make good.
import { dividedWords, high, high32, high64, low, low32, low64, put, rowPairs } from "./vectors";

/** The whole part of x * factor / 256. */
@inline
function times(x: v128, factor: i16): v128 {
  const zero = i64x2.splat(0);
  const by = i16x8.splat(factor);
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.dot_i16x8_s(low(x, zero), by), 8),
    i32x4.shr_s(i32x4.dot_i16x8_s(high(x, zero), by), 8),
  );
}

/**
 * Eight rows of eight samples, `pitch` bytes apart, to quotients at BLOCK. @returns flags in natural order: set where one is
 * not zero.
 */
export function fast(from: usize, pitch: usize, tables: usize, reciprocals: usize): u64 {
  const r2 = from + 2 * pitch, r4 = from + 4 * pitch, r6 = from + 6 * pitch;
  const p0 = rowPairs(from, pitch), p1 = rowPairs(r2, pitch), p2 = rowPairs(r4, pitch), p3 = rowPairs(r6, pitch);
  const q0 = low(p0, p1), q1 = high(p0, p1), q2 = low(p2, p3), q3 = high(p2, p3);
  const c01 = low32(q0, q2), c23 = high32(q0, q2), c45 = low32(q1, q3), c67 = high32(q1, q3);

  let in0 = i16x8.extend_low_i8x16_u(c01), in1 = i16x8.extend_high_i8x16_u(c01);
  let in2 = i16x8.extend_low_i8x16_u(c23), in3 = i16x8.extend_high_i8x16_u(c23);
  let in4 = i16x8.extend_low_i8x16_u(c45), in5 = i16x8.extend_high_i8x16_u(c45);
  let in6 = i16x8.extend_low_i8x16_u(c67), in7 = i16x8.extend_high_i8x16_u(c67);
  let t0 = i16x8.add(in0, in7);
  let t7 = i16x8.sub(in0, in7);
  let t1 = i16x8.add(in1, in6);
  let t6 = i16x8.sub(in1, in6);
  let t2 = i16x8.add(in2, in5);
  let t5 = i16x8.sub(in2, in5);
  let t3 = i16x8.add(in3, in4);
  let t4 = i16x8.sub(in3, in4);
  let e0 = i16x8.add(t0, t3);
  let e3 = i16x8.sub(t0, t3);
  let e1 = i16x8.add(t1, t2);
  let e2 = i16x8.sub(t1, t2);
  let z1 = times(i16x8.add(e2, e3), 181);
  let u0 = i16x8.add(t4, t5);
  let u1 = i16x8.add(t5, t6);
  let u2 = i16x8.add(t6, t7);
  let z5 = times(i16x8.sub(u0, u2), 98);
  let z2 = i16x8.add(times(u0, 139), z5);
  let z4 = i16x8.add(times(u2, 334), z5);
  let z3 = times(u1, 181);
  let z11 = i16x8.add(t7, z3);
  let z13 = i16x8.sub(t7, z3);
  // Samples are offset by 128, which only their sum shows.
  const o0 = i16x8.sub(i16x8.add(e0, e1), i16x8.splat(1024)), o4 = i16x8.sub(e0, e1);
  const o2 = i16x8.add(e3, z1), o6 = i16x8.sub(e3, z1);
  const o5 = i16x8.add(z13, z2), o3 = i16x8.sub(z13, z2);
  const o1 = i16x8.add(z11, z4), o7 = i16x8.sub(z11, z4);

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
  e0 = i16x8.add(t0, t3);
  e3 = i16x8.sub(t0, t3);
  e1 = i16x8.add(t1, t2);
  e2 = i16x8.sub(t1, t2);
  z1 = times(i16x8.add(e2, e3), 181);
  u0 = i16x8.add(t4, t5);
  u1 = i16x8.add(t5, t6);
  u2 = i16x8.add(t6, t7);
  z5 = times(i16x8.sub(u0, u2), 98);
  z2 = i16x8.add(times(u0, 139), z5);
  z4 = i16x8.add(times(u2, 334), z5);
  z3 = times(u1, 181);
  z11 = i16x8.add(t7, z3);
  z13 = i16x8.sub(t7, z3);
  return put(
    tables, dividedWords(i16x8.add(e0, e1), reciprocals, 0), dividedWords(i16x8.add(z11, z4), reciprocals, 1),
    dividedWords(i16x8.add(e3, z1), reciprocals, 2), dividedWords(i16x8.sub(z13, z2), reciprocals, 3),
    dividedWords(i16x8.sub(e0, e1), reciprocals, 4), dividedWords(i16x8.add(z13, z2), reciprocals, 5),
    dividedWords(i16x8.sub(e3, z1), reciprocals, 6), dividedWords(i16x8.sub(z11, z4), reciprocals, 7),
  );
}
