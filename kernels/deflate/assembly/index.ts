import { alignOutput, bitCount, openOutput, out, put, resumeOutput, suspendOutput } from "./bits";
import { writeBlock } from "./block";
import { beginBlock, countPiece, gain, joinPiece, literalBits } from "./counts";
import { BLOCK_COUNTS, HEADS, MOST_SEQUENCES, RESULT, SEQUENCES, TABLES_SIZE, TURN_HEADS } from "./layout";
import { find, forgetRecent, beginAt, learn, LEAST, remember, score, setW } from "./match";
import { prepareSymbols } from "./symbols";

export function tablesSize(): usize {
  return TABLES_SIZE;
}

let sequences: u32 = 0;
let literals: usize = 0;
let pieceStart: usize = 0;
let pieceFirst: u32 = 0;
let blockStart: usize = 0;

@inline
function sequence(tables: usize, from: usize, to: usize, match: u32): void {
  const at = tables + SEQUENCES + (<usize>sequences << 3);
  store<u32>(at, to - from);
  store<u32>(at, match, 4);
  sequences++;
}

const HEADER_BITS: i32 = 500;
let pieceTokens: u32 = 2048;

let literal: i32 = 96;
let ww: i32 = 8;
function adapt(end: usize, literal: i32): void {
  let lits: u32 = 0;
  const t = tablesAt;
  for (let i = pieceFirst; i < sequences; i++) lits += load<u32>(t + SEQUENCES + (<usize>i << 3));
  const bits = lits * <u32>literal / 16 + 14 * (sequences - pieceFirst);
  setW(max(3, min(40, <i32>(ww * bits / <u32>max(1, end - pieceStart)))));
}
let tablesAt: usize = 0;

/** Ends the newest piece: it goes on with the block, or begins another. */
function endPiece(tables: usize): void {
  const end = countPiece(tables, pieceStart, pieceFirst, sequences);
  if (pieceFirst > 0 && gain(tables) > HEADER_BITS) {
    writeBlock(tables, blockStart, pieceStart, pieceFirst, false);
    memory.copy(tables + SEQUENCES, tables + SEQUENCES + (<usize>pieceFirst << 3), <usize>(sequences - pieceFirst) << 3);
    sequences -= pieceFirst;
    blockStart = pieceStart;
    beginBlock(tables);
  } else if (pieceFirst == 0) beginBlock(tables);
  else joinPiece(tables);
  literal = literalBits(tables, 96);
  adapt(end, literal);
  pieceFirst = sequences;
  pieceStart = end;
  if (sequences > MOST_SEQUENCES - 4096 || end - blockStart > (4 << 20)) {
    writeBlock(tables, blockStart, end, sequences, false);
    sequences = 0;
    pieceFirst = 0;
    blockStart = end;
  }
}

export function deflate(src: usize, length: usize, dst: usize, tables: usize, depth: u32, lazy: u32, w: i32, l1: i32, l2: i32, turns: i32, least: i32): usize {
  openOutput(dst);
  prepareSymbols(tables);
  memory.fill(tables + HEADS, 0, 4 * 32768);
  memory.fill(tables + TURN_HEADS, 0, 4 * 4096);
  forgetRecent();
  setW(8);
  ww = w;
  tablesAt = tables;
  literal = 96;
  sequences = 0;
  pieceFirst = 0;
  pieceStart = src;
  blockStart = src;
  const end = src + length;
  beginAt(src, end, turns);
  const stop = length > LEAST ? end - LEAST : src;
  let p = src;
  let from = src;
  let tokens: u32 = 0;
  let misses: u32 = 0;
  const nice: u32 = 258;
  while (p < stop) {
    let most = <u32>min(end - p, 258);
    let match = find(tables, src, p, most, 3, depth, nice);
    if (match == 0 || <i32>(match >>> 16) * literal < ((<i32>32 - <i32>clz(match & 0xffff)) << 4) + least) {
      const step = min(1 + (misses >> 7), 16);
      p = min(p + step, stop);
      misses++;
      tokens += step;
      if (tokens > pieceTokens) {
        sequence(tables, from, p, 0);
        from = p;
        endPiece(tables);
        tokens = 0;
      }
      continue;
    }
    if (lazy > 0)
      while (match >>> 16 < nice && p + 2 < stop) {
        most = <u32>min(end - p - 1, 258);
        const n = match >>> 16;
        const d = match & 0xffff;
        const next = find(tables, src, p + 1, most, n - 1, depth >> 1, nice);
        if (next != 0 && score(next >>> 16, (next & 0xffff) + 1) - score(n, d + 1) > l1) {
          p++;
          tokens++;
          match = next;
          continue;
        }
        if (lazy > 1) {
          const after = find(tables, src, p + 2, most - 1, n - 1, depth >> 2, nice);
          if (after != 0 && score(after >>> 16, (after & 0xffff) + 1) - score(n, d + 1) > l2) {
            p += 2;
            tokens += 2;
            match = after;
            continue;
          }
        }
        break;
      }
    misses >>= 2;
    sequence(tables, from, p, match);
    remember((match & 0xffff) + 1);
    from = p + (match >>> 16);
    learn(tables, min(from, stop));
    p = from;
    tokens += 4;
    if (tokens > pieceTokens) {
      endPiece(tables);
      tokens = 0;
    }
  }
  if (from < end) sequence(tables, from, end, 0);
  endPiece(tables);
  writeBlock(tables, blockStart, end, sequences, true);
  alignOutput();
  return out - dst;
}
