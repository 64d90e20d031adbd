// A job as `src/codecs/crackle/job.ts` puts it into the memory: u32 fields at these offsets.

// The volume and the slices to work on.
export const SX: usize = 0;
export const SY: usize = 4;
export const SZ: usize = 8;
export const Z_FROM: usize = 12;
export const Z_TO: usize = 16;
/** 1: moves draw edges between joined pixels, 0: between separate ones. */
export const PERMISSIBLE: usize = 20;
export const ORDER: usize = 24;
export const MODEL: usize = 28;
/** Sections, from slice Z_FROM on: lengths of the codes (u32), the codes, checksums of components (or 0). */
export const LENGTHS: usize = 32;
export const CODES: usize = 36;
export const CHECKSUMS: usize = 40;
/** Components of each slice (from Z_FROM on), and bytes of such a count. */
export const COUNTS: usize = 44;
export const COUNT_BYTES: usize = 48;
export const UNIQUE: usize = 52;
export const UNIQUE_COUNT: usize = 56;
export const STORED_BYTES: usize = 60;
/** Flat labels: for each component from Z_FROM on its place among the unique labels; 0 with pins. */
export const KEYS: usize = 64;
export const KEY_BYTES: usize = 68;
/** Box of pixels to write, and where. */
export const BOX_X: usize = 72;
export const BOX_Y: usize = 76;
export const BOX_W: usize = 80;
export const BOX_H: usize = 84;
export const TARGET: usize = 88;
export const STEP_Y: usize = 92;
export const STEP_Z: usize = 96;
export const VOXEL_BYTES: usize = 100;
/** Scratch. */
export const PLANES: usize = 104;
export const RUNS: usize = 108;
export const ROWS: usize = 112;
export const STACK: usize = 116;
export const STACK_LIMIT: usize = 120;
export const COLORS: usize = 124;
export const IDS: usize = 128;
export const IDS_ROWS: usize = 132;
export const CRC_TABLES: usize = 136;
export const DIFFERENCES: usize = 140;
/** Condensed pins: the bytes after the counts, the first component of slice Z_FROM, how many there are in all slices. */
export const PINS: usize = 144;
export const PINS_LENGTH: usize = 148;
export const FIRST_COMPONENT: usize = 152;
export const ALL_COMPONENTS: usize = 156;
export const INDEX_BYTES: usize = 160;
/** Pins that touch the slices (16 bytes each), the first of each slice, those of the slice at work. */
export const PIN_LIST: usize = 164;
export const PIN_HEADS: usize = 168;
export const PIN_ACTIVE: usize = 172;
export const BACKGROUND: usize = 176;
/** Encoding: voxels, a record for each slice (slice.ts), chains of a slice, room for codes. */
export const SOURCE: usize = 184;
export const SLICES: usize = 188;
export const CORNERS: usize = 192;
export const SYMBOLS: usize = 196;
export const CHAINS: usize = 200;
export const OUTPUT: usize = 204;
/** Encoding with pins: see choose.ts. */
export const DEPTHS: usize = 208;
export const BEST: usize = 212;
export const COVERED: usize = 216;
/** Results: see the functions. */
export const RESULT: usize = 220;
export const RESULT2: usize = 224;

// Status.
export const OK: i32 = 0;
export const CODE_ENDS: i32 = 1;
export const BAD_START: i32 = 2;
export const OUTSIDE: i32 = 3;
export const BAD_MODEL: i32 = 4;
export const BAD_COUNT: i32 = 5;
export const BAD_KEY: i32 = 6;
export const BAD_CHECKSUM: i32 = 7;
export const BAD_PINS: i32 = 8;
