/** Numbers that look random and are the same everywhere. */

/**
 * Mixes a 64-bit number with a seed of 32 bits: another number for each, evenly spread, in an order that only the seed knows.
 * Halves in and out: low, high. (A Feistel network around MurmurHash3's finalizer.)
 */
export function scramble(low: number, high: number, seed: number): [low: number, high: number] {
  let [a, b] = [low >>> 0, high >>> 0];
  for (let round = 1; round <= 4; round++)
    [a, b] = [b, (a ^ finish(b ^ Math.imul(seed + round, 0x9e3779b9))) >>> 0];
  return [a, b];
}

function finish(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
