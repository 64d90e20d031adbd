import { CHAIN, HASH_BITS, HEADS, TURN_BITS, TURN_CHAIN, TURN_HEADS } from "./layout";

/** Bytes that the hash of a place is made of, or that must follow for it to be made. */
export const LEAST: usize = 8;

let W: i32 = 64;
export function setW(w: i32): void {
  W = w;
}
@inline
export function score(n: u32, distance: u32): i32 {
  return <i32>n * W + ((<i32>clz(distance) - 32 - 16) << 4) + 1000;
}
// Newest distances of matches.
let recent0: u32 = 0;
let recent1: u32 = 0;
let recent2: u32 = 0;
let recent3: u32 = 0;

export function forgetRecent(): void {
  recent0 = 8;
  recent1 = 512;
  recent2 = 4;
  recent3 = 1;
}

export function remember(distance: u32): void {
  if (distance == recent0) return;
  if (distance == recent1) {
    recent1 = recent0;
  } else if (distance == recent2) {
    recent2 = recent1;
    recent1 = recent0;
  } else {
    recent3 = recent2;
    recent2 = recent1;
    recent1 = recent0;
  }
  recent0 = distance;
}

/** Places before it are known. */
let known: usize = 0;
let first: usize = 0;
let last: usize = 0;
let turnDepth: u32 = 16;
export function beginAt(p: usize, end: usize, t: u32): void {
  known = p;
  first = p;
  last = end;
  turnDepth = t;
}
@inline
function runs(p: usize): bool {
  return i8x16.all_true(i8x16.eq(v128.load(p), v128.load(p - 8)));
}
export function learn(tables: usize, until: usize): void {
  let p = known;
  for (const begin = min(first + 9, until); p < begin; p++) insert(tables, p);
  if (p < until) {
    let inside = runs(p - 1);
    for (; p < until; p++) {
      if (runs(p)) {
        while (p + 16 < until && runs(p + 16)) p += 16;
        inside = true;
        continue;
      }
      if (inside) {
        insertTurn(tables, p + 15);
        inside = false;
      }
      insert(tables, p);
    }
  }
  known = max(known, until);
}
@inline
function turnHash(p: usize): u32 {
  return ((load<u32>(p) * 0x9e3779b1) ^ (load<u32>(p - 8) * 0x85ebca6b)) >>> (32 - TURN_BITS);
}
function insertTurn(tables: usize, p: usize): void {
  if (p + 8 > last) return;
  const head = tables + TURN_HEADS + (turnHash(p) << 2);
  const before = load<u32>(head);
  if (<usize>before == p) return;
  store<u32>(head, p);
  store<u16>(tables + TURN_CHAIN + ((p & 32767) << 1), min(p - before, 65535));
}

@inline
function hashOf(p: usize): u32 {
  return (load<u32>(p) * 0x9e3779b1) >>> (32 - HASH_BITS);
}

/** Makes a place known; LEAST bytes must follow. */
@inline
export function insert(tables: usize, p: usize): usize {
  const head = tables + HEADS + (hashOf(p) << 2);
  const before = load<u32>(head);
  store<u32>(head, p);
  store<u16>(tables + CHAIN + ((p & 32767) << 1), min(p - before, 65535));
  return before;
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
 * Makes `p` known and finds the longest earlier match of more than `length` bytes. @returns length << 16 | distance - 1,
 * or 0.
 */
export function find(tables: usize, start: usize, p: usize, most: u32, length: u32, depth: u32, nice: u32): u32 {
  let best: u32 = 0;
  const length0 = length;
  let top: i32 = 0;
  const content = load<u32>(p);
  const reach = <u32>min(p - start, 32768);
  for (let i = 0; i < 4; i++) {
    const distance = i == 0 ? recent0 : i == 1 ? recent1 : i == 2 ? recent2 : recent3;
    if (distance > reach) continue;
    const at = p - distance;
    if (load<u32>(at) != content) continue;
    const n = common(at, p, most);
    if (n < 4 || n < length0) continue;
    const s = score(n, distance);
    if (s > top) {
      top = s;
      length = n;
      best = (n << 16) | (distance - 1);
    }
  }
  let at: usize;
  if (reach > 8 && runs(p)) {
    known = max(known, p + 1);
    const n = common(p - 8, p, most);
    if (n > length0 && score(n, 8) > top) {
      top = score(n, 8);
      best = (n << 16) | 7;
      length = n;
    }
    const turn = p + n;
    if (n >= most || turn + 8 > last) return best;
    at = load<u32>(tables + TURN_HEADS + (turnHash(turn) << 2));
    if (at >= turn) at = turn - load<u16>(tables + TURN_CHAIN + ((turn & 32767) << 1));
    let distance = <u32>min(turn - at, 65535);
    let left = turnDepth;
    while (distance <= reach && left-- > 0) {
      if (load<u32>(p - distance) == content) {
        const n = common(p - distance, p, most);
        if (n > length && score(n, distance) > top) {
          top = score(n, distance);
          length = n;
          best = (n << 16) | (distance - 1);
          if (n >= most) return best;
        }
      }
      const step: u32 = load<u16>(tables + TURN_CHAIN + ((at & 32767) << 1));
      distance += step;
      at -= step;
    }
    return best;
  }
  if (p >= known) {
    at = insert(tables, p);
    known = p + 1;
  } else at = p - load<u16>(tables + CHAIN + ((p & 32767) << 1));
  if (length >= nice) return best;
  let distance = <u32>min(p - at, 65535);
  while (distance <= reach && depth-- > 0) {
    if (load<u32>(at + length - 3) == load<u32>(p + length - 3) && load<u32>(at) == content) {
      const n = common(at, p, most);
      if (n > length && score(n, distance) > top) {
        top = score(n, distance);
        length = n;
        best = (n << 16) | (distance - 1);
        if (n >= nice || n >= most) return best;
      }
    }
    const step: u32 = load<u16>(tables + CHAIN + ((at & 32767) << 1));
    distance += step;
    at -= step;
  }
  return best;
}
