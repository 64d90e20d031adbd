// What the caller's `tables` region holds, as byte offsets.

/** i16 coefficients of a block in natural order; the 65th takes those beyond the end. */
export const BLOCK: usize = 0;
/** u8: place of the k-th coefficient of the zigzag order, 80 of them. */
export const NATURAL: usize = 144;
/** Four tables of 64 i16 factors in natural order. */
export const QUANTIZATION: usize = 224;
/** Eight times eight i32, what a pass of the inverse transform gives. */
export const SUMS: usize = 736;
/** Huffman tables: DC 0 to 3, AC 0 to 3. */
export const HUFFMAN: usize = 992;
/** Within one: 1024 u32 entries by the next ten bits; then for lengths 0 to 17 i32 ends of codes, i32 places of symbols; then symbols. */
export const LOOK_BITS: u32 = 10;
export const ENDS: usize = 4096;
export const PLACES: usize = 4168;
export const SYMBOLS: usize = 4240;
export const HUFFMAN_SIZE: usize = 4496;
export const TABLES_SIZE: usize = HUFFMAN + 8 * HUFFMAN_SIZE;

// An entry, u32: bits 0-5 bits to consume, 6-7 its kind, 8-11 zeros before the coefficient, 12-15 its size, 16-31 its value.
export const KIND: u32 = 0xc0;
/** The code is longer than the table's index. */
export const LONG: u32 = 0;
/** Coefficient and all. */
export const FULL: u32 = 0x40;
/** The bits of the coefficient come behind. */
export const PART: u32 = 0x80;
/** No coefficient: the end of the block, or 16 zeros. */
export const NONE: u32 = 0xc0;

export const OK: i32 = 0;
/** The code, the number of coefficients, or the length of the data is wrong. */
export const DAMAGED: i32 = 1;
