// The job that the caller describes: u32 fields at these byte offsets.

/** Encoded bytes to decode, or dense voxels (x, y, z, channel) to encode. */
export const SOURCE: usize = 0;
export const SOURCE_LENGTH: usize = 4;
/** Chunk: voxels along x, y, z, and channels. Each axis below 2^30. */
export const SHAPE: usize = 8;
export const CHANNELS: usize = 20;
/** Voxels of a block along x, y, z. */
export const BLOCK: usize = 24;
/** Decoding: first voxel and size of the sub-box; inside the chunk. */
export const FROM: usize = 36;
export const SIZE: usize = 48;
/** Decoding: where the sub-box goes, and steps in bytes along y, z, channel. Encoding: the output. */
export const TARGET: usize = 60;
export const STRIDE: usize = 64;
/** Decoding: scratch of `bandSize` bytes. Encoding: scratch of `scratchSize` bytes. */
export const SCRATCH: usize = 76;
/** Encoding: bytes at TARGET; and the result, bytes written. */
export const CAPACITY: usize = 80;
export const WRITTEN: usize = 84;

export const BAND_BYTES: usize = 65536;

// Status.
export const OK: i32 = 0;
export const TRUNCATED: i32 = 1;
export const BAD_BITS: i32 = 2;
export const BAD_TABLE: i32 = 3;
export const BAD_INDEX: i32 = 4;
export const TABLE_TOO_FAR: i32 = 5;
export const OUTPUT_FULL: i32 = 6;
