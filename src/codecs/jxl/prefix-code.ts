/** Prefix codes as JPEG XL writes them: those of Brotli (RFC 7932, section 3). */
import type { BitReader } from "./bits.js";
import { corrupt } from "./distribution.js";

const LONGEST = 15;
/** The order in which the lengths of the codes for lengths are written. */
const ORDER = [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15] as const;
const REPEAT_LAST = 16;
const REPEAT_ZERO = 17;

/** Symbols by their codes, shortest first and among equals by size. */
export interface PrefixCode {
  /** How many symbols have a code of 0, 1, 2 ... bits. */
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

/** Reads the code for symbols below `size`. @throws DecodingError unless it is complete. */
export function readPrefixCode(bits: BitReader, size: number): PrefixCode {
  if (size === 1) return { counts: [1], symbols: [0] };
  const kind = bits.u(2);
  return kind === 1 ? readSimple(bits, size) : readComplex(bits, size, kind);
}

export function readSymbol(bits: BitReader, { counts, symbols }: PrefixCode): number {
  let code = 0;
  let first = 0;
  let before = 0;
  for (const count of counts) {
    if (code - first < count) return symbols[before + code - first]!;
    before += count;
    first = 2 * (first + count);
    code = 2 * code + bits.u(1);
  }
  throw corrupt();
}

function readSimple(bits: BitReader, size: number): PrefixCode {
  const count = bits.u(2) + 1;
  const width = 32 - Math.clz32(size - 1);
  const symbols = Array.from({ length: count }, () => bits.u(width));
  if (symbols.some((symbol, i) => symbol >= size || symbols.indexOf(symbol) < i)) throw corrupt();
  const lengths =
    count === 4 && bits.bool() ? [1, 2, 3, 3] : [[0], [1, 1], [1, 2, 2], [2, 2, 2, 2]][count - 1]!;
  const all = new Map(symbols.map((symbol, i) => [symbol, lengths[i]!]));
  return assign([...all]);
}

function readComplex(bits: BitReader, size: number, skipped: number): PrefixCode {
  const code = readLengthCode(bits, skipped);
  const lengths: [symbol: number, length: number][] = [];
  let room = 1 << LONGEST;
  let last = 8;
  let kind = 0;
  let run = 0;
  for (let symbol = 0; symbol < size && room > 0; ) {
    const length = readSymbol(bits, code);
    if (length < REPEAT_LAST) {
      run = 0;
      if (length > 0) {
        lengths.push([symbol, length]);
        room -= (1 << LONGEST) >> length;
        last = length;
      }
      symbol++;
      continue;
    }
    // Repetitions in a row make one longer one.
    const width = length === REPEAT_LAST ? 2 : 3;
    if (length !== kind) run = 0;
    kind = length;
    const before = run;
    run = (run > 0 ? (run - 2) << width : 0) + 3 + bits.u(width);
    const end = symbol + run - before;
    if (end > size) throw corrupt();
    if (length === REPEAT_ZERO) {
      symbol = end;
      continue;
    }
    for (; symbol < end; symbol++) {
      lengths.push([symbol, last]);
      room -= (1 << LONGEST) >> last;
    }
  }
  if (room !== 0) throw corrupt();
  return assign(lengths);
}

function readLengthCode(bits: BitReader, skipped: number): PrefixCode {
  const lengths: [symbol: number, length: number][] = [];
  let room = 32;
  for (let i = skipped; i < ORDER.length && room > 0; i++) {
    const length = readLengthOfLength(bits);
    if (length === 0) continue;
    lengths.push([ORDER[i]!, length]);
    room -= 32 >> length;
  }
  if (lengths.length === 1) return { counts: [1], symbols: [lengths[0]![0]] };
  if (room !== 0) throw corrupt();
  return assign(lengths);
}

function readLengthOfLength(bits: BitReader): number {
  const two = bits.u(2);
  if (two < 3) return [0, 4, 3][two]!;
  if (!bits.bool()) return 2;
  return bits.bool() ? 5 : 1;
}

function assign(lengths: readonly (readonly [symbol: number, length: number])[]): PrefixCode {
  const counts = new Array<number>(LONGEST + 1).fill(0);
  for (const [, length] of lengths) counts[length]!++;
  const symbols = lengths.toSorted(([a, m], [b, n]) => m - n || a - b).map(([symbol]) => symbol);
  return { counts, symbols };
}
