// From marks to chains: a slice's edges as bits of their corners, walked until none is left.
import { rowBytes, sides, sx, sy, tops } from "./planes";

// Edges of a corner, in the order in which they are taken.
const RIGHT: u32 = 1;
const LEFT: u32 = 2;
const DOWN: u32 = 4;
const UP: u32 = 8;
/** Symbols of a chain beside the moves 0 (up), 1 (right), 2 (down), 3 (left). */
export const BRANCH: u8 = 4;
export const END: u8 = 5;
/** Not written. */
export const NONE: u8 = 6;

/** Bytes from a row of corners to the next. */
export let pitch: u32 = 0;
let corners: usize = 0;
let stack: usize = 0;

/** Bytes of the edges of a slice's corners. */
export function cornersSize(width: u32, height: u32): usize {
  return <usize>((width + 16) & ~15) * (height + 1);
}

/** Marks where pixels are joined in place of where they are separate, or the other way around; inside the slice only. */
export function invertMarks(): void {
  for (let y: u32 = 0; y < sy; y++) {
    flip(sides + <usize>y * rowBytes, 1);
    if (y != 0) flip(tops + <usize>y * rowBytes, 0);
  }
}

/** Bits from..sx of a row. */
function flip(row: usize, from: u32): void {
  const whole = sx >> 3;
  for (let i: u32 = 0; i < whole; i++) store<u8>(row + i, ~load<u8>(row + i));
  store<u8>(row + whole, load<u8>(row + whole) ^ <u8>((<u32>1 << (sx & 7)) - 1));
  if (from == 1) store<u8>(row, load<u8>(row) ^ 1);
}

/** Spreads the marks to the corners. */
export function spread(cornersAt: usize, stackAt: usize): void {
  corners = cornersAt;
  stack = stackAt;
  pitch = (sx + 16) & ~15;
  let out = corners;
  for (let y: u32 = 0; y <= sy; y++) {
    const top = tops + <usize>y * rowBytes;
    const side = sides + <usize>y * rowBytes;
    for (let x: u32 = 0; x < pitch; x += 16, out += 16) {
      const byte = <usize>(x >> 3);
      const right = load<u16>(top + byte);
      const left = load<u32>(top + byte - 1) >> 7;
      const down = y < sy ? load<u16>(side + byte) : 0;
      const up = y != 0 ? load<u16>(side + byte - rowBytes) : 0;
      v128.store(
        out,
        v128.or(v128.or(flags(right, RIGHT), flags(left, LEFT)), v128.or(flags(down, DOWN), flags(up, UP))),
      );
    }
    // What lies behind the row belongs to the next one.
    for (let at = corners + (y + 1) * pitch - (pitch - sx - 1); at < out; at++) store<u8>(at, 0);
  }
}

/** Sixteen bits as bytes of this value. */
@inline
function flags(bits: u32, value: u32): v128 {
  const select = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  const spread = i8x16.swizzle(i16x8.splat(<i16>bits), i8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1));
  return v128.and(i8x16.eq(v128.and(spread, select), select), i8x16.splat(<i8>value));
}

/** The first corner from `at` on that has edges, as its offset, or `end`. */
export function nextCorner(at: usize, end: usize): usize {
  for (; at < end; at++) {
    while (at + 16 <= end && !v128.any_true(v128.load(corners + at))) at += 16;
    if (at < end && load<u8>(corners + at) != 0) return at;
  }
  return end;
}

/** Writes the symbols of the chain that starts at a corner, and takes its edges away. @returns their end. */
export function trace(start: usize, out: usize): usize {
  let at = corners + start;
  let edges: u32 = load<u8>(at);
  let depth = stack;
  while (true) {
    if (edges == 0) {
      store<u8>(out++, END);
      if (depth == stack) return out;
      depth -= 4;
      at = load<u32>(depth);
      edges = load<u8>(at);
      continue;
    }
    const edge = edges & (0 - edges);
    if (edges != edge) {
      store<u8>(out++, BRANCH);
      store<u32>(depth, <u32>at);
      depth += 4;
    }
    store<u8>(at, edges ^ edge);
    if (edge < DOWN) {
      if (edge == RIGHT) {
        at++;
        edges = load<u8>(at) ^ LEFT;
        store<u8>(out++, 1);
      } else {
        at--;
        edges = load<u8>(at) ^ RIGHT;
        store<u8>(out++, 3);
      }
    } else if (edge == DOWN) {
      at += pitch;
      edges = load<u8>(at) ^ UP;
      store<u8>(out++, 2);
    } else {
      at -= pitch;
      edges = load<u8>(at) ^ DOWN;
      store<u8>(out++, 0);
    }
    store<u8>(at, edges);
  }
}
