/** Paeth's predictor on eight 16-bit lanes: of left, up and upper left the one nearest to left + up - upper left. */
@inline
export function paeth16(a: v128, b: v128, c: v128): v128 {
  const toB = i16x8.sub(a, c);
  const toA = i16x8.sub(b, c);
  const pa = i16x8.abs(toA);
  const pb = i16x8.abs(toB);
  const pc = i16x8.abs(i16x8.add(toA, toB));
  const useA = v128.and(i16x8.le_s(pa, pb), i16x8.le_s(pa, pc));
  return v128.bitselect(a, v128.bitselect(b, c, i16x8.le_s(pb, pc)), useA);
}

@inline
export function paeth8(a: v128, b: v128, c: v128): v128 {
  const low = paeth16(i16x8.extend_low_i8x16_u(a), i16x8.extend_low_i8x16_u(b), i16x8.extend_low_i8x16_u(c));
  const high = paeth16(
    i16x8.extend_high_i8x16_u(a),
    i16x8.extend_high_i8x16_u(b),
    i16x8.extend_high_i8x16_u(c),
  );
  return i8x16.narrow_i16x8_u(low, high);
}

@inline
export function paeth1(a: i32, b: i32, c: i32): i32 {
  const toA = b - c;
  const toB = a - c;
  const pa = abs(toA);
  const pb = abs(toB);
  const pc = abs(toA + toB);
  return select(a, select(b, c, pb <= pc), i32(pa <= pb) & i32(pa <= pc));
}

/** (a + b) >> 1 without the carry getting lost: SIMD's average rounds up. */
@inline
export function average8(a: v128, b: v128): v128 {
  return i8x16.sub(i8x16.avgr_u(a, b), v128.and(v128.xor(a, b), i8x16.splat(1)));
}
