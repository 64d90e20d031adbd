import { alignOutput, bitBuffer, bitCount, out, put, saveOutput } from "./bits";
import { prepareHeader, writeHeader } from "./header";
import { buildCode } from "./huffman";
import {
  BLOCK_COUNTS, CODES, DISTANCE_CODES, DISTANCE_LIMIT, DISTANCES, END_OF_BLOCK, LENGTH_CODES, LENGTHS, LITERAL_LIMIT, LITERALS,
  SEQUENCES,
} from "./layout";
import { distanceBase, distanceBits, distanceSymbol, lengthBits, lengthSymbol } from "./symbols";

const MOST_STORED: usize = 65535;

/** Writes the block of `count` sequences from `src` to `end` in the shortest of its three forms. */
export function writeBlock(tables: usize, src: usize, end: usize, count: u32, last: bool): void {
  const counts = tables + BLOCK_COUNTS;
  const lengths = tables + LENGTHS;
  store<u32>(counts + (END_OF_BLOCK << 2), 1);
  const fixed = fixedCost(counts);
  buildCode(tables, counts, LITERALS, LITERAL_LIMIT, lengths, tables + CODES);
  buildCode(
    tables, counts + (LITERALS << 2), DISTANCES, DISTANCE_LIMIT, lengths + LITERALS, tables + DISTANCE_CODES,
  );
  const coded = cost(counts, lengths);
  const dynamic = coded + prepareHeader(tables);
  const stored = ((end - src) << 3) + 40 * ((end - src) / MOST_STORED + 1);
  if (stored <= min(fixed, dynamic)) return writeStored(src, end, last);
  put(<u32>last | (fixed <= dynamic ? 2 : 4), 3);
  if (fixed <= dynamic) fixedCodes(tables);
  else writeHeader(tables);
  lengthCodes(tables);
  writeSequences(tables, src, count);
  const code = load<u32>(tables + CODES + (END_OF_BLOCK << 2));
  put(code & 0xffffff, code >>> 24);
}

/** Bits of a block's symbols with these lengths of codewords, extra bits included. */
function cost(counts: usize, lengths: usize): u32 {
  let bits: u32 = 0;
  for (let s: u32 = 0; s < LITERALS + DISTANCES; s++) {
    const extra = s > 256 ? (s < LITERALS ? lengthBits(s - 257) : distanceBits(s - LITERALS)) : 0;
    bits += load<u32>(counts + (s << 2)) * (load<u8>(lengths + s) + extra);
  }
  return bits;
}

@inline
function fixedLength(s: u32): u32 {
  return s < 144 ? 8 : s < 256 ? 9 : s < 280 ? 7 : s < LITERALS ? 8 : 5;
}

function fixedCost(counts: usize): u32 {
  let bits: u32 = 0;
  for (let s: u32 = 0; s < LITERALS + DISTANCES; s++) {
    const extra = s > 256 ? (s < LITERALS ? lengthBits(s - 257) : distanceBits(s - LITERALS)) : 0;
    bits += load<u32>(counts + (s << 2)) * (fixedLength(s) + extra);
  }
  return bits;
}

/** The codes of RFC 1951 3.2.6: those of a block in which each symbol is as frequent as its length says. */
function fixedCodes(tables: usize): void {
  const counts = tables + BLOCK_COUNTS;
  for (let s: u32 = 0; s < LITERALS + DISTANCES; s++) store<u32>(counts + (s << 2), 512 >> fixedLength(s));
  buildCode(tables, counts, LITERALS, LITERAL_LIMIT, tables + LENGTHS, tables + CODES);
  buildCode(
    tables, counts + (LITERALS << 2), DISTANCES, DISTANCE_LIMIT, tables + LENGTHS + LITERALS, tables + DISTANCE_CODES,
  );
}

/** Codewords of lengths together with their extra bits. */
function lengthCodes(tables: usize): void {
  for (let s: u32 = 0, length: u32 = 0; s < 29; s++) {
    const code = load<u32>(tables + CODES + ((257 + s) << 2));
    const bits = code >>> 24;
    const extra = lengthBits(s);
    if (s == 28) length = 255;
    for (let x: u32 = 0; x < <u32>1 << extra && length < 256; x++, length++)
      store<u32>(tables + LENGTH_CODES + (length << 2), (code & 0xffffff) | (x << bits) | ((bits + extra) << 24));
  }
}

export function writeStored(src: usize, end: usize, last: bool): void {
  do {
    const length = min(end - src, MOST_STORED);
    put(<u32>(last && src + length == end), 3);
    alignOutput();
    put(<u32>length | ((<u32>length ^ 0xffff) << 16), 32);
    memory.copy(out, src, length);
    saveOutput(out + length, 0, 0);
    src += length;
  } while (src < end);
}

/** Codewords of all literals and matches. */
function writeSequences(tables: usize, src: usize, count: u32): void {
  const codes = tables + CODES;
  const distances = tables + DISTANCE_CODES;
  let to = out;
  let bits = bitBuffer;
  let have = bitCount;
  let sequence = tables + SEQUENCES;
  for (const end = sequence + (<usize>count << 3); sequence < end; sequence += 8) {
    const literals = load<u32>(sequence);
    const match = load<u32>(sequence, 4);
    const stop = src + literals;
    while (src + 4 <= stop) {
      const four = load<u32>(src);
      const a = load<u32>(codes + ((four & 255) << 2));
      const b = load<u32>(codes + (((four >>> 8) & 255) << 2));
      const c = load<u32>(codes + (((four >>> 16) & 255) << 2));
      const d = load<u32>(codes + ((four >>> 24) << 2));
      src += 4;
      bits |= <u64>(a & 0xffffff) << have;
      have += a >>> 24;
      bits |= <u64>(b & 0xffffff) << have;
      have += b >>> 24;
      bits |= <u64>(c & 0xffffff) << have;
      have += c >>> 24;
      bits |= <u64>(d & 0xffffff) << have;
      have += d >>> 24;
      store<u64>(to, bits);
      to += have >>> 3;
      bits >>= have & 56;
      have &= 7;
    }
    for (; src < stop; src++) {
      const code = load<u32>(codes + (<usize>load<u8>(src) << 2));
      bits |= <u64>(code & 0xffffff) << have;
      have += code >>> 24;
    }
    // Three literals at most are not written yet: 42 bits and 7.
    store<u64>(to, bits);
    to += have >>> 3;
    bits >>= have & 56;
    have &= 7;
    if (match == 0) continue;
    const length = (match >>> 16) - 3;
    const distance = match & 0xffff;
    const code = load<u32>(tables + LENGTH_CODES + (length << 2));
    bits |= <u64>(code & 0xffffff) << have;
    have += code >>> 24;
    const symbol = distanceSymbol(tables, distance);
    const place = load<u32>(distances + (symbol << 2));
    bits |= <u64>(place & 0xffffff) << have;
    have += place >>> 24;
    bits |= <u64>(distance - distanceBase(symbol)) << have;
    have += distanceBits(symbol);
    store<u64>(to, bits);
    to += have >>> 3;
    bits >>= have & 56;
    have &= 7;
    src += length + 3;
  }
  saveOutput(to, bits, have);
}
