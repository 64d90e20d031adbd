import { corrupt } from "../output.js";
import type { Bits } from "./bits.js";

const LONGEST = 20;
const FAST = 10;

/** A canonical Huffman code: a table for codes of up to 10 bits, limits by length for longer ones. */
export interface Code {
  /** `symbol << 5 | length` by the next 10 bits; 0: longer than that. */
  readonly fast: Uint16Array;
  /** First value above the codes of each length, left-aligned to 20 bits. */
  readonly above: Uint32Array;
  /** What to take from a code of each length to get its place in `symbols`. */
  readonly base: Int32Array;
  readonly symbols: Uint16Array;
}

/** Reads the delta-coded lengths of `count` symbols and builds their code. */
export function readCode(bits: Bits, count: number): Code {
  const lengths = new Uint8Array(count);
  let length = bits.read(5);
  for (let s = 0; s < count; s++) {
    for (;;) {
      if (length < 1 || length > LONGEST) corrupt("bzip2 code length is out of range");
      if (!bits.bit()) break;
      length += bits.bit() ? -1 : 1;
    }
    lengths[s] = length;
  }
  return buildCode(lengths);
}

function buildCode(lengths: Uint8Array): Code {
  const fast = new Uint16Array(1 << FAST);
  const above = new Uint32Array(LONGEST + 2);
  const base = new Int32Array(LONGEST + 1);
  const symbols = new Uint16Array(lengths.length);
  let code = 0;
  let placed = 0;
  for (let n = 1; n <= LONGEST; n++) {
    base[n] = code - placed;
    for (let s = 0; s < lengths.length; s++) {
      if (lengths[s] !== n) continue;
      symbols[placed++] = s;
      if (n <= FAST) fast.fill((s << 5) | n, code << (FAST - n), (code + 1) << (FAST - n));
      code++;
    }
    if (code > 1 << n) corrupt("bzip2 code lengths are over-subscribed");
    above[n] = code << (LONGEST - n);
    code <<= 1;
  }
  return { fast, above, base, symbols };
}

/** The next symbol of the stream. */
export function readSymbol(bits: Bits, code: Code): number {
  const next = bits.peek(LONGEST);
  const hit = code.fast[next >>> (LONGEST - FAST)]!;
  if (hit !== 0) {
    bits.skip(hit & 31);
    return hit >>> 5;
  }
  let n = FAST + 1;
  while (n <= LONGEST && next >= code.above[n]!) n++;
  if (n > LONGEST) corrupt("bzip2 data holds a code that stands for nothing");
  bits.skip(n);
  return code.symbols[(next >>> (LONGEST - n)) - code.base[n]!]!;
}
