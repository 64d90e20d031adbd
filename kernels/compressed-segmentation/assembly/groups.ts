// Blocks of two or four labels: four bits of indices at a time lead to a ready group of four or two labels.

/** 16 groups of at most 32 bytes. */
export const GROUP_BYTES: usize = 512;
/** Below this many rows of a block the groups are not worth their making. */
export const GROUPS_FROM_ROWS: u32 = 8;

/** bits: 1 (groups of four) or 2 (groups of two). The table has 2^bits entries. */
export function buildGroups<T>(groups: usize, table: usize, bits: u32): void {
  if (bits == 2) {
    for (let n: u32 = 0; n < 16; n++) {
      const low = load<T>(table + (n & 3) * <u32>sizeof<T>());
      const high = load<T>(table + (n >> 2) * <u32>sizeof<T>());
      if (sizeof<T>() == 8)
        v128.store(groups + (n << 4), i64x2.replace_lane(i64x2.splat(<i64>low), 1, <i64>high));
      else store<u64>(groups + (n << 3), <u64>low | (<u64>high << 32));
    }
  } else if (sizeof<T>() == 8) {
    const a = v128.load_splat<u64>(table);
    const b = v128.load_splat<u64>(table, 8);
    const ba = v128.shuffle<u64>(b, a, 0, 2);
    const ab = v128.shuffle<u64>(a, b, 0, 2);
    for (let high: usize = 0; high < 4; high++) {
      // Row `high`, column `low`: labels of bits 0, 1 then of bits 2, 3.
      const second = high == 0 ? a : high == 1 ? ba : high == 2 ? ab : b;
      const at = groups + (high << 7);
      v128.store(at, a);
      v128.store(at, second, 16);
      v128.store(at, ba, 32);
      v128.store(at, second, 48);
      v128.store(at, ab, 64);
      v128.store(at, second, 80);
      v128.store(at, b, 96);
      v128.store(at, second, 112);
    }
  } else {
    const a = load<u32>(table);
    const b = load<u32>(table, 4);
    for (let n: u32 = 0; n < 16; n++) {
      const low = <u64>(n & 1 ? b : a) | (<u64>(n & 2 ? b : a) << 32);
      const high = <u64>(n & 4 ? b : a) | (<u64>(n & 8 ? b : a) << 32);
      v128.store(groups + (n << 4), i64x2.replace_lane(i64x2.splat(low), 1, high));
    }
  }
}

/** Eight labels whose indices are the lowest bits of `word`. */
@inline
export function groupedRow<T>(row: usize, groups: usize, word: u32, bits: u32): void {
  if (bits == 1) {
    group<T>(row, groups, word, 0, 0, 4);
    group<T>(row, groups, word, 4, 4 * sizeof<T>(), 4);
  } else {
    group<T>(row, groups, word, 0, 0, 2);
    group<T>(row, groups, word, 4, 2 * sizeof<T>(), 2);
    group<T>(row, groups, word, 8, 4 * sizeof<T>(), 2);
    group<T>(row, groups, word, 12, 6 * sizeof<T>(), 2);
  }
}

@inline
function group<T>(row: usize, groups: usize, word: u32, shift: u32, at: usize, labels: usize): void {
  const from = groups + ((word >> shift) & 15) * <u32>(labels * sizeof<T>());
  if (labels * sizeof<T>() == 8) store<u64>(row + at, load<u64>(from));
  else v128.store(row + at, v128.load(from));
  if (labels * sizeof<T>() == 32) v128.store(row + at, v128.load(from, 16), 16);
}
