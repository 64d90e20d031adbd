// What the caller's `tables` region holds, as byte offsets.

/** u32 bytes consumed, u32 bytes produced: the result of `inflate`. */
export const RESULT: usize = 0;
/** Where a stream stands that ran out of room: u64 bits, u32 their count, and what `enter` says of the block. */
export const STATE: usize = 8;
/** 16 swizzle patterns of 16 bytes: i mod distance. */
export const PATTERNS: usize = 64;
/** u8: how far one such pattern of 16 bytes advances. */
export const STEPS: usize = 320;
/** u32 entries of symbols, still without the length of their codeword. */
export const LITERAL_SYMBOLS: usize = 384;
export const DISTANCE_SYMBOLS: usize = 1536;
export const PRECODE_SYMBOLS: usize = 1664;
/** u8 codeword lengths, literal/length symbols first, then distances. */
export const LENGTHS: usize = 1792;
/** u16 symbols in the order of their codewords. */
export const SORTED: usize = 2304;
/** u32 numbers of codewords for each length, and u32 places in SORTED. */
export const COUNTS: usize = 2880;
export const OFFSETS: usize = 2944;
export const PRECODE_TABLE: usize = 3072;
export const LITERAL_TABLE: usize = 3584;
export const DISTANCE_TABLE: usize = 13056;
export const TABLES_SIZE: usize = 14720;

export const PRECODE_BITS: u32 = 7;
export const LITERAL_BITS: u32 = 11;
export const DISTANCE_BITS: u32 = 8;
/** Most entries that any complete code needs, main table and subtables (zlib's `enough` for 288 and 32 symbols). */
export const PRECODE_ENTRIES: u32 = 128;
export const LITERAL_ENTRIES: u32 = 2342;
export const DISTANCE_ENTRIES: u32 = 402;

// A table entry, u32:
//   bits 0-5    bits to consume: the codeword (what is left of it) and the extra bits
//   bits 8-11   bits of the codeword alone; in a pointer to a subtable: log2 of its size
//   bits 13-15  END, SUBTABLE, EXCEPTIONAL (neither literal, length nor distance)
//   bits 16-30  literal, base of a length or distance, or index of a subtable
//   bit 31      LITERAL
export const LITERAL: u32 = 0x8000_0000;
export const EXCEPTIONAL: u32 = 0x8000;
export const SUBTABLE: u32 = 0x4000;
export const END: u32 = 0x2000;
/** No codeword leads here. */
export const INVALID: u32 = EXCEPTIONAL;

// Kinds of an open block.
export const BETWEEN: u32 = 0;
export const CODED: u32 = 1;
export const STORED: u32 = 2;

// Status of `inflate`.
export const OK: i32 = 0;
export const TRUNCATED: i32 = 1;
export const OUTPUT_FULL: i32 = 2;
export const BAD_BLOCK_TYPE: i32 = 3;
export const BAD_STORED_LENGTH: i32 = 4;
export const BAD_CODE: i32 = 5;
export const BAD_SYMBOL: i32 = 6;
export const BAD_DISTANCE: i32 = 7;
