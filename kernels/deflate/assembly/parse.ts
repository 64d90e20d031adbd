import { writeBlock } from "./block";
import { beginBlock, countPiece, gain, joinPiece, literalBits } from "./counts";
import { LEAST_MATCH, MOST_MATCH, MOST_SEQUENCES, SEQUENCES } from "./layout";
import { beginMatches, find, learn, LOOKED_AT, remember, score, setWorth } from "./match";

/** A piece is what is counted at a time: a literal is one token, a match four. */
const PIECE_TOKENS: u32 = 2048;
const PIECE_SEQUENCES: u32 = 1024;
const MOST_BLOCK: usize = 4 << 20;
/** What a block of its own has to save, in bits. */
const HEADER_BITS: i32 = 500;
/** Sixteenths of a bit. */
const MATCH_COST: i32 = 200;
const USUAL_LITERAL: i32 = 96;
/** How much better a match has to be for which one literal, or two, are written before it. */
const LATER_BY_ONE: i32 = 32;
const LATER_BY_TWO: i32 = 96;
/** The middle levels look for nothing better than a match of this many bytes. */
const ENOUGH: u32 = 96;

// The open block: its start, sequences, and where its newest piece begins.
let blockStart: usize = 0;
let sequences: u32 = 0;
let pieceStart: usize = 0;
let pieceFirst: u32 = 0;
/** Sixteenths of a bit that a literal costs. */
let literal: i32 = 0;

/**
 * Finds the matches of [src, src + length), which follow `history` bytes, and writes the blocks. Levels 1 to 9; the first two
 * take each match as it comes, the last three look two bytes ahead for a better one, the others one.
 */
export function writeBlocks(tables: usize, src: usize, length: usize, history: usize, last: bool, level: u32): void {
  const end = src + length;
  const stop = length > LOOKED_AT ? end - LOOKED_AT : src;
  const ahead: u32 = level < 3 ? 0 : level < 7 ? 1 : 2;
  const enough = level < 7 ? ENOUGH : MOST_MATCH;
  beginMatches(tables, src - history, end, level < 3 ? level << 1 : <u32>1 << (level - 1), enough);
  if (stop > src) learn(tables, src);
  setWorth(8);
  literal = USUAL_LITERAL;
  blockStart = pieceStart = src;
  sequences = pieceFirst = 0;
  let p = src;
  let from = src;
  let tokens: u32 = 0;
  let misses: u32 = 0;
  while (p < stop) {
    let match = find(tables, p, LEAST_MATCH, <u32>min(end - p, MOST_MATCH), 0);
    if (match == 0 || !pays(match)) {
      // Where nothing is found, fewer places are looked at.
      const step = min(1 + (misses++ >> 7), 16);
      p = min(p + step, stop);
      tokens += step;
      if (tokens > PIECE_TOKENS) {
        append(tables, p - from, 0);
        from = p;
        endPiece(tables);
        tokens = 0;
      }
      continue;
    }
    misses >>= 2;
    while (ahead > 0 && match >>> 16 < enough && p + 2 < stop) {
      const now = scoreOf(match);
      const least = max((match >>> 16) - 1, LEAST_MATCH);
      const next = find(tables, p + 1, least, <u32>min(end - p - 1, MOST_MATCH), 1);
      if (next != 0 && scoreOf(next) - now > LATER_BY_ONE) {
        match = next;
        p++;
        tokens++;
        continue;
      }
      if (ahead == 1) break;
      const after = find(tables, p + 2, least, <u32>min(end - p - 2, MOST_MATCH), 2);
      if (after == 0 || scoreOf(after) - now <= LATER_BY_TWO) break;
      match = after;
      p += 2;
      tokens += 2;
    }
    append(tables, p - from, match);
    remember((match & 0xffff) + 1);
    p += match >>> 16;
    from = p;
    learn(tables, min(p, stop));
    tokens += 4;
    if (tokens > PIECE_TOKENS) {
      endPiece(tables);
      tokens = 0;
    }
  }
  if (from < end) append(tables, end - from, 0);
  endPiece(tables);
  writeBlock(tables, blockStart, end, sequences, last);
}

@inline
function scoreOf(match: u32): i32 {
  return score(match >>> 16, (match & 0xffff) + 1);
}

/** Whether a match is likely to be shorter than its bytes as literals. */
@inline
function pays(match: u32): bool {
  return <i32>(match >>> 16) * literal >= ((32 - <i32>clz(match & 0xffff)) << 4) + MATCH_COST;
}

@inline
function append(tables: usize, literals: usize, match: u32): void {
  const at = tables + SEQUENCES + (<usize>sequences << 3);
  sequences++;
  store<u32>(at, literals);
  store<u32>(at, match, 4);
}

/** The newest piece goes on with the block, or begins another if that is shorter. */
function endPiece(tables: usize): void {
  const end = countPiece(tables, pieceStart, pieceFirst, sequences);
  if (pieceFirst > 0 && gain(tables) > HEADER_BITS) {
    writeBlock(tables, blockStart, pieceStart, pieceFirst, false);
    sequences -= pieceFirst;
    const first = tables + SEQUENCES;
    memory.copy(first, first + (<usize>pieceFirst << 3), <usize>sequences << 3);
    blockStart = pieceStart;
    pieceFirst = 0;
  }
  if (pieceFirst == 0) beginBlock(tables);
  else joinPiece(tables);
  literal = literalBits(tables, USUAL_LITERAL);
  setWorth(worthOf(tables, end));
  pieceFirst = sequences;
  pieceStart = end;
  if (sequences <= MOST_SEQUENCES - PIECE_SEQUENCES && end - blockStart <= MOST_BLOCK) return;
  writeBlock(tables, blockStart, end, sequences, false);
  blockStart = end;
  sequences = pieceFirst = 0;
}

/** What a byte of the newest piece is worth: half of its share of all bits, about. */
function worthOf(tables: usize, end: usize): i32 {
  let literals: u32 = 0;
  for (let i = pieceFirst; i < sequences; i++) literals += load<u32>(tables + SEQUENCES + (<usize>i << 3));
  const bits = ((literals * <u32>literal) >> 4) + 14 * (sequences - pieceFirst);
  return <i32>max(3, min(40, (bits << 3) / <u32>max(1, end - pieceStart)));
}
