import { corrupt } from "../output.js";

/** A decoding table of finite state entropy (RFC 8878, 4.1): by state, the symbol and how to get to the next one. */
export interface FseTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  /** Bits to read for the next state, and what to add to them. */
  readonly bits: Uint8Array;
  readonly base: Uint16Array;
}

/** The table of a stream that holds one symbol only. */
export function singleTable(symbol: number): FseTable {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: Uint8Array.of(0), base: Uint16Array.of(0) };
}

/** Builds the table of `counts` (-1: less than one) that sum to `1 << log`. */
export function buildTable(counts: ArrayLike<number>, log: number): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(counts.length);
  let high = size;
  for (let s = 0; s < counts.length; s++) {
    next[s] = Math.abs(counts[s]!);
    if (counts[s] === -1) symbols[--high] = s;
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  for (let s = 0; s < counts.length; s++) {
    for (let n = 0; n < counts[s]!; n++) {
      symbols[at] = s;
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  }
  if (at !== 0) corrupt("zstd table is wrong");
  const bits = new Uint8Array(size);
  const base = new Uint16Array(size);
  for (let i = 0; i < size; i++) {
    const n = next[symbols[i]!]!++;
    const count = log - (31 - Math.clz32(n));
    bits[i] = count;
    base[i] = (n << count) - size;
  }
  return { log, symbols, bits, base };
}

/** Reads a table's description at `cursor.at`, before `end`, and builds it. */
export function readTable(
  bytes: Uint8Array,
  cursor: { at: number },
  end: number,
  maxLog: number,
  maxSymbol: number,
): FseTable {
  const start = cursor.at;
  let bit = 4;
  const peek = (count: number): number => {
    const p = start + (bit >> 3);
    const word = byteAt(bytes, p, end) | (byteAt(bytes, p + 1, end) << 8) | (byteAt(bytes, p + 2, end) << 16);
    return (word >> (bit & 7)) & ((1 << count) - 1);
  };
  const log = (byteAt(bytes, start, end) & 15) + 5;
  if (log > maxLog) corrupt("zstd table is too large");
  const counts: number[] = [];
  let left = 1 << log;
  while (left > 0) {
    if (counts.length > maxSymbol) corrupt("zstd table has too many symbols");
    const count = 32 - Math.clz32(left + 1);
    const low = (1 << (count - 1)) - 1;
    const spare = (1 << count) - 2 - left;
    let value = peek(count);
    if ((value & low) < spare) {
      value &= low;
      bit += count - 1;
    } else {
      if (value > low) value -= spare;
      bit += count;
    }
    counts.push(value - 1);
    left -= Math.abs(value - 1);
    if (value !== 1) continue;
    let repeat: number;
    do {
      repeat = peek(2);
      bit += 2;
      for (let n = 0; n < repeat; n++) counts.push(0);
    } while (repeat === 3 && counts.length <= maxSymbol);
  }
  if (left < 0 || counts.length > maxSymbol + 1) corrupt("zstd table is wrong");
  cursor.at = start + ((bit + 7) >> 3);
  if (cursor.at > end) corrupt("zstd table ends early");
  return buildTable(counts, log);
}

function byteAt(bytes: Uint8Array, at: number, end: number): number {
  return at < end ? bytes[at]! : 0;
}
