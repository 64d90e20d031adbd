/**
 * The low half of XXH64 with seed 0, which zstd frames carry as checksum. 64-bit words are two 32-bit halves
 * (low, high), as bigints would be ten times slower.
 */
const P1 = [0x85ebca87 | 0, 0x9e3779b1 | 0] as const;
const P2 = [0x27d4eb4f | 0, 0xc2b2ae3d | 0] as const;
const P3 = [0x9e3779f9 | 0, 0x165667b1 | 0] as const;
const P4 = [0xc2b2ae63 | 0, 0x85ebca77 | 0] as const;
const P5 = [0x165667c5 | 0, 0x27d4eb2f | 0] as const;
type Word = readonly [low: number, high: number];

/** The high half of the last product. */
let high = 0;

/** The low half of a product; the high half is in `high`. */
function product(al: number, ah: number, bl: number, bh: number): number {
  const a0 = al & 0xffff;
  const a1 = al >>> 16;
  const b0 = bl & 0xffff;
  const b1 = bl >>> 16;
  const low = Math.imul(a0, b0);
  const left = Math.imul(a0, b1);
  const right = Math.imul(a1, b0);
  const middle = (low >>> 16) + (left & 0xffff) + (right & 0xffff);
  const carried = Math.imul(a1, b1) + (left >>> 16) + (right >>> 16) + (middle >>> 16);
  high = (carried + Math.imul(al, bh) + Math.imul(ah, bl)) | 0;
  return (low & 0xffff) | (middle << 16);
}

function add(h: Int32Array, at: number, low: number, up: number): void {
  const sum = (h[at]! + low) | 0;
  h[at + 1] = h[at + 1]! + up + (sum >>> 0 < low >>> 0 ? 1 : 0);
  h[at] = sum;
}

function multiply(h: Int32Array, at: number, [low, up]: Word): void {
  h[at] = product(h[at]!, h[at + 1]!, low, up);
  h[at + 1] = high;
}

/** Rotates left by less than 32. */
function rotate(h: Int32Array, at: number, n: number): void {
  const low = h[at]!;
  const up = h[at + 1]!;
  h[at] = (low << n) | (up >>> (32 - n));
  h[at + 1] = (up << n) | (low >>> (32 - n));
}

/** One lane's step: takes in a word. */
function round(h: Int32Array, at: number, low: number, up: number): void {
  const mixed = product(low, up, P2[0], P2[1]);
  add(h, at, mixed, high);
  rotate(h, at, 31);
  multiply(h, at, P1);
}

/** Mixes the step of a fresh lane into the hash at 8. */
function merge(h: Int32Array, low: number, up: number): void {
  h[10] = 0;
  h[11] = 0;
  round(h, 10, low, up);
  h[8]! ^= h[10]!;
  h[9]! ^= h[11]!;
}

export function xxh64Low(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // Four lanes, the hash, and scratch.
  const h = new Int32Array(12);
  let at = 0;
  if (bytes.length < 32) h.set(P5, 8);
  else {
    h.set([...P1, ...P2], 0);
    add(h, 0, ...P2);
    add(h, 6, -P1[0], ~P1[1]);
    for (; at + 32 <= bytes.length; at += 32)
      for (let n = 0; n < 8; n += 2)
        round(h, n, view.getInt32(at + n * 4, true), view.getInt32(at + n * 4 + 4, true));
    for (let n = 0; n < 8; n += 2) {
      h.copyWithin(10, n, n + 2);
      rotate(h, 10, [1, 7, 12, 18][n / 2]!);
      add(h, 8, h[10]!, h[11]!);
    }
    for (let n = 0; n < 8; n += 2) {
      merge(h, h[n]!, h[n + 1]!);
      multiply(h, 8, P1);
      add(h, 8, ...P4);
    }
  }
  add(h, 8, bytes.length | 0, Math.floor(bytes.length / 2 ** 32));
  for (; at + 8 <= bytes.length; at += 8) {
    merge(h, view.getInt32(at, true), view.getInt32(at + 4, true));
    finishWord(h, 27, P1, P4);
  }
  if (at + 4 <= bytes.length) {
    h[8]! ^= product(view.getInt32(at, true), 0, ...P1);
    h[9]! ^= high;
    finishWord(h, 23, P2, P3);
    at += 4;
  }
  for (; at < bytes.length; at++) {
    h[8]! ^= product(bytes[at]!, 0, ...P5);
    h[9]! ^= high;
    finishWord(h, 11, P1, [0, 0]);
  }
  h[8]! ^= h[9]! >>> 1;
  multiply(h, 8, P2);
  h[8]! ^= (h[8]! >>> 29) | (h[9]! << 3);
  h[9]! ^= h[9]! >>> 29;
  multiply(h, 8, P3);
  return (h[8]! ^ h[9]!) >>> 0;
}

function finishWord(h: Int32Array, turn: number, factor: Word, summand: Word): void {
  rotate(h, 8, turn);
  multiply(h, 8, factor);
  add(h, 8, ...summand);
}
