// What is known of each slice while a volume is encoded: u32 fields of a record.
export const SLICE_RUNS: usize = 0;
export const SLICE_EDGES: usize = 4;
export const SLICE_COMPONENTS: usize = 8;
export const SLICE_CHECKSUM: usize = 12;
export const SLICE_CODE: usize = 16;
export const SLICE_MOVES: usize = 20;
export const SLICE_BYTES: usize = 24;
