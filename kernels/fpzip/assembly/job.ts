// The job that the caller describes: u32 fields at these byte offsets.

/** The stream. Decoding reads up to 32 bytes behind it, to no effect. Encoding: the samples. */
export const SOURCE: usize = 0;
export const SOURCE_LENGTH: usize = 4;
/** Samples along x, y, z, and fields. `readHeader` puts them here, and the next four. */
export const SHAPE: usize = 8;
/** Bits kept of a sample; 0: all. */
export const PRECISION: usize = 24;
/** 0: float32, 1: float64. */
export const TYPE: usize = 28;
export const MAJOR: usize = 32;
/** How predictions are calculated. */
export const ARITHMETIC: usize = 36;
/** The coder between two symbols: start and width of its interval, distance of the code from the start, next byte. */
export const LOW: usize = 40;
export const RANGE: usize = 44;
export const DISTANCE: usize = 48;
export const AT: usize = 52;
/** `scratchSize` bytes. */
export const SCRATCH: usize = 56;
/** Decoding: where the box goes, and steps in bytes along y, z, field. Encoding: the output; steps of the samples. */
export const TARGET: usize = 60;
export const STRIDE: usize = 64;
/** Decoding: first sample and size of the box, along x, y, z, field; inside the shape. */
export const FROM: usize = 76;
export const SIZE: usize = 92;
/** 1: what is coded is the sample plus 2. */
export const SHIFTED: usize = 108;
/** Encoding: bytes at TARGET; and the result, bytes written. */
export const CAPACITY: usize = 112;
export const WRITTEN: usize = 116;

// Status.
export const OK: i32 = 0;
export const TRUNCATED: i32 = 1;
export const NO_HEADER: i32 = 2;
export const BAD_CODE: i32 = 3;
export const OUTPUT_FULL: i32 = 4;
