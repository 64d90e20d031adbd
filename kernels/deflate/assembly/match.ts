import { CHAIN, HASH_BITS, HEADS, TURN_BITS, TURN_CHAIN, TURN_HEADS, WINDOW } from "./layout";

// A run is where each byte equals the one 8 before it for 16 bytes and more: a row of equal labels of any type. Places
// inside of runs are not made known; a match from there that reaches beyond the run is looked for at the run's end, its turn.

/** Bytes that must follow a place for it to be hashed. */
export const LOOKED_AT: usize = 8;

let start: usize = 0;
let end: usize = 0;
/** Places before it are known. */
let known: usize = 0;
/** Candidates to look at, in the chains of places and of turns. */
let depth: u32 = 0;
let turnDepth: u32 = 0;
/** Where a match is this long, a fourth of them will do. */
let enough: u32 = 0;
/** What a byte is worth in sixteenths of a bit. */
let worth: i32 = 0;
// The newest distances.
let recent0: u32 = 0;
let recent1: u32 = 0;
let recent2: u32 = 0;
let recent3: u32 = 0;

export function beginMatches(tables: usize, from: usize, to: usize, candidates: u32, long: u32): void {
  memory.fill(tables + HEADS, 0, 4 << HASH_BITS);
  memory.fill(tables + TURN_HEADS, 0, 4 << TURN_BITS);
  start = from;
  end = to;
  known = from;
  depth = candidates;
  enough = long;
  turnDepth = candidates + (candidates >> 1);
  recent0 = 8;
  recent1 = 512;
  recent2 = 4;
  recent3 = 1;
}

export function setWorth(sixteenths: i32): void {
  worth = sixteenths;
}

/** What a match saves, in sixteenths of a bit, from an arbitrary zero: its bytes' worth less the bits of its distance. */
@inline
export function score(length: u32, distance: u32): i32 {
  return <i32>length * worth - ((31 - <i32>clz(distance)) << 4);
}
const NO_SCORE: i32 = i32.MIN_VALUE;

@inline
function pack(length: u32, distance: u32): u32 {
  return (length << 16) | (distance - 1);
}

/** A match's distance becomes the newest. */
export function remember(distance: u32): void {
  if (distance == recent0) return;
  if (distance != recent1) {
    if (distance != recent2) recent3 = recent2;
    recent2 = recent1;
  }
  recent1 = recent0;
  recent0 = distance;
}

@inline
function inRun(p: usize): bool {
  return i8x16.all_true(i8x16.eq(v128.load(p), v128.load(p - 8)));
}

@inline
function before(chain: usize, p: usize): u32 {
  return load<u16>(chain + ((p & (WINDOW - 1)) << 1));
}

/** @returns how far back the last place with this hash is, 65,535 if farther. */
@inline
function insert(tables: usize, p: usize): u32 {
  const head = tables + HEADS + (((load<u32>(p) * 0x9e3779b1) >>> (32 - HASH_BITS)) << 2);
  const back = <u32>min(p - load<u32>(head), 65535);
  store<u32>(head, p);
  store<u16>(tables + CHAIN + ((p & (WINDOW - 1)) << 1), back);
  return back;
}

/** Of the end of one run and the beginning of what follows. */
@inline
function turnHead(tables: usize, p: usize): usize {
  const hash = (load<u32>(p) * 0x9e3779b1) ^ (load<u32>(p - 8) * 0x85ebca6b);
  return tables + TURN_HEADS + ((hash >>> (32 - TURN_BITS)) << 2);
}

function insertTurn(tables: usize, p: usize): void {
  if (p + LOOKED_AT > end) return;
  const head = turnHead(tables, p);
  const last: usize = load<u32>(head);
  if (last >= p) return;
  store<u32>(head, p);
  store<u16>(tables + TURN_CHAIN + ((p & (WINDOW - 1)) << 1), min(p - last, 65535));
}

/** Makes the places before `until` known. */
export function learn(tables: usize, until: usize): void {
  let p = known;
  for (const near = min(start + 9, until); p < near; p++) insert(tables, p);
  if (p < until) {
    let inside = inRun(p - 1);
    for (; p < until; p++) {
      if (inRun(p)) {
        while (p + 16 < until && inRun(p + 16)) p += 16;
        inside = true;
        continue;
      }
      if (inside) insertTurn(tables, p + 15);
      inside = false;
      insert(tables, p);
    }
  }
  known = max(known, until);
}

/** Equal bytes at `a` and `b`, up to `most`. */
@inline
function common(a: usize, b: usize, most: u32): u32 {
  let n: u32 = 0;
  while (n < most) {
    const differ = ~i8x16.bitmask(i8x16.eq(v128.load(a + n), v128.load(b + n))) & 0xffff;
    if (differ != 0) {
      n += ctz(differ);
      break;
    }
    n += 16;
  }
  return min(n, most);
}

/**
 * The best match at `p` of at least `least` and at most `most` bytes. Makes `p` known. At most `candidates` of each kind are
 * looked at, those of the newest distances apart. @returns length << 16 | distance - 1, or 0.
 */
export function find(tables: usize, p: usize, least: u32, most: u32, share: u32): u32 {
  const content = load<u32>(p);
  const reach = <u32>min(p - start, WINDOW);
  let best: u32 = 0;
  let top = NO_SCORE;
  let longest = least - 1;
  for (let i = 0; i < 4; i++) {
    const distance = i == 0 ? recent0 : i == 1 ? recent1 : i == 2 ? recent2 : recent3;
    if (distance > reach || load<u32>(p - distance) != content) continue;
    const n = common(p - distance, p, most);
    const s = score(n, distance);
    if (n < least || s <= top) continue;
    top = s;
    longest = n;
    best = pack(n, distance);
  }
  if (reach > 8 && inRun(p)) return findFromRun(tables, p, content, reach, best, top, least, longest, most, share);
  let distance = before(tables + CHAIN, p);
  if (p >= known) {
    distance = insert(tables, p);
    known = p + 1;
  }
  if (longest >= most) return best;
  for (let left = depth >>> (longest < enough ? share : share + 2); distance <= reach && left > 0; left--) {
    const at = p - distance;
    if (load<u32>(at + longest - 3) == load<u32>(p + longest - 3) && load<u32>(at) == content) {
      const n = common(at, p, most);
      const s = score(n, distance);
      if (n > longest && s > top) {
        top = s;
        longest = n;
        best = pack(n, distance);
        if (n >= most) return best;
      }
    }
    distance += before(tables + CHAIN, at);
  }
  return best;
}

/** The same inside of a run: the run itself, and others of at least its length that are followed by the same. */
function findFromRun(
  tables: usize, p: usize, content: u32, reach: u32, best: u32, top: i32, least: u32, longest: u32, most: u32,
  share: u32,
): u32 {
  known = max(known, p + 1);
  const run = common(p - 8, p, most);
  if (run >= least && score(run, 8) > top) {
    top = score(run, 8);
    best = pack(run, 8);
    longest = run;
  }
  const turn = p + run;
  if (run >= most || turn + LOOKED_AT > end) return best;
  const newest: usize = load<u32>(turnHead(tables, turn));
  if (newest > turn) return best;
  let distance = newest == turn ? before(tables + TURN_CHAIN, turn) : <u32>min(turn - newest, 65535);
  for (let left = turnDepth >>> (longest < enough ? share : share + 2); distance <= reach && left > 0; left--) {
    if (load<u32>(p - distance) == content) {
      const n = common(p - distance, p, most);
      const s = score(n, distance);
      if (n > longest && s > top) {
        top = s;
        longest = n;
        best = pack(n, distance);
        if (n >= most) return best;
      }
    }
    distance += before(tables + TURN_CHAIN, turn - distance);
  }
  return best;
}
