import {
  COUNTS, DISTANCE_SYMBOLS, END, EXCEPTIONAL, INVALID, LITERAL, LITERAL_SYMBOLS, OFFSETS, PATTERNS, PRECODE_SYMBOLS,
  SORTED, STEPS, SUBTABLE,
} from "./layout";

/** Entries of all symbols, and the patterns for short distances. */
export function prepare(tables: usize): void {
  const literals = tables + LITERAL_SYMBOLS;
  for (let s: u32 = 0; s < 256; s++) store<u32>(literals + (s << 2), LITERAL | (s << 16));
  store<u32>(literals + (256 << 2), EXCEPTIONAL | END);
  let base: u32 = 3;
  for (let s: u32 = 257; s < 285; s++) {
    const extra: u32 = s < 265 ? 0 : (s - 261) >> 2;
    store<u32>(literals + (s << 2), (base << 16) | extra);
    base += 1 << extra;
  }
  store<u32>(literals + (285 << 2), 258 << 16);
  store<u32>(literals + (286 << 2), INVALID);
  store<u32>(literals + (287 << 2), INVALID);

  const distances = tables + DISTANCE_SYMBOLS;
  base = 1;
  for (let s: u32 = 0; s < 30; s++) {
    const extra: u32 = s < 4 ? 0 : (s - 2) >> 1;
    store<u32>(distances + (s << 2), (base << 16) | extra);
    base += 1 << extra;
  }
  store<u32>(distances + (30 << 2), INVALID);
  store<u32>(distances + (31 << 2), INVALID);

  for (let s: u32 = 0; s < 19; s++) store<u32>(tables + PRECODE_SYMBOLS + (s << 2), s << 16);

  for (let distance: u32 = 1; distance < 16; distance++) {
    const pattern = tables + PATTERNS + (distance << 4);
    let at: u32 = 0;
    for (let i: u32 = 0; i < 16; i++) {
      store<u8>(pattern + i, at);
      at = at + 1 == distance ? 0 : at + 1;
    }
    store<u8>(tables + STEPS + distance, 16 - at);
  }
}

/** Entry of a symbol whose codeword (or what is left of it behind a main table) has `length` bits. */
@inline
function entryOf(symbols: usize, symbol: u32, length: u32): u32 {
  return load<u32>(symbols + (symbol << 2)) + (length | (length << 8));
}

/**
 * Builds the table of a canonical code, indexed by the next `tableBits` bits. Codes that no encoder may use are
 * refused as zlib does: too many codewords, or too few unless `lenient` and it is one codeword of one bit, or none.
 */
export function buildTable(
  tables: usize, table: usize, capacity: u32, tableBits: u32, lengths: usize, n: u32, symbols: usize, lenient: bool,
): bool {
  const counts = tables + COUNTS;
  const offsets = tables + OFFSETS;
  const sorted = tables + SORTED;
  memory.fill(counts, 0, 64);
  for (let s: u32 = 0; s < n; s++) {
    const at = counts + (<u32>load<u8>(lengths + s) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  const used = n - load<u32>(counts);
  let open: i32 = 1;
  let offset: u32 = 0;
  for (let length: u32 = 1; length <= 15; length++) {
    const count = load<u32>(counts + (length << 2));
    store<u32>(offsets + (length << 2), offset);
    offset += count;
    open = (open << 1) - <i32>count;
    if (open < 0) return false;
  }
  if (open > 0) {
    if (!lenient || used > 1 || (used == 1 && load<u32>(counts + 4) != 1)) return false;
    for (let i: u32 = 0; i < 1 << tableBits; i++) store<u32>(table + (i << 2), INVALID);
    if (used == 0) return true;
    let only: u32 = 0;
    while (load<u8>(lengths + only) == 0) only++;
    const entry = entryOf(symbols, only, 1);
    for (let i: u32 = 0; i < 1 << tableBits; i += 2) store<u32>(table + (i << 2), entry);
    return true;
  }
  for (let s: u32 = 0; s < n; s++) {
    const length: u32 = load<u8>(lengths + s);
    if (length == 0) continue;
    const at = offsets + (length << 2);
    const place = load<u32>(at);
    store<u16>(sorted + (place << 1), s);
    store<u32>(at, place + 1);
  }
  return fill(table, capacity, tableBits, symbols, sorted, counts);
}

/**
 * Codewords come in the order of their bits reversed, so that those of a length follow from each other and a
 * table of 2^k entries, copied behind itself, is the table of 2^(k+1). The code is complete: the last codeword is all ones.
 */
function fill(table: usize, capacity: u32, tableBits: u32, symbols: usize, sorted: usize, counts: usize): bool {
  let length: u32 = 1;
  while (load<u32>(counts + (length << 2)) == 0) length++;
  let left = load<u32>(counts + (length << 2));
  let size: u32 = 1 << length;
  let codeword: u32 = 0;
  if (length > tableBits) size = 1 << tableBits;
  while (length <= tableBits) {
    for (; left != 0; left--) {
      store<u32>(table + (codeword << 2), entryOf(symbols, load<u16>(sorted), length));
      sorted += 2;
      if (codeword == size - 1) {
        for (; length < tableBits; length++, size <<= 1) memory.copy(table + (size << 2), table, size << 2);
        return true;
      }
      codeword = following(codeword, length);
    }
    length++;
    if (length <= tableBits) {
      memory.copy(table + (size << 2), table, size << 2);
      size <<= 1;
    }
    left = load<u32>(counts + (length << 2));
  }

  const mask = (1 << tableBits) - 1;
  let end = size;
  let start: u32 = 0;
  let prefix: u32 = 0xffff_ffff;
  let subBits: u32 = 0;
  while (true) {
    while (left == 0) {
      if (++length > 15) return false;
      left = load<u32>(counts + (length << 2));
    }
    if ((codeword & mask) != prefix) {
      prefix = codeword & mask;
      start = end;
      subBits = length - tableBits;
      let space = left;
      while (space < <u32>1 << subBits) {
        subBits++;
        if (tableBits + subBits > 15) return false;
        space = (space << 1) + load<u32>(counts + ((tableBits + subBits) << 2));
      }
      end = start + (1 << subBits);
      if (end > capacity) return false;
      store<u32>(table + (prefix << 2), EXCEPTIONAL | SUBTABLE | (start << 16) | (subBits << 8) | tableBits);
    }
    const entry = entryOf(symbols, load<u16>(sorted), length - tableBits);
    sorted += 2;
    const step: u32 = 1 << (length - tableBits);
    for (let i = codeword >> tableBits; i < <u32>1 << subBits; i += step) store<u32>(table + ((start + i) << 2), entry);
    if (codeword == (<u32>1 << length) - 1) return true;
    codeword = following(codeword, length);
    left--;
  }
}

/** The next codeword of this length, bits reversed: the highest zero bit becomes one, those above it zero. */
@inline
function following(codeword: u32, length: u32): u32 {
  const zeros = codeword ^ ((1 << length) - 1);
  const bit: u32 = 1 << (31 - clz(zeros));
  return (codeword & (bit - 1)) | bit;
}
