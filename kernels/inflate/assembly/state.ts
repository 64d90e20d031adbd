// Where the stream stands between two blocks; the block decoder keeps it in locals.

/** Start and end of the output, and the next byte to write. */
export let outputStart: usize = 0;
export let outputEnd: usize = 0;
export let output: usize = 0;
export let inputEnd: usize = 0;
export let input: usize = 0;
/** Bits read ahead, the next one lowest. Above `bitCount` of them there is nothing or what follows in the input. */
export let bitBuffer: u64 = 0;
export let bitCount: u32 = 0;

export function open(src: usize, srcLength: usize, dst: usize, dstCapacity: usize): void {
  input = src;
  inputEnd = src + srcLength;
  output = dst;
  outputStart = dst;
  outputEnd = dst + dstCapacity;
  bitBuffer = 0;
  bitCount = 0;
}

export function save(from: usize, to: usize, bits: u64, left: u32): void {
  input = from;
  output = to;
  bitBuffer = bits;
  bitCount = left;
}

/** Makes `n` <= 32 bits available. False at the end of the input. */
@inline
export function need(n: u32): bool {
  while (bitCount < n) {
    if (input >= inputEnd) return false;
    bitBuffer |= <u64>load<u8>(input++) << bitCount;
    bitCount += 8;
  }
  return true;
}

@inline
export function take(n: u32): u32 {
  const value = <u32>bitBuffer & ((1 << n) - 1);
  drop(n);
  return value;
}

@inline
export function drop(n: u32): void {
  bitBuffer >>= n;
  bitCount -= n;
}

/** Gives the bytes read ahead back and drops the rest of the current one. */
export function align(): void {
  input -= bitCount >> 3;
  bitBuffer = 0;
  bitCount = 0;
}
