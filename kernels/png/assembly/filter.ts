import { average8, paeth8 } from "./predict";

/**
 * Filters `rows` dense rows of `src` into `dst` (one filter byte before each row). Each row gets the filter whose
 * bytes, taken as signed, have the smallest sum of absolute values. `work` is scratch of 2 * (rowBytes + 64) bytes.
 */
export function filter(src: usize, dst: usize, rows: u32, rowBytes: usize, bpp: u32, work: usize): void {
  const span = rowBytes + 64;
  memory.fill(work, 0, span * 2);
  let row = work + 32;
  let prior = row + span;
  for (let y: u32 = 0; y < rows; y++) {
    memory.copy(row, src, rowBytes);
    const type = best(row, prior, rowBytes, bpp);
    store<u8>(dst, type);
    apply(type, row, prior, dst + 1, rowBytes, bpp);
    src += rowBytes;
    dst += rowBytes + 1;
    const swap = row;
    row = prior;
    prior = swap;
  }
}

function best(row: usize, prior: usize, n: usize, bpp: u32): u32 {
  let none = i32x4.splat(0);
  let sub = i32x4.splat(0);
  let up = i32x4.splat(0);
  let average = i32x4.splat(0);
  let paeth = i32x4.splat(0);
  for (let i: usize = 0; i < n; i += 16) {
    const mask = i + 16 <= n ? i8x16.splat(-1) : first(<i32>(n - i));
    const x = v128.load(row + i);
    const a = v128.load(row + i - bpp);
    const b = v128.load(prior + i);
    const c = v128.load(prior + i - bpp);
    none = i32x4.add(none, cost(x, mask));
    sub = i32x4.add(sub, cost(i8x16.sub(x, a), mask));
    up = i32x4.add(up, cost(i8x16.sub(x, b), mask));
    average = i32x4.add(average, cost(i8x16.sub(x, average8(a, b)), mask));
    paeth = i32x4.add(paeth, cost(i8x16.sub(x, paeth8(a, b, c)), mask));
  }
  let type: u32 = 0;
  let least = lanes(none);
  const costs1 = lanes(sub);
  if (costs1 < least) {
    least = costs1;
    type = 1;
  }
  const costs2 = lanes(up);
  if (costs2 < least) {
    least = costs2;
    type = 2;
  }
  const costs3 = lanes(average);
  if (costs3 < least) {
    least = costs3;
    type = 3;
  }
  return lanes(paeth) < least ? 4 : type;
}

/** Of the 16 lanes the first `n`. */
@inline
function first(n: i32): v128 {
  return i8x16.lt_s(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>n));
}

@inline
function cost(v: v128, mask: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(i8x16.abs(v128.and(v, mask))));
}

@inline
function lanes(v: v128): u32 {
  return (
    i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3)
  );
}

function apply(type: u32, row: usize, prior: usize, dst: usize, n: usize, bpp: u32): void {
  switch (type) {
    case 0:
      memory.copy(dst, row, n);
      break;
    case 1:
      for (let i: usize = 0; i < n; i += 16)
        v128.store(dst + i, i8x16.sub(v128.load(row + i), v128.load(row + i - bpp)));
      break;
    case 2:
      for (let i: usize = 0; i < n; i += 16)
        v128.store(dst + i, i8x16.sub(v128.load(row + i), v128.load(prior + i)));
      break;
    case 3:
      for (let i: usize = 0; i < n; i += 16)
        v128.store(
          dst + i,
          i8x16.sub(v128.load(row + i), average8(v128.load(row + i - bpp), v128.load(prior + i))),
        );
      break;
    default:
      for (let i: usize = 0; i < n; i += 16)
        v128.store(
          dst + i,
          i8x16.sub(
            v128.load(row + i),
            paeth8(v128.load(row + i - bpp), v128.load(prior + i), v128.load(prior + i - bpp)),
          ),
        );
  }
}
