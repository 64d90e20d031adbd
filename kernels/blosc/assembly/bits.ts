// Bit shuffle: bit 0 of the first bytes of all elements, then bit 1, ... Elements come in eights.

/** The 8 x 8 bit matrix with rows and columns changed. */
@inline
function transpose8(x: u64): u64 {
  let t = (x ^ (x >> 7)) & 0x00aa00aa00aa00aa;
  x = x ^ t ^ (t << 7);
  t = (x ^ (x >> 14)) & 0x0000cccc0000cccc;
  x = x ^ t ^ (t << 14);
  t = (x ^ (x >> 28)) & 0x00000000f0f0f0f0;
  return x ^ t ^ (t << 28);
}

/** `n` elements of `size` bytes, n a multiple of 8. */
export function bitShuffle(src: usize, dst: usize, n: usize, size: usize): void {
  const row = n >> 3;
  for (let j: usize = 0; j < size; j++)
    for (let i: usize = 0; i < row; i++) {
      let x: u64 = 0;
      for (let k: usize = 0; k < 8; k++) x |= <u64>load<u8>(src + (8 * i + k) * size + j) << (8 * k);
      x = transpose8(x);
      for (let bit: usize = 0; bit < 8; bit++) store<u8>(dst + (8 * j + bit) * row + i, <u8>(x >> (8 * bit)));
    }
}

export function bitUnshuffle(src: usize, dst: usize, n: usize, size: usize): void {
  const row = n >> 3;
  for (let j: usize = 0; j < size; j++)
    for (let i: usize = 0; i < row; i++) {
      let x: u64 = 0;
      for (let bit: usize = 0; bit < 8; bit++) x |= <u64>load<u8>(src + (8 * j + bit) * row + i) << (8 * bit);
      x = transpose8(x);
      for (let k: usize = 0; k < 8; k++) store<u8>(dst + (8 * i + k) * size + j, <u8>(x >> (8 * k)));
    }
}
