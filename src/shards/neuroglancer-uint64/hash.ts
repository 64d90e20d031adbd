/**
 * MurmurHash3_x86_128 of 8 bytes with seed 0, of which the low 64 bits count. Words of 32 bits, no BigInt: about
 * 20 million labels a second. Source: smhasher `MurmurHash3.cpp`.
 */

/** A 64-bit number as two unsigned halves. */
export interface Halves {
  low: number;
  high: number;
}

export function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

function finish(h: number): number {
  let x = h;
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** Hashes the number in `n`, in place. */
export function murmur(n: Halves): void {
  let h1 = Math.imul(rotate(Math.imul(n.low, 0x239b961b), 15), 0xab0e9789) ^ 8;
  let h2 = Math.imul(rotate(Math.imul(n.high, 0xab0e9789), 16), 0x38b34ae5) ^ 8;
  let h3 = 8;
  let h4 = 8;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finish(h1);
  h2 = finish(h2);
  h3 = finish(h3);
  h4 = finish(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  n.low = h1 >>> 0;
  n.high = h2 >>> 0;
}
