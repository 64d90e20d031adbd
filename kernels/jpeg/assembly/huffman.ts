import {
  ENDS, FULL, HUFFMAN, HUFFMAN_SIZE, LONG, LOOK_BITS, NONE, PART, PLACES, SYMBOLS,
} from "./layout";

/** Slots 0 to 3 are for DC, 4 to 7 for AC coefficients. `counts`: 16 bytes, followed by the symbols. False if it is no code. */
export function huffman(tables: usize, slot: u32, counts: usize, length: u32): bool {
  const table = tables + HUFFMAN + slot * HUFFMAN_SIZE;
  let total: u32 = 0;
  for (let n: usize = 0; n < 16; n++) total += load<u8>(counts + n);
  if (total > 256 || 16 + total != length) return false;
  memory.fill(table, 0, ENDS);
  memory.copy(table + SYMBOLS, counts + 16, total);
  let code: u32 = 0;
  let place: u32 = 0;
  for (let bits: u32 = 1; bits <= 16; bits++) {
    const count: u32 = load<u8>(counts + bits - 1);
    store<i32>(table + PLACES + (bits << 2), <i32>place - <i32>code);
    for (const last = place + count; place < last; place++, code++) {
      const symbol: u32 = load<u8>(table + SYMBOLS + place);
      if (slot < 4 && symbol > 15) return false;
      if (bits <= LOOK_BITS) fill(table, code, bits, symbol);
    }
    if (code >= <u32>1 << bits) return false;
    // Codes of this length lie below, as numbers of 16 bits.
    store<u32>(table + ENDS + (bits << 2), code << (16 - bits));
    code <<= 1;
  }
  return true;
}

/** All entries whose index begins with the code. */
function fill(table: usize, code: u32, bits: u32, symbol: u32): void {
  if (code >= <u32>1 << bits) return;
  const rest = LOOK_BITS - bits;
  const size = symbol & 15;
  const head = (symbol >> 4) << 8;
  for (let i: u32 = 0; i < 1 << rest; i++) {
    let entry: u32;
    if (size == 0) entry = NONE | head | bits;
    else if (size > rest) entry = PART | head | (size << 12) | bits;
    else entry = FULL | head | (bits + size) | (<u32>extend(i >> (rest - size), size) << 16);
    store<u32>(table + (((code << rest) + i) << 2), entry);
  }
}

/** The coefficient that `size` bits stand for. */
@inline
export function extend(bits: u32, size: u32): i32 {
  return bits >> (size - 1) ? <i32>bits : <i32>bits - (1 << size) + 1;
}

/** The entry for a code of more than ten bits at the front of `bits`, of kind PART or NONE; LONG if there is none. */
export function longEntry(table: usize, bits: u64): u32 {
  const front = <u32>(bits >> 48);
  for (let length: u32 = LOOK_BITS + 1; length <= 16; length++) {
    if (front >= load<u32>(table + ENDS + (length << 2))) continue;
    const place = load<i32>(table + PLACES + (length << 2)) + <i32>(front >> (16 - length));
    if (<u32>place > 255) return LONG;
    const symbol: u32 = load<u8>(table + SYMBOLS + place);
    const size = symbol & 15;
    return (size == 0 ? NONE : PART) | ((symbol >> 4) << 8) | (size << 12) | length;
  }
  return LONG;
}
