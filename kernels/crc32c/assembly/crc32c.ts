import { foldLong } from "./fold";
import { byTable, fillTables, SLICES, TABLES_SIZE } from "./tables";

/** Below this many bytes tables are faster than the fold. */
const FOLD_FROM: usize = 4096;

/** Bytes that the `tables` region needs. */
export function tablesSize(): usize {
  return TABLES_SIZE;
}

/** Fills the tables: once for a region. */
export function prepare(tables: usize): void {
  fillTables(tables);
}

/** Checksum of `length` bytes that follow those with checksum `crc` (0 at the start). */
export function crc32c(ptr: usize, length: usize, crc: u32, tables: usize): u32 {
  if (length < FOLD_FROM) return ~byTable(ptr, length, ~crc, tables);
  const folded = foldLong(ptr, length >> 4, ~crc, tables, tables + SLICES);
  return ~byTable(ptr + (length & ~15), length & 15, folded, tables);
}
