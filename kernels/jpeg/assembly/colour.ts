// YCbCr to RGB with the 16-bit fractions of libjpeg (jdcolor.c).

@inline
function sum(low: v128, high: v128, y: v128): v128 {
  return i16x8.add(y, i16x8.narrow_i32x4_s(i32x4.shr_s(low, 16), i32x4.shr_s(high, 16)));
}
@inline
function scaled(x: v128, factor: i32, more: v128): v128 {
  return i32x4.add(i32x4.mul(x, i32x4.splat(factor)), more);
}

/**
 * Three planes of `pitch` bytes a row, `plane` bytes each, to three of `width` x `height` pixels, one behind the other. May
 * read 7 bytes behind the rows.
 */
export function toRgb(planes: usize, pitch: usize, plane: usize, width: usize, height: usize, to: usize): void {
  const size = width * height;
  for (let row: usize = 0; row < height; row++, to += width) {
    const from = planes + row * pitch;
    let x: usize = 0;
    for (; x + 8 <= width; x += 8) {
      const y = v128.load_ext<u8>(from + x);
      const cb = offset(from + plane + x);
      const cr = offset(from + 2 * plane + x);
      v128.store64_lane(to + x, red(y, cr), 0);
      v128.store64_lane(to + size + x, green(y, cb, cr), 0);
      v128.store64_lane(to + 2 * size + x, blue(y, cb), 0);
    }
    if (x == width) continue;
    const y = v128.load_ext<u8>(from + x);
    const cb = offset(from + plane + x);
    const cr = offset(from + 2 * plane + x);
    storeSome(to + x, red(y, cr), width - x);
    storeSome(to + size + x, green(y, cb, cr), width - x);
    storeSome(to + 2 * size + x, blue(y, cb), width - x);
  }
}

@inline
function offset(from: usize): v128 {
  return i16x8.sub(v128.load_ext<u8>(from), i16x8.splat(128));
}
@inline
function red(y: v128, cr: v128): v128 {
  const half = i32x4.splat(32768);
  return narrowed(
    sum(scaled(i32x4.extend_low_i16x8_s(cr), 91881, half), scaled(i32x4.extend_high_i16x8_s(cr), 91881, half), y),
  );
}
@inline
function blue(y: v128, cb: v128): v128 {
  const half = i32x4.splat(32768);
  return narrowed(
    sum(scaled(i32x4.extend_low_i16x8_s(cb), 116130, half), scaled(i32x4.extend_high_i16x8_s(cb), 116130, half), y),
  );
}
@inline
function green(y: v128, cb: v128, cr: v128): v128 {
  const half = i32x4.splat(32768);
  return narrowed(
    sum(
      scaled(i32x4.extend_low_i16x8_s(cb), -22554, scaled(i32x4.extend_low_i16x8_s(cr), -46802, half)),
      scaled(i32x4.extend_high_i16x8_s(cb), -22554, scaled(i32x4.extend_high_i16x8_s(cr), -46802, half)),
      y,
    ),
  );
}
@inline
function narrowed(pixels: v128): v128 {
  return i8x16.narrow_i16x8_u(pixels, pixels);
}

/** The first `count` < 8 pixels. */
function storeSome(to: usize, pixels: v128, count: usize): void {
  let rest = i64x2.extract_lane(pixels, 0);
  for (const end = to + count; to < end; to++, rest >>= 8) store<u8>(to, <u8>rest);
}
