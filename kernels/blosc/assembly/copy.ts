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
  } else {
    for (; dst < stop; dst++, from++) store<u8>(dst, load<u8>(from));
  }
}
