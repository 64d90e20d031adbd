import {
  AC, CODES, CODES_SIZE, DC, FLAGS, NATURAL, QUICK, RECIPROCALS, RECIPROCALS_SIZE, SMALL, TABLES_SIZE,
} from "./layout";

/** Bytes that the `tables` region needs. */
export function tablesSize(): usize {
  return TABLES_SIZE;
}

/** Fills what is the same for all files: once for a region. */
export function prepare(tables: usize): void {
  const flags = tables + FLAGS;
  let x: usize = 0;
  let y: usize = 0;
  for (let k: usize = 0; k < 64; k++) {
    store<u8>(tables + NATURAL + k, (y * 8 + x) * 2);
    store<u64>(flags + (y << 11) + (1 << (x + 3)), <u64>1 << k);
    if (((x + y) & 1) == 0) {
      if (x == 7) y++;
      else if (y == 0) x++;
      else {
        x++;
        y--;
      }
    } else if (y == 7) x++;
    else if (x == 0) y++;
    else {
      x--;
      y++;
    }
  }
  for (let row = flags; row < flags + 16384; row += 2048) {
    store<u64>(row, 0);
    for (let i: usize = 3; i < 256; i++) {
      const rest = i & (i - 1);
      if (rest != 0) store<u64>(row + (i << 3), load<u64>(row + (rest << 3)) | load<u64>(row + ((i ^ rest) << 3)));
    }
  }
}

/**
 * Reciprocals of table `slot` (0 or 1) from 64 divisors of two bytes in natural order, those of the faster transform or of the
 * other. They are larger by a 65536th, so that a half is rounded away from zero, as libjpeg's divisions do it; no coefficient
 * is large enough for more.
 */
export function quantize(tables: usize, slot: u32, divisors: usize, quick: bool): void {
  const to = tables + RECIPROCALS + slot * RECIPROCALS_SIZE;
  for (let i: usize = 0; i < 64; i++)
    store<f32>(to + (i << 2), <f32>((1 + 1.0 / 65536) / <f64>load<u16>(divisors + (i << 1))));
  store<u32>(tables + QUICK, quick);
}

/** Codes of table pair `slot` (0 or 1): 16 counts of lengths and the symbols, for DC and then for AC. */
export function huffman(tables: usize, slot: u32, from: usize): void {
  const to = tables + CODES + slot * CODES_SIZE;
  memory.fill(to, 0, CODES_SIZE);
  from = codes(to + DC, 15, from);
  codes(to + AC, 255, from);
  for (let run: usize = 0; run < 16; run++)
    for (let value: i32 = -32; value < 32; value++) {
      const size = sizeOf(value);
      const entry = load<u32>(to + AC + (((run << 4) + size) << 2));
      if (value == 0 || entry == 0) continue;
      store<u32>(to + SMALL + (((run << 6) + (value + 32)) << 2), <u32>withBits(entry, value, size));
    }
}

/** @returns where the symbols end. */
function codes(to: usize, most: usize, from: usize): usize {
  let symbols = from + 16;
  let code: u32 = 0;
  for (let length: u32 = 1; length <= 16; length++, code <<= 1)
    for (const end = symbols + load<u8>(from + length - 1); symbols < end; symbols++, code++)
      store<u32>(to + ((<usize>load<u8>(symbols) & most) << 2), (code << 6) | length);
  return symbols;
}

/** How many bits follow the code of a coefficient. */
@inline
export function sizeOf(value: i32): u32 {
  const sign = value >> 31;
  return 32 - clz((value ^ sign) - sign);
}

/** A code with the bits of its coefficient. */
@inline
export function withBits(entry: u32, value: i32, size: u32): u64 {
  const bits = <u32>(value + (value >> 31)) & ((1 << size) - 1);
  return (((<u64>(entry >> 6) << size) | bits) << 6) | ((entry & 63) + size);
}
