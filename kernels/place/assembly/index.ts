// Boxes of rows between two places with different steps. Strides are bytes; x is dense within a row.
import { copyPlane, fillRow } from "./rows";

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
