import { put } from "./bits";
import { buildCode } from "./huffman";
import { ITEMS, LENGTHS, LITERALS, PRECODE_CODES, PRECODE_COUNTS, PRECODE_LENGTHS, PRECODE_LIMIT } from "./layout";

// The header of the block that is prepared: how many lengths of each kind, items, and lengths of the items' own code.
let literals: u32 = 0;
let distances: u32 = 0;
let items: u32 = 0;
let given: u32 = 0;

/**
 * Prepares the header of a dynamic block (RFC 1951 3.2.7) for the codeword lengths at LENGTHS.
 * @returns its bits, without the three in front of every block.
 */
export function prepareHeader(tables: usize): u32 {
  const lengths = tables + LENGTHS;
  literals = used(lengths, 286, 257);
  distances = used(lengths + LITERALS, 30, 1);
  // The distances' lengths follow those of the literals, whose unused rest is written over for the time being.
  memory.copy(lengths + literals, lengths + LITERALS, distances);
  const counts = tables + PRECODE_COUNTS;
  memory.fill(counts, 0, 128);
  items = 0;
  const end = lengths + literals + distances;
  for (let at = lengths; at < end; ) {
    const length: u32 = load<u8>(at);
    let run: u32 = 1;
    while (at + run < end && load<u8>(at + run) == length) run++;
    at += run;
    if (length != 0) {
      item(tables, length, 0);
      run--;
      for (; run >= 3; run -= min(run, 6)) item(tables, 16, min(run, 6) - 3);
    } else {
      for (; run >= 11; run -= min(run, 138)) item(tables, 18, min(run, 138) - 11);
      if (run >= 3) {
        item(tables, 17, run - 3);
        run = 0;
      }
    }
    for (; run > 0; run--) item(tables, length, 0);
  }
  const codeLengths = tables + PRECODE_LENGTHS;
  buildCode(tables, counts, 19, PRECODE_LIMIT, codeLengths, tables + PRECODE_CODES);
  given = 19;
  while (given > 4 && load<u8>(codeLengths + precodeOrder(given - 1)) == 0) given--;
  let bits: u32 = 14 + 3 * given;
  for (let s: u32 = 0; s < 19; s++) bits += load<u32>(counts + (s << 2)) * (load<u8>(codeLengths + s) + extraBits(s));
  return bits;
}

export function writeHeader(tables: usize): void {
  put(literals - 257, 5);
  put(distances - 1, 5);
  put(given - 4, 4);
  for (let i: u32 = 0; i < given; i++) put(load<u8>(tables + PRECODE_LENGTHS + precodeOrder(i)), 3);
  for (let i: u32 = 0; i < items; i++) {
    const symbol: u32 = load<u8>(tables + ITEMS + (i << 1));
    const code = load<u32>(tables + PRECODE_CODES + (symbol << 2));
    put(code & 0xffffff, code >>> 24);
    put(load<u8>(tables + ITEMS + (i << 1), 1), extraBits(symbol));
  }
}

function item(tables: usize, symbol: u32, extra: u32): void {
  const at = tables + PRECODE_COUNTS + (symbol << 2);
  store<u32>(at, load<u32>(at) + 1);
  store<u8>(tables + ITEMS + (items << 1), symbol);
  store<u8>(tables + ITEMS + (items++ << 1), extra, 1);
}

@inline
function extraBits(symbol: u32): u32 {
  return symbol < 16 ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
}

/** How many lengths there are up to the last one that is not zero, at least `least`. */
function used(lengths: usize, n: u32, least: u32): u32 {
  while (n > least && load<u8>(lengths + n - 1) == 0) n--;
  return n;
}

/** The order in which the lengths of the precode come: 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1 15. */
@inline
function precodeOrder(i: u32): u32 {
  if (i < 3) return 16 + i;
  if (i == 3) return 0;
  return i & 1 ? 7 - ((i - 5) >> 1) : 8 + ((i - 4) >> 1);
}
