/** From this many bytes on a row is copied by the engine's own routine, which costs a call. */
const LONG: usize = 4096;

/** Copies `ny` rows of `row` bytes. Nothing outside of them is written. */
export function copyPlane(src: usize, srcY: usize, dst: usize, dstY: usize, row: usize, ny: usize): void {
  if (row >= LONG) {
    for (; ny != 0; ny--, src += srcY, dst += dstY) memory.copy(dst, src, row);
  } else if (row >= 64) {
    for (; ny != 0; ny--, src += srcY, dst += dstY) {
      const last = row - 64;
      let i: usize = 0;
      for (; i < last; i += 64) copy64(src + i, dst + i);
      copy64(src + last, dst + last);
    }
  } else if (row >= 16) {
    for (; ny != 0; ny--, src += srcY, dst += dstY) {
      const last = row - 16;
      for (let i: usize = 0; i < last; i += 16) v128.store(dst + i, v128.load(src + i));
      v128.store(dst + last, v128.load(src + last));
    }
  } else if (row >= 8) {
    for (; ny != 0; ny--, src += srcY, dst += dstY) {
      const end = load<u64>(src + row - 8);
      store<u64>(dst, load<u64>(src));
      store<u64>(dst + row - 8, end);
    }
  } else {
    for (; ny != 0; ny--, src += srcY, dst += dstY)
      for (let i: usize = 0; i < row; i++) store<u8>(dst + i, load<u8>(src + i));
  }
}

@inline
function copy64(src: usize, dst: usize): void {
  const a = v128.load(src);
  const b = v128.load(src, 16);
  const c = v128.load(src, 32);
  const d = v128.load(src, 48);
  v128.store(dst, a);
  v128.store(dst, b, 16);
  v128.store(dst, c, 32);
  v128.store(dst, d, 48);
}

/** Fills one row with a pattern of 8 bytes. */
export function fillRow(dst: usize, row: usize, pattern: u64): void {
  const end = dst + row;
  if (row >= 16) {
    if (row >= LONG && pattern == <u64>(pattern & 255) * 0x0101_0101_0101_0101) {
      memory.fill(dst, <u8>pattern, row);
      return;
    }
    const v = i64x2.splat(pattern);
    for (; dst + 16 < end; dst += 16) v128.store(dst, v);
    v128.store(end - 16, v);
  } else for (; dst < end; dst++, pattern = rotr(pattern, 8)) store<u8>(dst, <u8>pattern);
}
