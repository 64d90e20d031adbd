// What the caller's `tables` region holds, as byte offsets.

/** Where a stream stands between two calls: u64 bits, u32 their count. */
export const STATE: usize = 0;

export const LITERALS: u32 = 288;
export const DISTANCES: u32 = 32;
export const END_OF_BLOCK: u32 = 256;
/** Longest codeword of a literal or length: four of them and 7 bits fit 64. */
export const LITERAL_LIMIT: u32 = 14;
export const DISTANCE_LIMIT: u32 = 15;
export const PRECODE_LIMIT: u32 = 7;

/** u8: the symbol (less 257) of each length less 3. */
export const LENGTH_SYMBOLS: usize = 64;
/** u8: the symbol of each distance less 1 below 256, then of each 128th of the others. */
export const DISTANCE_SYMBOLS: usize = 320;
/** u32 numbers of each symbol, literals and lengths first, then distances: of the open block, and of the newest piece of it. */
export const BLOCK_COUNTS: usize = 832;
export const PIECE_COUNTS: usize = BLOCK_COUNTS + 1280;
/** Three more histograms of literals, added up in the end. */
export const MORE_COUNTS: usize = PIECE_COUNTS + 1280;
/** u32 codewords: bits, and their number from bit 24 on. */
export const CODES: usize = MORE_COUNTS + 3072;
export const DISTANCE_CODES: usize = CODES + 4 * 288;
/** The same of each length less 3 with its extra bits. */
export const LENGTH_CODES: usize = CODES + 1280;
/** u8 lengths of codewords, literals and lengths first, then distances. */
export const LENGTHS: usize = LENGTH_CODES + 1024;
/** Scratch of the construction of a code: u32 counts and symbols, u32 nodes of the tree and leaves of each depth. */
export const SORTED: usize = LENGTHS + 320;
export const NODES: usize = SORTED + 1280;
/** u8 items of the lengths' own code: symbol, extra bits' value. */
export const ITEMS: usize = NODES + 2560;
export const PRECODE_COUNTS: usize = ITEMS + 704;
export const PRECODE_CODES: usize = PRECODE_COUNTS + 128;
export const PRECODE_LENGTHS: usize = PRECODE_CODES + 128;
/** Sequences of the open block: u32 literals, u32 length << 16 | distance - 1. */
export const SEQUENCES: usize = 16384;
export const MOST_SEQUENCES: u32 = 32768;
/** u32 addresses of the newest place with each hash. */
export const HEADS: usize = SEQUENCES + 8 * 32768 + 64;
export const HASH_BITS: u32 = 15;
/** u16 distances back to the one before, for each place of the window. */
export const CHAIN: usize = HEADS + 4 * 32768;
/** The same of turns, where a run ends. */
export const TURN_BITS: u32 = 12;
export const TURN_HEADS: usize = CHAIN + 2 * 32768;
export const TURN_CHAIN: usize = TURN_HEADS + 4 * 4096;
export const TABLES_SIZE: usize = TURN_CHAIN + 2 * 32768;

/** How far back a match may reach. */
export const WINDOW: u32 = 32768;
export const LEAST_MATCH: u32 = 4;
export const MOST_MATCH: u32 = 258;
