import { NODES, SORTED } from "./layout";

/**
 * Lengths of the codewords of `n` symbols with these counts, none above `limit`, and the codewords themselves, bits
 * reversed, with their lengths from bit 24 on. There are always two of them at least.
 */
export function buildCode(tables: usize, counts: usize, n: u32, limit: u32, lengths: usize, codes: usize): void {
  const sorted = tables + SORTED;
  let used: u32 = 0;
  for (let s: u32 = 0; s < n; s++) {
    const count = load<u32>(counts + (s << 2));
    if (count != 0) store<u32>(sorted + (used++ << 2), (count << 9) | s);
  }
  for (let s: u32 = 0; used < 2; s++)
    if (load<u32>(counts + (s << 2)) == 0) store<u32>(sorted + (used++ << 2), (1 << 9) | s);
  sort(sorted, used);
  const depths = tables + NODES;
  const deepest = leavesOf(sorted, depths, used);
  const ofLength = limited(depths, deepest, limit);
  memory.fill(lengths, 0, n);
  let length = limit;
  let left = load<u32>(ofLength + (length << 2));
  for (let i: u32 = 0; i < used; i++) {
    while (left == 0) left = load<u32>(ofLength + (--length << 2));
    left--;
    store<u8>(lengths + (load<u32>(sorted + (i << 2)) & 511), length);
  }
  codewords(ofLength, limit, lengths, n, codes);
}

/** Shell sort of u32. */
function sort(at: usize, n: u32): void {
  for (let gap: u32 = n > 60 ? 57 : n > 12 ? 10 : 1; gap > 0; gap = gap == 57 ? 23 : gap == 23 ? 10 : gap == 10 ? 4 : gap == 4 ? 1 : 0) {
    const back = <usize>gap << 2;
    for (let i = gap; i < n; i++) {
      const value = load<u32>(at + (i << 2));
      let to = at + (i << 2);
      for (; to >= at + back && load<u32>(to - back) > value; to -= back) store<u32>(to, load<u32>(to - back));
      store<u32>(to, value);
    }
  }
}

/**
 * Huffman's tree of sorted counts, built from two queues, leaves and inner nodes; afterwards `nodes` holds the number of
 * leaves at each depth (u32). @returns the greatest depth.
 */
function leavesOf(sorted: usize, nodes: usize, used: u32): u32 {
  let leaf: u32 = 0;
  let inner: u32 = 0;
  // An inner node's weight gives way to its parent's number once it has one.
  for (let made: u32 = 0; made < used - 1; made++) {
    let weight: u32 = 0;
    for (let child = 0; child < 2; child++) {
      const ofLeaf = leaf < used ? load<u32>(sorted + (leaf << 2)) >>> 9 : u32.MAX_VALUE;
      if (inner < made && load<u32>(nodes + (inner << 2)) < ofLeaf) {
        weight += load<u32>(nodes + (inner << 2));
        store<u32>(nodes + (inner++ << 2), made);
      } else {
        weight += ofLeaf;
        leaf++;
      }
    }
    store<u32>(nodes + (made << 2), weight);
  }
  // From the root (the last one) down: depths instead of parents; those of a depth lie side by side.
  store<u32>(nodes + ((used - 2) << 2), 0);
  for (let i = <i32>used - 3; i >= 0; i--)
    store<u32>(nodes + (i << 2), load<u32>(nodes + (load<u32>(nodes + (i << 2)) << 2)) + 1);
  // Of the places at a depth those that are no inner nodes are leaves.
  let depth: u32 = 0;
  let places: u32 = 1;
  let i = <i32>used - 2;
  const leaves = nodes + (<usize>used << 2);
  while (places > 0) {
    let here: u32 = 0;
    for (; i >= 0 && load<u32>(nodes + (i << 2)) == depth; i--) here++;
    store<u32>(leaves + (depth << 2), places - here);
    places = here << 1;
    depth++;
  }
  memory.copy(nodes, leaves, depth << 2);
  return depth - 1;
}

/** Makes codewords no longer than `limit`: the longer ones are cut, and others made longer until all have room. */
function limited(ofLength: usize, deepest: u32, limit: u32): usize {
  if (deepest < limit) memory.fill(ofLength + ((deepest + 1) << 2), 0, (limit - deepest) << 2);
  let cut: u32 = 0;
  for (let length = limit + 1; length <= deepest; length++) cut += load<u32>(ofLength + (length << 2));
  if (cut == 0) return ofLength;
  store<u32>(ofLength + (limit << 2), load<u32>(ofLength + (limit << 2)) + cut);
  let taken: u32 = 0;
  for (let length: u32 = 1; length <= limit; length++) taken += load<u32>(ofLength + (length << 2)) << (limit - length);
  for (; taken > <u32>1 << limit; taken--) {
    let length = limit - 1;
    while (load<u32>(ofLength + (length << 2)) == 0) length--;
    add(ofLength + (length << 2), -1);
    add(ofLength + (length << 2) + 4, 2);
    add(ofLength + (limit << 2), -1);
  }
  return ofLength;
}

@inline
function add(at: usize, value: i32): void {
  store<i32>(at, load<i32>(at) + value);
}

/** The canonical codewords of these lengths. `ofLength` becomes the next codeword of each length. */
function codewords(ofLength: usize, limit: u32, lengths: usize, n: u32, codes: usize): void {
  let next: u32 = 0;
  let before: u32 = 0;
  store<u32>(ofLength, 0);
  for (let length: u32 = 1; length <= limit; length++) {
    const count = load<u32>(ofLength + (length << 2));
    next = (next + before) << 1;
    store<u32>(ofLength + (length << 2), next);
    before = count;
  }
  for (let s: u32 = 0; s < n; s++) {
    const length: u32 = load<u8>(lengths + s);
    if (length == 0) continue;
    const at = ofLength + (length << 2);
    const code = load<u32>(at);
    store<u32>(at, code + 1);
    store<u32>(codes + (s << 2), reversed(code, length) | (length << 24));
  }
}

@inline
function reversed(code: u32, length: u32): u32 {
  let c = ((code & 0x5555) << 1) | ((code >>> 1) & 0x5555);
  c = ((c & 0x3333) << 2) | ((c >>> 2) & 0x3333);
  c = ((c & 0x0f0f) << 4) | ((c >>> 4) & 0x0f0f);
  c = ((c & 0x00ff) << 8) | (c >>> 8);
  return c >>> (16 - length);
}
