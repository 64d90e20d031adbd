import { fillRow } from "../../place/assembly/rows";
import { BAD_BITS, BAD_INDEX, BAD_TABLE, OK, TRUNCATED } from "./job";
import { buildGroups, GROUPS_FROM_ROWS, groupedRow } from "./groups";

/**
 * Decodes the voxels [x0, x1) x [y0, y1) x [z0, z1) of a block. Everything that the block's header names is checked against
 * the end of the input first; only where its table may be cut off, each index is. `groups`: scratch of GROUP_BYTES.
 */
export function decodeBlock<T>(
  base: usize, words: u32, header: usize, bx: u32, by: u32, bz: u32,
  x0: u32, x1: u32, y0: u32, y1: u32, z0: u32, z1: u32, out: usize, stepY: u32, stepZ: u32, groups: usize,
): i32 {
  const first = load<u32>(header);
  const bits = first >> 24;
  const tableAt = first & 0xff_ffff;
  if (tableAt >= words) return BAD_TABLE;
  const entries = (words - tableAt) / (sizeof<T>() >> 2);
  if (entries == 0) return BAD_TABLE;
  const table = base + (tableAt << 2);
  const width = x1 - x0;
  if (bits == 0) {
    const label = load<T>(table);
    for (let z = z0; z < z1; z++) {
      let row = out + (z - z0) * stepZ;
      for (let y = y0; y < y1; y++, row += stepY) fill<T>(row, label, width);
    }
    return OK;
  }
  if (bits > 32 || (bits & (bits - 1)) != 0) return BAD_BITS;
  const indexAt = load<u32>(header, 4);
  const indexWords = (<u64>bits * bx * by * bz + 31) >> 5;
  if (indexAt > words || indexWords > <u64>(words - indexAt)) return TRUNCATED;
  const index = base + (indexAt << 2);
  const checked = bits == 32 || entries < <u32>1 << bits;
  const grouped = !checked && bits <= 2 && width == 8 && (y1 - y0) * (z1 - z0) >= GROUPS_FROM_ROWS;
  if (grouped) buildGroups<T>(groups, table, bits);

  for (let z = z0; z < z1; z++) {
    let row = out + (z - z0) * stepZ;
    let bit = <u64>(x0 + bx * (y0 + by * z)) * bits;
    const bitStep = <u64>bx * bits;
    if (grouped && bits == 1)
      for (let y = y0; y < y1; y++, row += stepY, bit += bitStep)
        groupedRow<T>(row, groups, wordAt(index, bit), 1);
    else if (grouped)
      for (let y = y0; y < y1; y++, row += stepY, bit += bitStep)
        groupedRow<T>(row, groups, wordAt(index, bit), 2);
    else if (!checked && width == 8 && bits == 4)
      for (let y = y0; y < y1; y++, row += stepY, bit += bitStep)
        eight<T, u32>(row, table, wordAt(index, bit), 4);
    else if (!checked && width == 8 && bits == 8)
      for (let y = y0; y < y1; y++, row += stepY, bit += bitStep)
        eight<T, u64>(row, table, load<u64>(index + <usize>(bit >> 3)), 8);
    else
      for (let y = y0; y < y1; y++, row += stepY, bit += bitStep) {
        const from = index + <usize>(bit >> 3);
        if (checked) {
          if (!checkedRow<T>(row, table, entries, from, <u32>bit & 7, bits, width)) return BAD_INDEX;
        } else if (bits < 8) narrow<T>(row, table, from, <u32>bit & 7, bits, width);
        else if (bits == 8) wide<T, u8>(row, table, from, width);
        else wide<T, u16>(row, table, from, width);
      }
  }
  return OK;
}

/** 32 bits from bit `bit` on. */
@inline
function wordAt(index: usize, bit: u64): u32 {
  return <u32>(load<u64>(index + <usize>(bit >> 3)) >> (bit & 7));
}

@inline
function fill<T>(row: usize, label: T, width: u32): void {
  if (sizeof<T>() == 8) {
    if (width == 8) {
      const v = i64x2.splat(<i64>label);
      v128.store(row, v);
      v128.store(row, v, 16);
      v128.store(row, v, 32);
      v128.store(row, v, 48);
    } else fillRow(row, width << 3, <u64>label);
  } else if (width == 8) {
    const v = i32x4.splat(<i32>label);
    v128.store(row, v);
    v128.store(row, v, 16);
  } else fillRow(row, width << 2, <u64>label * 0x1_0000_0001);
}

@inline
function entry<T>(table: usize, index: u32): T {
  return load<T>(table + <usize>index * sizeof<T>());
}

/** Eight voxels whose indices are the lowest bits of `w`. W: u32 or u64, as wide as they need. */
@inline
function eight<T, W>(row: usize, table: usize, w: W, bits: W): void {
  const mask: u32 = (1 << <u32>bits) - 1;
  store<T>(row, entry<T>(table, <u32>w & mask));
  store<T>(row, entry<T>(table, <u32>(w >> bits) & mask), 1 * sizeof<T>());
  store<T>(row, entry<T>(table, <u32>(w >> (2 * bits)) & mask), 2 * sizeof<T>());
  store<T>(row, entry<T>(table, <u32>(w >> (3 * bits)) & mask), 3 * sizeof<T>());
  store<T>(row, entry<T>(table, <u32>(w >> (4 * bits)) & mask), 4 * sizeof<T>());
  store<T>(row, entry<T>(table, <u32>(w >> (5 * bits)) & mask), 5 * sizeof<T>());
  store<T>(row, entry<T>(table, <u32>(w >> (6 * bits)) & mask), 6 * sizeof<T>());
  store<T>(row, entry<T>(table, <u32>(w >> (7 * bits)) & mask), 7 * sizeof<T>());
}

/** A row of indices below 8 bits. One load gives 57 bits or more. */
function narrow<T>(row: usize, table: usize, from: usize, shift: u32, bits: u32, width: u32): void {
  const mask: u32 = (1 << bits) - 1;
  const end = row + <usize>width * sizeof<T>();
  while (row < end) {
    let word = load<u64>(from) >> shift;
    const stop = min(end, row + <usize>(56 / bits) * sizeof<T>());
    for (; row < stop; row += sizeof<T>(), word >>= bits) store<T>(row, entry<T>(table, <u32>word & mask));
    from += 7;
  }
}

/** A row of indices of 8 or 16 bits. */
@inline
function wide<T, I>(row: usize, table: usize, from: usize, width: u32): void {
  for (const end = row + <usize>width * sizeof<T>(); row < end; row += sizeof<T>(), from += sizeof<I>())
    store<T>(row, entry<T>(table, <u32>load<I>(from)));
}

/** Any row, each index checked. @returns false for one outside the table. */
function checkedRow<T>(row: usize, table: usize, entries: u32, from: usize, shift: u32, bits: u32, width: u32): bool {
  const mask: u32 = <u32>(((<u64>1) << bits) - 1);
  for (let i: u32 = 0; i < width; i++, row += sizeof<T>()) {
    const index = <u32>(load<u64>(from) >> shift) & mask;
    if (index >= entries) return false;
    store<T>(row, entry<T>(table, index));
    shift += bits;
    from += shift >> 3;
    shift &= 7;
  }
  return true;
}
