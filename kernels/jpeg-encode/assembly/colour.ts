// RGB to YCbCr with the 16-bit fractions of libjpeg (jccolor.c), and samples repeated at the ends of rows.

@inline
function pairs(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
@inline
function highPairs(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
@inline
function dot(x: v128, a: i16, b: i16): v128 {
  return i32x4.dot_i16x8_s(x, i16x8(a, b, a, b, a, b, a, b));
}
/** 38470 of green is more than an i16 holds: 22086 come with red, 16384 with blue. */
@inline
function luma(rg: v128, bg: v128): v128 {
  const sum = i32x4.add(dot(rg, 19595, 22086), dot(bg, 7471, 16384));
  return i32x4.shr_u(i32x4.add(sum, i32x4.splat(32768)), 16);
}
/** a * x + b * y + z / 2 for pairs of x and y, and of z and anything; 128 and nearly a half are added. */
@inline
function chroma(xy: v128, a: i16, b: i16, half: v128): v128 {
  return i32x4.shr_u(i32x4.add(dot(xy, a, b), half), 16);
}
@inline
function half(z: v128): v128 {
  return i32x4.add(i32x4.shl(z, 15), i32x4.splat((128 << 16) + 32767));
}

/** Eight rows of `width` pixels, from three planes `plane` bytes apart, to three strips of eight rows of `pitch` bytes. */
export function toYcc(from: usize, plane: usize, width: usize, rows: usize, pitch: usize, to: usize): void {
  const strip = pitch << 3;
  for (let row: usize = 0; row < rows; row++, from += width, to += pitch)
    for (let x: usize = 0; x < width; x += 8) {
      const r = v128.load_ext<u8>(from + x);
      const g = v128.load_ext<u8>(from + plane + x);
      const b = v128.load_ext<u8>(from + 2 * plane + x);
      const rg = pairs(r, g), rgHigh = highPairs(r, g);
      const bg = pairs(b, g), bgHigh = highPairs(b, g);
      const y = i16x8.narrow_i32x4_s(luma(rg, bg), luma(rgHigh, bgHigh));
      const cb = i16x8.narrow_i32x4_s(
        chroma(rg, -11059, -21709, half(i32x4.extend_low_i16x8_u(b))),
        chroma(rgHigh, -11059, -21709, half(i32x4.extend_high_i16x8_u(b))),
      );
      const cr = i16x8.narrow_i32x4_s(
        chroma(bg, -5329, -27439, half(i32x4.extend_low_i16x8_u(r))),
        chroma(bgHigh, -5329, -27439, half(i32x4.extend_high_i16x8_u(r))),
      );
      v128.store64_lane(to + x, i8x16.narrow_i16x8_u(y, y), 0);
      v128.store64_lane(to + strip + x, i8x16.narrow_i16x8_u(cb, cb), 0);
      v128.store64_lane(to + 2 * strip + x, i8x16.narrow_i16x8_u(cr, cr), 0);
    }
}

/** Rows of `width` samples to a strip of eight rows. May read 7 bytes behind them. */
export function copyRows(from: usize, width: usize, rows: usize, pitch: usize, to: usize): void {
  for (let row: usize = 0; row < rows; row++, from += width, to += pitch)
    for (let x: usize = 0; x < width; x += 8) store<u64>(to + x, load<u64>(from + x));
}

/** Repeats the last sample of each of `rows` rows up to the pitch, which is less than 8 away, and the last row down to the eighth. */
export function extend(strip: usize, width: usize, rows: usize, pitch: usize): void {
  if (width < pitch) {
    const keep: u64 = (1 << ((<u64>width & 7) << 3)) - 1;
    for (let row = strip; row < strip + rows * pitch; row += pitch) {
      const repeated: u64 = 0x0101_0101_0101_0101 * <u64>load<u8>(row + width - 1);
      const last = row + pitch - 8;
      store<u64>(last, (load<u64>(last) & keep) | (repeated & ~keep));
    }
  }
  for (; rows < 8; rows++) memory.copy(strip + rows * pitch, strip + (rows - 1) * pitch, pitch);
}
