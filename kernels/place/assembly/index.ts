// Boxes of rows between two places with different steps. Strides are bytes; x is dense within a row.

/** From this many bytes on a row is copied by the engine's own routine, which costs a call. */
const LONG: usize = 4096;

/** Copies nc * nz * ny rows of `row` bytes. Source and destination do not overlap. */
export function copyBox(
  src: usize, srcY: usize, srcZ: usize, srcC: usize, dst: usize, dstY: usize, dstZ: usize, dstC: usize,
  row: usize, ny: usize, nz: usize, nc: usize,
): void {
  if (srcY == row && dstY == row) {
    row *= ny;
    ny = 1;
    if (srcZ == row && dstZ == row) {
      row *= nz;
      nz = 1;
      if (srcC == row && dstC == row) {
        row *= nc;
        nc = 1;
      }
    }
  }
  for (let c: usize = 0; c < nc; c++)
    for (let z: usize = 0; z < nz; z++)
      copyPlane(src + c * srcC + z * srcZ, srcY, dst + c * dstC + z * dstZ, dstY, row, ny);
}

function copyPlane(src: usize, srcY: usize, dst: usize, dstY: usize, row: usize, ny: usize): void {
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

/** Fills rows with a value of 1, 2, 4 or 8 bytes, repeated in `pattern` to 8; `row` is a multiple of its size. */
export function fillBox(
  dst: usize, dstY: usize, dstZ: usize, dstC: usize, row: usize, ny: usize, nz: usize, nc: usize, pattern: u64,
): void {
  if (dstY == row) {
    row *= ny;
    ny = 1;
    if (dstZ == row) {
      row *= nz;
      nz = 1;
    }
  }
  for (let c: usize = 0; c < nc; c++)
    for (let z: usize = 0; z < nz; z++)
      for (let y: usize = 0; y < ny; y++) fillRow(dst + c * dstC + z * dstZ + y * dstY, row, pattern);
}

function fillRow(dst: usize, row: usize, pattern: u64): void {
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

/** Whether all of `length` bytes are the pattern, repeated from the first byte on. */
export function allEqual(ptr: usize, length: usize, pattern: u64): bool {
  const end = ptr + length;
  const v = i64x2.splat(pattern);
  for (; ptr + 64 <= end; ptr += 64) {
    const a = v128.or(v128.xor(v128.load(ptr), v), v128.xor(v128.load(ptr, 16), v));
    const b = v128.or(v128.xor(v128.load(ptr, 32), v), v128.xor(v128.load(ptr, 48), v));
    if (v128.any_true(v128.or(a, b))) return false;
  }
  for (; ptr < end; ptr++, pattern = rotr(pattern, 8)) if (load<u8>(ptr) != <u8>pattern) return false;
  return true;
}
