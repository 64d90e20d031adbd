// What the caller's `tables` region holds, as byte offsets.

/** i16 coefficients of a block in natural order, divided. */
export const BLOCK: usize = 0;
/** u8: twice the place of the k-th coefficient of the zigzag order. */
export const NATURAL: usize = 128;
/** Two tables of 64 f32 reciprocals of the divisors, in natural order. */
export const RECIPROCALS: usize = 192;
export const RECIPROCALS_SIZE: usize = 256;
/** For each of eight rows 256 u64: eight flags of a row as flags of the zigzag order. */
export const FLAGS: usize = RECIPROCALS + 2 * RECIPROCALS_SIZE;
export const FLAGS_SIZE: usize = 8 * 2048;
/** Two pairs of Huffman tables; within one, of u32 entries (how many bits in the six lowest, above them the bits): */
export const CODES: usize = FLAGS + FLAGS_SIZE;
/** 16 codes for sizes of differences of the first coefficient, */
export const DC: usize = 0;
/** 256 codes for zeros << 4 | size of the others, */
export const AC: usize = 64;
/** and for zeros << 6 | coefficient + 32 the code and the bits of the coefficient. */
export const SMALL: usize = AC + 1024;
export const CODES_SIZE: usize = SMALL + 4096;
/** u32: whether the reciprocals are for the faster transform. */
export const QUICK: usize = CODES + 2 * CODES_SIZE;
export const TABLES_SIZE: usize = QUICK + 8;

/** The most bytes that a block takes: 11 + 11 bits of the first coefficient, 16 + 10 of each other. */
export const LONGEST: usize = 208;
