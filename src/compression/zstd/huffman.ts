import { corrupt } from "../output.js";
import { BackwardBits } from "./bits.js";
import { readTable } from "./fse.js";

const LONGEST = 11;

/** A Huffman code of literals (RFC 8878, 4.2): `symbol << 4 | length` by the next `log` bits. */
export interface HuffmanTable {
  readonly log: number;
  readonly entries: Uint16Array;
}

const bits = new BackwardBits();

/** Reads a tree's description at `cursor.at`, before `end`. */
export function readHuffman(bytes: Uint8Array, cursor: { at: number }, end: number): HuffmanTable {
  const head = bytes[cursor.at++]!;
  const weights = new Uint8Array(256);
  let count: number;
  if (head < 128) {
    const to = cursor.at + head;
    if (to > end) corrupt("zstd literals end early");
    count = readWeights(bytes, cursor, to, weights);
    cursor.at = to;
  } else {
    count = head - 127;
    const to = cursor.at + ((count + 1) >> 1);
    if (to > end) corrupt("zstd literals end early");
    for (let i = 0; i < count; i++) {
      const pair = bytes[cursor.at + (i >> 1)]!;
      weights[i] = i & 1 ? pair & 15 : pair >> 4;
    }
    cursor.at = to;
  }
  return build(weights, count);
}

/** Weights coded by two states that take turns. */
function readWeights(bytes: Uint8Array, cursor: { at: number }, end: number, weights: Uint8Array): number {
  const table = readTable(bytes, cursor, end, 6, 255);
  bits.start(bytes, cursor.at, end);
  let now = bits.read(table.log);
  let then = bits.read(table.log);
  if (bits.left < 0) corrupt("zstd bit stream ends early");
  for (let count = 0; count < 254; ) {
    weights[count++] = table.symbols[now]!;
    const need = table.bits[now]!;
    if (need > bits.left) {
      weights[count++] = table.symbols[then]!;
      return count;
    }
    const next = table.base[now]! + bits.read(need);
    now = then;
    then = next;
  }
  return corrupt("zstd literals have too many weights");
}

/** Derives the last weight and fills the table: light symbols (long codes) first. */
function build(weights: Uint8Array, count: number): HuffmanTable {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const w = weights[i]!;
    if (w > LONGEST) corrupt("zstd literals have a wrong weight");
    if (w > 0) sum += 1 << (w - 1);
  }
  if (sum === 0) corrupt("zstd literals have no weights");
  const log = 32 - Math.clz32(sum);
  const rest = (1 << log) - sum;
  if (log > LONGEST || (rest & (rest - 1)) !== 0) corrupt("zstd literals have wrong weights");
  weights[count++] = 32 - Math.clz32(rest);
  const entries = new Uint16Array(1 << log);
  let at = 0;
  for (let w = 1; w <= log; w++) {
    for (let s = 0; s < count; s++) {
      if (weights[s] !== w) continue;
      const to = at + (1 << (w - 1));
      entries.fill((s << 4) | (log + 1 - w), at, to);
      at = to;
    }
  }
  return { log, entries };
}

/** Decodes one stream, `bytes[from..to)`, into exactly `out[at..end)`. */
export function readSymbols(
  table: HuffmanTable,
  bytes: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  at: number,
  end: number,
): void {
  bits.start(bytes, from, to);
  const { entries, log } = table;
  const { view } = bits;
  const mask = (1 << log) - 1;
  let position = bits.position - log;
  let i = at;
  // A read of 32 bits serves two symbols of at most 11 bits, whatever bit the first one begins on.
  for (; i + 2 <= end && position >= 32; i += 2) {
    const place = position - 14;
    const word = view.getUint32(place >>> 3, true) >>> (place & 7);
    const first = entries[(word >>> 14) & mask]!;
    const second = entries[(word >>> (14 - (first & 15))) & mask]!;
    out[i] = first >>> 4;
    out[i + 1] = second >>> 4;
    position -= (first & 15) + (second & 15);
  }
  for (; i < end && position >= 0; i++) {
    const entry = entries[(view.getUint32(position >>> 3, true) >>> (position & 7)) & mask]!;
    out[i] = entry >>> 4;
    position -= entry & 15;
  }
  bits.position = position + log;
  if (i !== end || bits.left !== 0) corrupt("zstd literals have a wrong length");
}
