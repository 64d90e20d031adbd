import { average8, paeth1, paeth16 } from "./predict";

/**
 * Undoes the filters of `rows` rows. `src` holds rows of one filter byte and `rowBytes` bytes, `dst` gets dense
 * rows. The regions must not overlap.
 * @returns -1, or the first row whose filter byte is none of the five.
 */
export function unfilter(src: usize, dst: usize, rows: u32, rowBytes: usize, bpp: u32): i32 {
  for (let row: u32 = 0; row < rows; row++) {
    let type: u32 = load<u8>(src);
    const from = src + 1;
    if (row == 0) type = type == 2 ? 0 : type == 4 ? 1 : type;
    switch (type) {
      case 0:
        memory.copy(dst, from, rowBytes);
        break;
      case 1:
        sub(from, dst, rowBytes, bpp);
        break;
      case 2:
        up(from, dst, rowBytes);
        break;
      case 3:
        if (row == 0) averageFirst(from, dst, rowBytes, bpp);
        else average(from, dst, rowBytes, bpp);
        break;
      case 4:
        paeth(from, dst, rowBytes, bpp);
        break;
      default:
        return row;
    }
    src = from + rowBytes;
    dst += rowBytes;
  }
  return -1;
}

function up(src: usize, dst: usize, n: usize): void {
  for (let i: usize = 0; i < n; i += 16)
    v128.store(dst + i, i8x16.add(v128.load(src + i), v128.load(dst + i - n)));
}

/** Running sums: within 16 bytes by doubling steps, then the carry of the pixel before. */
function sub(src: usize, dst: usize, n: usize, bpp: u32): void {
  let sum = i64x2.splat(0);
  switch (bpp) {
    case 1:
      for (let i: usize = 0; i < n; i += 16) {
        let v = v128.load(src + i);
        v = i8x16.add(v, shift1(v));
        v = i8x16.add(v, shift2(v));
        v = i8x16.add(v, shift4(v));
        v = i8x16.add(i8x16.add(v, shift8(v)), i8x16.splat(<i8>i8x16.extract_lane_u(sum, 15)));
        v128.store(dst + i, (sum = v));
      }
      break;
    case 2:
      for (let i: usize = 0; i < n; i += 16) {
        let v = v128.load(src + i);
        v = i8x16.add(v, shift2(v));
        v = i8x16.add(v, shift4(v));
        v = i8x16.add(i8x16.add(v, shift8(v)), i16x8.splat(<i16>i16x8.extract_lane_u(sum, 7)));
        v128.store(dst + i, (sum = v));
      }
      break;
    case 4:
      for (let i: usize = 0; i < n; i += 16) {
        let v = v128.load(src + i);
        v = i8x16.add(v, shift4(v));
        v = i8x16.add(i8x16.add(v, shift8(v)), i32x4.splat(i32x4.extract_lane(sum, 3)));
        v128.store(dst + i, (sum = v));
      }
      break;
    case 3:
      for (let i: usize = 0; i < n; i += 3) {
        sum = i8x16.add(sum, v128.load32_zero(src + i));
        v128.store32_lane(dst + i, sum, 0);
      }
      break;
    default:
      for (let i: usize = 0; i < n; i += bpp) {
        sum = i8x16.add(sum, v128.load64_zero(src + i));
        v128.store64_lane(dst + i, sum, 0);
      }
  }
}

@inline
function shift1(v: v128): v128 {
  return i8x16.shuffle(v, i64x2.splat(0), 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
}
@inline
function shift2(v: v128): v128 {
  return i8x16.shuffle(v, i64x2.splat(0), 16, 17, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
}
@inline
function shift4(v: v128): v128 {
  return i8x16.shuffle(v, i64x2.splat(0), 16, 17, 18, 19, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
}
@inline
function shift8(v: v128): v128 {
  return i8x16.shuffle(v, i64x2.splat(0), 16, 17, 18, 19, 20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7);
}

function average(src: usize, dst: usize, n: usize, bpp: u32): void {
  const prior = dst - n;
  if (bpp == 1) {
    let a: u32 = 0;
    for (let i: usize = 0; i < n; i++) {
      a = (load<u8>(src + i) + ((a + load<u8>(prior + i)) >>> 1)) & 255;
      store<u8>(dst + i, a);
    }
  } else if (bpp <= 4) {
    if (bpp == 3) average4(src, dst, n, 3);
    else if (bpp == 4) average4(src, dst, n, 4);
    else average2(src, dst, n);
  } else {
    let a = i64x2.splat(0);
    for (let i: usize = 0; i < n; i += bpp) {
      a = i8x16.add(v128.load64_zero(src + i), average8(a, v128.load64_zero(prior + i)));
      v128.store64_lane(dst + i, a, 0);
    }
  }
}

@inline
function average4(src: usize, dst: usize, n: usize, step: usize): void {
  let a = i64x2.splat(0);
  for (let i: usize = 0; i < n; i += step) {
    a = i8x16.add(v128.load32_zero(src + i), average8(a, v128.load32_zero(dst - n + i)));
    v128.store32_lane(dst + i, a, 0);
  }
}

@inline
function average2(src: usize, dst: usize, n: usize): void {
  let a = i64x2.splat(0);
  for (let i: usize = 0; i < n; i += 2) {
    a = i8x16.add(v128.load32_zero(src + i), average8(a, v128.load32_zero(dst - n + i)));
    v128.store16_lane(dst + i, a, 0);
  }
}

function averageFirst(src: usize, dst: usize, n: usize, bpp: u32): void {
  for (let i: usize = 0; i < n; i++) {
    const a: u32 = i < <usize>bpp ? 0 : load<u8>(dst + i - bpp);
    store<u8>(dst + i, load<u8>(src + i) + (a >>> 1));
  }
}

function paeth(src: usize, dst: usize, n: usize, bpp: u32): void {
  const prior = dst - n;
  if (bpp == 1) {
    let a: i32 = 0;
    let c: i32 = 0;
    for (let i: usize = 0; i < n; i++) {
      const b: i32 = load<u8>(prior + i);
      a = (load<u8>(src + i) + paeth1(a, b, c)) & 255;
      store<u8>(dst + i, a);
      c = b;
    }
    return;
  }
  let a = i64x2.splat(0);
  let c = i64x2.splat(0);
  for (let i: usize = 0; i < n; i += bpp) {
    const b = v128.load8x8_u(prior + i);
    a = v128.and(i16x8.add(v128.load8x8_u(src + i), paeth16(a, b, c)), i16x8.splat(255));
    const bytes = i8x16.narrow_i16x8_u(a, a);
    if (bpp == 2) v128.store16_lane(dst + i, bytes, 0);
    else if (bpp <= 4) v128.store32_lane(dst + i, bytes, 0);
    else v128.store64_lane(dst + i, bytes, 0);
    c = b;
  }
}
