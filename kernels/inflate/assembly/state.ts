import { BETWEEN, STATE } from "./layout";

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

/** The block that is open, whether it is the last one, and the bytes of a stored one that are still to come. */
export let block: u32 = BETWEEN;
export let last: u32 = 0;
export let storedLeft: u32 = 0;

export function open(src: usize, srcLength: usize, dst: usize, dstCapacity: usize, history: usize): void {
  input = src;
  inputEnd = src + srcLength;
  output = dst;
  outputStart = dst - history;
  outputEnd = dst + dstCapacity;
  bitBuffer = 0;
  bitCount = 0;
  enter(BETWEEN, 0, 0);
}

export function enter(kind: u32, isLast: u32, stored: u32): void {
  block = kind;
  last = isLast;
  storedLeft = stored;
}

/** Keeps what the next call needs, besides the code of the open block, which lies there already. Gives whole bytes back. */
export function suspend(tables: usize): void {
  input -= bitCount >> 3;
  bitCount &= 7;
  bitBuffer &= (1 << bitCount) - 1;
  store<u64>(tables, bitBuffer, STATE);
  store<u32>(tables, bitCount, STATE + 8);
  store<u32>(tables, block, STATE + 12);
  store<u32>(tables, last, STATE + 16);
  store<u32>(tables, storedLeft, STATE + 20);
}

export function restore(tables: usize): void {
  bitBuffer = load<u64>(tables, STATE);
  bitCount = load<u32>(tables, STATE + 8);
  enter(load<u32>(tables, STATE + 12), load<u32>(tables, STATE + 16), load<u32>(tables, STATE + 20));
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
