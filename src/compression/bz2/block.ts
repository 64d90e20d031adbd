import { corrupt, type Output } from "../output.js";
import type { Bits } from "./bits.js";
import { type Code, readCode, readSymbol } from "./huffman.js";

const SYMBOLS_OF_A_SELECTOR = 50;

/** Reads one block behind its header's checksum: Huffman, move to front, Burrows-Wheeler, runs. */
export function readBlock(bits: Bits, work: Uint32Array, out: Output): void {
  if (bits.bit()) corrupt("bzip2 block is randomised, as only versions before 0.9.5 wrote it");
  const origin = bits.read(24);
  const used = readUsed(bits);
  const codeCount = bits.read(3);
  if (codeCount < 2 || codeCount > 6) corrupt("bzip2 block has a wrong number of codes");
  const selectors = readSelectors(bits, codeCount);
  const codes = Array.from({ length: codeCount }, () => readCode(bits, used.length + 2));
  const count = readSymbols(bits, work, used, selectors, codes);
  if (origin >= count) corrupt("bzip2 block begins outside itself");
  writeRuns(work, count, origin, out);
}

/** The byte values that occur, ascending: the start of the move-to-front list. */
function readUsed(bits: Bits): Uint8Array {
  const rows = bits.read(16);
  const used: number[] = [];
  for (let row = 0; row < 16; row++) {
    if (!(rows & (0x8000 >> row))) continue;
    const columns = bits.read(16);
    for (let c = 0; c < 16; c++) if (columns & (0x8000 >> c)) used.push(row * 16 + c);
  }
  if (used.length === 0) corrupt("bzip2 block uses no byte values");
  return Uint8Array.from(used);
}

function readSelectors(bits: Bits, codeCount: number): Uint8Array {
  const selectors = new Uint8Array(bits.read(15));
  const recent = Array.from({ length: codeCount }, (_, n) => n);
  for (let i = 0; i < selectors.length; i++) {
    let n = 0;
    while (bits.bit()) if (++n >= codeCount) corrupt("bzip2 selector names a code that is not there");
    const [code] = recent.splice(n, 1) as [number];
    recent.unshift(code);
    selectors[i] = code;
  }
  return selectors;
}

/** Fills `work` with the bytes of the last column. @returns how many. */
function readSymbols(
  bits: Bits,
  work: Uint32Array,
  recent: Uint8Array,
  selectors: Uint8Array,
  codes: readonly Code[],
): number {
  const end = recent.length + 1;
  let count = 0;
  let run = 0;
  let weight = 1;
  let left = 0;
  let group = 0;
  let code = codes[0]!;
  for (;;) {
    if (left-- === 0) {
      if (group >= selectors.length) corrupt("bzip2 block has more symbols than selectors");
      code = codes[selectors[group++]!]!;
      left = SYMBOLS_OF_A_SELECTOR - 1;
    }
    const symbol = readSymbol(bits, code);
    if (symbol < 2) {
      run += weight << symbol;
      weight <<= 1;
      if (run > work.length) corrupt("bzip2 run is longer than its block");
      continue;
    }
    if (count + run + (symbol === end ? 0 : 1) > work.length) corrupt("bzip2 block is longer than declared");
    if (run > 0) work.fill(recent[0]!, count, count + run);
    count += run;
    run = 0;
    weight = 1;
    if (symbol === end) return count;
    const place = symbol - 1;
    const value = recent[place]!;
    recent.copyWithin(1, 0, place);
    recent[0] = value;
    work[count++] = value;
  }
}

/** Undoes the Burrows-Wheeler transform and the first run-length step, into the output. */
function writeRuns(work: Uint32Array, count: number, origin: number, out: Output): void {
  const next = new Uint32Array(256);
  for (let i = 0; i < count; i++) next[work[i]! & 255]!++;
  let sum = 0;
  for (let v = 0; v < 256; v++) {
    const n = next[v]!;
    next[v] = sum;
    sum += n;
  }
  for (let i = 0; i < count; i++) {
    const to = next[work[i]! & 255]!++;
    work[to] = work[to]! | (i << 8);
  }
  let at = work[origin]!;
  let same = 0;
  let last = -1;
  for (let left = count; left > 0; left--) {
    at = work[at >>> 8]!;
    const value = at & 255;
    if (same === 4) {
      if (value > 0) out.reserve(value).fill(last, out.length, out.length + value);
      out.length += value;
      same = 0;
      last = -1;
      continue;
    }
    same = value === last ? same + 1 : 1;
    last = value;
    const { length } = out;
    if (length === out.bytes.length) out.reserve(1);
    out.bytes[length] = value;
    out.length = length + 1;
  }
}
