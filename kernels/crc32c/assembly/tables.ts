/** Slicing tables, 16 of 256 u32. */
export const SLICES: usize = 16384;
/** Vectors that the fold keeps: the degree of its polynomial. */
export const KEPT: usize = 209;
/** Bytes that are left after the fold by vectors. */
export const LONG: usize = KEPT * 16;
/** Bytes that are left after the fold by units of two bytes: KEPT of them or more, in whole vectors. */
export const SHORT: usize = 432;
/** A ring of LONG bytes; SHORT zeros, LONG bytes, a vector; SHORT bytes, a vector. */
export const TABLES_SIZE: usize = SLICES + LONG + SHORT + LONG + 16 + SHORT + 16;

export function fillTables(tables: usize): void {
  for (let n: u32 = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
    store<u32>(tables + (n << 2), c);
  }
  for (let n: usize = 256; n < 4096; n++) {
    const c = load<u32>(tables + ((n - 256) << 2));
    store<u32>(tables + (n << 2), (c >>> 8) ^ load<u32>(tables + ((c & 255) << 2)));
  }
}

@inline
function slice(tables: usize, index: u32, k: usize): u32 {
  return load<u32>(tables + ((index & 255) << 2) + (k << 10));
}

@inline
function word(tables: usize, value: u32, k: usize): u32 {
  return (
    slice(tables, value, k + 3) ^ slice(tables, value >> 8, k + 2) ^ slice(tables, value >> 16, k + 1) ^
    slice(tables, value >> 24, k)
  );
}

/** The register after `length` bytes; without the inversions of the checksum. */
export function byTable(from: usize, length: usize, crc: u32, tables: usize): u32 {
  const end = from + length;
  for (; from + 16 <= end; from += 16)
    crc =
      word(tables, load<u32>(from) ^ crc, 12) ^ word(tables, load<u32>(from, 4), 8) ^
      word(tables, load<u32>(from, 8), 4) ^ word(tables, load<u32>(from, 12), 0);
  for (; from < end; from++) crc = (crc >> 8) ^ load<u32>(tables + ((crc ^ <u32>load<u8>(from)) & 255) * 4);
  return crc;
}
