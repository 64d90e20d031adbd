/** Orders of records by keys of several 32-bit words. */

/** Fewer are sorted by comparing them. */
const MANY = 1 << 13;

/**
 * Places of `count` keys in ascending order; equal ones keep theirs. A key is `words` words, the most significant first, of
 * which `wordOf` gives one. Takes 65,536 steps and twice the count for each half of a word that tells keys apart.
 */
export function radixOrder(
  count: number,
  words: number,
  wordOf: (item: number, word: number) => number,
): Uint32Array {
  let order = Uint32Array.from({ length: count }, (_, i) => i);
  if (count < MANY) return order.sort((a, b) => compare(a, b, words, wordOf));
  let next = new Uint32Array(count);
  const column = new Uint32Array(count);
  for (let word = words - 1; word >= 0; word--) {
    for (let i = 0; i < count; i++) column[i] = wordOf(i, word);
    for (const shift of [0, 16]) {
      const starts = startsOf(column, shift);
      if (starts === undefined) continue;
      for (let i = 0; i < count; i++) {
        const item = order[i]!;
        next[starts[(column[item]! >>> shift) & 0xffff]!++] = item;
      }
      [order, next] = [next, order];
    }
  }
  return order;
}

/** Where the items of each half word begin; undefined if all have the same. */
function startsOf(column: Uint32Array, shift: number): Uint32Array | undefined {
  const starts = new Uint32Array(65_537);
  for (let i = 0; i < column.length; i++) starts[((column[i]! >>> shift) & 0xffff) + 1]!++;
  for (let digit = 1; digit < starts.length; digit++) {
    if (starts[digit] === column.length) return undefined;
    starts[digit]! += starts[digit - 1]!;
  }
  return starts;
}

function compare(
  a: number,
  b: number,
  words: number,
  wordOf: (item: number, word: number) => number,
): number {
  for (let word = 0; word < words; word++) {
    const difference = wordOf(a, word) - wordOf(b, word);
    if (difference !== 0) return difference;
  }
  return a - b;
}
