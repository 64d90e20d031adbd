/**
 * Copies `length` bytes from `distance` before `dst`, which may overlap. Writes up to 15 bytes more where `slack`
 * says that they are inside of the output.
 */
@inline
export function copyMatch(dst: usize, distance: usize, length: usize, end: usize): void {
  const stop = dst + length;
  let from = dst - distance;
  if (distance >= 16 && stop + 16 <= end) {
    do {
      v128.store(dst, v128.load(from));
      dst += 16;
      from += 16;
    } while (dst < stop);
  } else if (distance >= 8 && stop + 8 <= end) {
    do {
      store<u64>(dst, load<u64>(from));
      dst += 8;
      from += 8;
    } while (dst < stop);
  } else if (distance == 1) {
    memory.fill(dst, load<u8>(from), length);
  } else if (distance < 8 && stop + 16 <= end) {
    // Short patterns: as many whole ones as sixteen bytes hold.
    const pattern = i8x16.swizzle(v128.load(from), repeating(distance));
    const step = <usize>16 - (<usize>16 % distance);
    do {
      v128.store(dst, pattern);
      dst += step;
    } while (dst < stop);
  } else {
    for (; dst < stop; dst++, from++) store<u8>(dst, load<u8>(from));
  }
}

/** Places 0, 1, …, distance - 1, 0, 1, … */
@inline
function repeating(distance: usize): v128 {
  if (distance == 2) return i8x16(0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1);
  if (distance == 3) return i8x16(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0);
  if (distance == 4) return i8x16(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
  if (distance == 5) return i8x16(0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0);
  if (distance == 6) return i8x16(0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3);
  return i8x16(0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1);
}
