const BASE: u32 = 65521;
/** The most bytes whose sums stay below 2^32, a multiple of 16. */
const RUN: usize = 5552;

/** zlib's checksum of `length` bytes, continuing from `adler` (1 to start). */
export function adler32(ptr: usize, length: usize, adler: u32): u32 {
  let a = adler & 0xffff;
  let b = adler >>> 16;
  while (length > 0) {
    const run = min(length, RUN);
    const wide = run & ~15;
    const end = ptr + wide;
    b += a * <u32>wide;
    let sums = i32x4.splat(0);
    let carried = i32x4.splat(0);
    let weighted = i32x4.splat(0);
    for (; ptr < end; ptr += 16) {
      const v = v128.load(ptr);
      carried = i32x4.add(carried, sums);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v)));
      const low = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(v), i16x8(16, 15, 14, 13, 12, 11, 10, 9));
      const high = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(v), i16x8(8, 7, 6, 5, 4, 3, 2, 1));
      weighted = i32x4.add(weighted, i32x4.add(low, high));
    }
    b += (lanes(carried) << 4) + lanes(weighted);
    a += lanes(sums);
    for (const last = end + (run & 15); ptr < last; ptr++) {
      a += load<u8>(ptr);
      b += a;
    }
    a %= BASE;
    b %= BASE;
    length -= run;
  }
  return (b << 16) | a;
}

@inline
function lanes(v: v128): u32 {
  return (
    i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3)
  );
}
