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
 * Three planes of `pitch` bytes a row, `plane` bytes each, to `height` rows of `width` pixels of three bytes. May read 7 bytes
 * behind the rows and write 23 bytes behind the pixels.
 */
export function toRgb(planes: usize, pitch: usize, plane: usize, width: usize, height: usize, to: usize): void {
  const half = i32x4.splat(32768);
  const none = i32x4.splat(0);
  const middle = i16x8.splat(128);
  for (let row: usize = 0; row < height; row++) {
    const from = planes + row * pitch;
    const end = to + 3 * width;
    for (let x: usize = 0; to < end; x += 8, to += 24) {
      const y = v128.load_ext<u8>(from + x);
      const cb = i16x8.sub(v128.load_ext<u8>(from + plane + x), middle);
      const cr = i16x8.sub(v128.load_ext<u8>(from + 2 * plane + x), middle);
      const bl = i32x4.extend_low_i16x8_s(cb), bh = i32x4.extend_high_i16x8_s(cb);
      const rl = i32x4.extend_low_i16x8_s(cr), rh = i32x4.extend_high_i16x8_s(cr);
      const red = sum(scaled(rl, 91881, half), scaled(rh, 91881, half), y);
      const green = sum(
        scaled(bl, -22554, scaled(rl, -46802, half)), scaled(bh, -22554, scaled(rh, -46802, half)), y,
      );
      const blue = sum(scaled(bl, 116130, half), scaled(bh, 116130, half), y);
      const rg = i8x16.narrow_i16x8_u(red, green);
      const b = i8x16.narrow_i16x8_u(blue, none);
      v128.store(to, v128.shuffle<u8>(rg, b, 0, 8, 16, 1, 9, 17, 2, 10, 18, 3, 11, 19, 4, 12, 20, 5));
      v128.store64_lane(
        to + 16, v128.shuffle<u8>(rg, b, 13, 21, 6, 14, 22, 7, 15, 23, 0, 0, 0, 0, 0, 0, 0, 0), 0,
      );
    }
    to = end;
  }
}
