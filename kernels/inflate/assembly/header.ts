import { buildTable } from "./huffman";
import {
  BAD_CODE, DISTANCE_BITS, DISTANCE_ENTRIES, DISTANCE_SYMBOLS, DISTANCE_TABLE, LENGTHS, LITERAL_BITS, LITERAL_ENTRIES,
  LITERAL_SYMBOLS, LITERAL_TABLE, OK, PRECODE_BITS, PRECODE_ENTRIES, PRECODE_SYMBOLS, PRECODE_TABLE, TRUNCATED,
} from "./layout";
import { bitBuffer, bitCount, drop, need, take } from "./state";

function buildBoth(tables: usize, literals: u32, distances: u32): i32 {
  const lengths = tables + LENGTHS;
  const good =
    buildTable(
      tables, tables + LITERAL_TABLE, LITERAL_ENTRIES, LITERAL_BITS, lengths, literals, tables + LITERAL_SYMBOLS, true,
    ) &&
    buildTable(
      tables, tables + DISTANCE_TABLE, DISTANCE_ENTRIES, DISTANCE_BITS, lengths + literals, distances,
      tables + DISTANCE_SYMBOLS, true,
    );
  return good ? OK : BAD_CODE;
}

/** The code of RFC 1951 3.2.6. */
export function fixedCode(tables: usize): i32 {
  const lengths = tables + LENGTHS;
  memory.fill(lengths, 8, 144);
  memory.fill(lengths + 144, 9, 112);
  memory.fill(lengths + 256, 7, 24);
  memory.fill(lengths + 280, 8, 8);
  memory.fill(lengths + 288, 5, 32);
  return buildBoth(tables, 288, 32);
}

/** Reads the codes at the start of a dynamic block (RFC 1951 3.2.7). */
export function dynamicCode(tables: usize): i32 {
  if (!need(14)) return TRUNCATED;
  const literals = take(5) + 257;
  const distances = take(5) + 1;
  const given = take(4) + 4;
  if (literals > 286 || distances > 30) return BAD_CODE;
  const lengths = tables + LENGTHS;
  memory.fill(lengths, 0, 19);
  for (let i: u32 = 0; i < given; i++) {
    if (!need(3)) return TRUNCATED;
    store<u8>(lengths + precodeOrder(i), take(3));
  }
  const precode = tables + PRECODE_TABLE;
  if (!buildTable(tables, precode, PRECODE_ENTRIES, PRECODE_BITS, lengths, 19, tables + PRECODE_SYMBOLS, false))
    return BAD_CODE;

  const total = literals + distances;
  let have: u32 = 0;
  while (have < total) {
    need(14);
    const entry = load<u32>(precode + ((<u32>bitBuffer & 127) << 2));
    const bits = entry & 63;
    const symbol = entry >> 16;
    const extra: u32 = symbol < 16 ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
    if (bits + extra > bitCount) return TRUNCATED;
    drop(bits);
    if (symbol < 16) {
      store<u8>(lengths + have++, symbol);
      continue;
    }
    let value: u32 = 0;
    if (symbol == 16) {
      if (have == 0) return BAD_CODE;
      value = load<u8>(lengths + have - 1);
    }
    const repeat = take(extra) + (symbol == 18 ? 11 : 3);
    if (repeat > total - have) return BAD_CODE;
    memory.fill(lengths + have, <u8>value, repeat);
    have += repeat;
  }
  if (load<u8>(lengths + 256) == 0) return BAD_CODE;
  return buildBoth(tables, literals, distances);
}

/** The order in which the lengths of the precode come: 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1 15. */
@inline
function precodeOrder(i: u32): u32 {
  if (i < 3) return 16 + i;
  if (i == 3) return 0;
  return i & 1 ? 7 - ((i - 5) >> 1) : 8 + ((i - 4) >> 1);
}
