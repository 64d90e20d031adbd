// Chains of a slice, put in order and written as a crack code.
import { bytesFor, storeNumber } from "./cracks";
import { CHAINS, CORNERS, OUTPUT, PERMISSIBLE, PLANES, RESULT, SLICES, STACK, SYMBOLS, Z_TO } from "./job";
import { placePlanes, planesSize, sx, sy } from "./planes";
import { SLICE_BYTES, SLICE_CODE, SLICE_MOVES } from "./slice";
import { BRANCH, cornersSize, END, invertMarks, nextCorner, NONE, pitch, spread, trace } from "./trace";

/** Of a chain: u64 whose high word is its first corner (x + (sx + 1) * y) and whose low word is its place among the spans. */
const KEY: u32 = 8;
/** u32 start and end of its symbols. */
const SPAN: u32 = 8;

/** Writes the codes of all slices one behind the other and their lengths to the records. RESULT: the end. */
export function writeCodes(job: usize): void {
  const slices = load<u32>(job, Z_TO);
  const chains = <usize>load<u32>(job, CHAINS);
  let base = <usize>load<u32>(job, PLANES);
  let record = <usize>load<u32>(job, SLICES);
  let out = <usize>load<u32>(job, OUTPUT);
  for (let z: u32 = 0; z < slices; z++, record += SLICE_BYTES) {
    placePlanes(job, base, false);
    base += planesSize(sx, sy);
    if (load<u32>(job, PERMISSIBLE)) invertMarks();
    const stack = <usize>load<u32>(job, STACK);
    spread(load<u32>(job, CORNERS), stack);
    const end = cornersSize(sx, sy);
    let symbols = <usize>load<u32>(job, SYMBOLS);
    let count: u32 = 0;
    // Keys from the front; the spans they name behind as many keys as there can be.
    const spans = chains + KEY * (((sx + 1) * (sy + 1) >> 1) + 1);
    for (let at = nextCorner(0, end); at < end; at = nextCorner(at, end)) {
      const stop = trace(at, symbols);
      const first = turnStart(at, symbols);
      dropEmpty(symbols, stop, stack);
      store<u64>(chains + count * KEY, (<u64>((<u32>(first % pitch) + (sx + 1) * <u32>(first / pitch))) << 32) | count);
      store<u32>(spans + count * SPAN, <u32>symbols);
      store<u32>(spans + count * SPAN, <u32>stop, 4);
      count++;
      symbols = stop;
    }
    sort(chains, count);
    const length = writeSlice(chains, spans, count, out);
    store<u32>(record, length, SLICE_CODE);
    store<u32>(record, written, SLICE_MOVES);
    out += length;
  }
  store<u32>(job, <u32>out, RESULT);
}

/** A chain whose first branch ends before another one begins starts at the end of that one. @returns its start. */
function turnStart(start: usize, symbols: usize): usize {
  if (load<u8>(symbols) != BRANCH) return start;
  let last = symbols + 1;
  let at = start;
  for (; load<u8>(last) < BRANCH; last++) {
    const move = load<u8>(last);
    at += move == 0 ? 0 - pitch : move == 1 ? 1 : move == 2 ? pitch : <usize>(-1);
  }
  if (load<u8>(last) == BRANCH) return start;
  store<u8>(symbols, NONE);
  store<u8>(last, NONE);
  for (let a = symbols + 1, b = last - 1; a <= b; a++, b--) {
    const move = load<u8>(a);
    store<u8>(a, load<u8>(b) ^ 2);
    store<u8>(b, move ^ 2);
  }
  return at;
}

/** Drops branches that end at once, with their ends. `open`: room for branches that are open. */
function dropEmpty(from: usize, to: usize, open: usize): void {
  let depth = open;
  let branch: usize = 0;
  let length: u32 = 0;
  for (let at = from; at < to; at++) {
    const symbol = load<u8>(at);
    if (symbol < BRANCH) length++;
    else if (symbol == BRANCH) {
      store<u32>(depth, <u32>at);
      depth += 4;
    } else if (symbol == END) {
      if (branch != 0 && length == 0) {
        store<u8>(branch, NONE);
        store<u8>(at, NONE);
      }
      if (depth == open) branch = 0;
      else {
        depth -= 4;
        branch = load<u32>(depth);
      }
      length = 0;
    }
  }
}

/** Ascending, by halves. */
function sort(keys: usize, n: u32): void {
  let ordered = true;
  for (let i: u32 = 1; i < n; i++)
    if (load<u64>(keys + (i - 1) * KEY) > load<u64>(keys + i * KEY)) {
      ordered = false;
      break;
    }
  if (ordered) return;
  for (let i = n >> 1; i > 0; i--) sink(keys, i - 1, n);
  for (let end = n - 1; end > 0; end--) {
    const largest = load<u64>(keys);
    store<u64>(keys, load<u64>(keys + end * KEY));
    store<u64>(keys + end * KEY, largest);
    sink(keys, 0, end);
  }
}

function sink(keys: usize, at: u32, n: u32): void {
  const key = load<u64>(keys + at * KEY);
  for (let child: u32 = 2 * at + 1; child < n; child = 2 * at + 1) {
    if (child + 1 < n && load<u64>(keys + (child + 1) * KEY) > load<u64>(keys + child * KEY)) child++;
    if (load<u64>(keys + child * KEY) <= key) break;
    store<u64>(keys + at * KEY, load<u64>(keys + child * KEY));
    at = child;
  }
  store<u64>(keys + at * KEY, key);
}

/** Moves in the code that was written last. */
let written: u32 = 0;

/** @returns bytes written. */
function writeSlice(chains: usize, spans: usize, count: u32, out: usize): u32 {
  const nodesEnd = writeStarts(chains, count, out + 4);
  store<u32>(out, <u32>(nodesEnd - out - 4));
  let at = nodesEnd;
  let word: u64 = 0;
  let bits: u32 = 0;
  let move: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const span = spans + <u32>load<u64>(chains + i * KEY) * SPAN;
    const end = load<u32>(span, 4);
    // The move written last of this chain; 4: none.
    let last: u32 = 4;
    for (let symbol = load<u32>(span); symbol < end; symbol++) {
      let next = <u32>load<u8>(symbol);
      if (next == NONE) continue;
      if (next >= BRANCH) {
        // Two moves that are opposite; the first is not to be so to the one before.
        const first: u32 = next == BRANCH ? (last == 2 || last == 4 ? 3 : 0) : last == 0 || last == 4 ? 1 : 2;
        word |= <u64>((first - move) & 3) << bits;
        bits += 2;
        move = first;
        next = first ^ 2;
      }
      word |= <u64>((next - move) & 3) << bits;
      bits += 2;
      move = next;
      last = next;
      if (bits >= 32) {
        store<u32>(at, <u32>word);
        at += 4;
        word >>= 32;
        bits -= 32;
      }
    }
  }
  written = (<u32>(at - nodesEnd) << 2) + (bits >> 1);
  for (; bits > 0; bits = bits > 8 ? bits - 8 : 0, word >>= 8) store<u8>(at++, <u8>word);
  return <u32>(at - out);
}

/** The corners where chains start, row by row. @returns their end. */
function writeStarts(chains: usize, count: u32, out: usize): usize {
  const wide = bytesFor(<u64>sx + 1);
  const high = bytesFor(<u64>sy + 1);
  let rows: u32 = 0;
  let at = out + high;
  let previous: u32 = 0;
  for (let i: u32 = 0; i < count; ) {
    const y = <u32>(load<u64>(chains + i * KEY) >> 32) / (sx + 1);
    const row = at;
    at += high + wide;
    let x: u32 = 0;
    let inRow: u32 = 0;
    for (; i < count; i++, inRow++, at += wide) {
      const corner = <u32>(load<u64>(chains + i * KEY) >> 32);
      if (corner / (sx + 1) != y) break;
      storeNumber(at, wide, corner % (sx + 1) - x);
      x = corner % (sx + 1);
    }
    storeNumber(row, high, y - previous);
    storeNumber(row + high, wide, inRow);
    previous = y;
    rows++;
  }
  storeNumber(out, high, rows);
  return at;
}
