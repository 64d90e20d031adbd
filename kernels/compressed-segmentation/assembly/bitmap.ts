// A bit for each word of the input.

@inline
export function setBit(bitmap: usize, at: u32): void {
  const byte = bitmap + (at >> 3);
  store<u8>(byte, load<u8>(byte) | <u8>(<u32>1 << (at & 7)));
}

/** The first set bit from `at` on, or `end`. */
@inline
export function nextBit(bitmap: usize, at: u32, end: u32): u32 {
  while (at < end) {
    const bits = load<u64>(bitmap + ((at >> 6) << 3)) >> (at & 63);
    if (bits != 0) return min(end, at + <u32>ctz(bits));
    at = (at | 63) + 1;
  }
  return end;
}
