// The job that the caller describes: u32 fields at these byte offsets.
// "Axis 0" is the one whose neighbours are adjacent in a block here; it is the stream's x axis, or its last one.

/** Decoding: the stream, and its bytes. Encoding: the first sample. Up to 32 bytes behind it may be read. */
export const SOURCE: usize = 0;
export const SOURCE_LENGTH: usize = 4;
/** Bits of the header, before the first block. */
export const HEADER_BITS: usize = 8;
/** 1: int32, 2: int64, 3: float32, 4: float64. */
export const TYPE: usize = 12;
/** Axes: 1 to 4. */
export const AXES: usize = 16;
/** 1: axis 0 is the stream's last axis, axis 1 the one before, ...; the order of blocks and transforms follows. */
export const REVERSED: usize = 20;
/** Samples along axes 0 to 3 (1 beyond the last axis), and steps in bytes. */
export const SHAPE: usize = 24;
export const STRIDE: usize = 40;
/** Decoding: first sample and size of the box. */
export const FROM: usize = 56;
export const SIZE: usize = 72;
/** Bits of a block: at least, at most; most planes; exponent of the lowest plane (below -1074: reversible). */
export const MIN_BITS: usize = 88;
export const MAX_BITS: usize = 92;
export const MAX_PRECISION: usize = 96;
export const MIN_EXPONENT: usize = 100;
/** A byte for each of 4^axes coefficients, in the order of the stream: its place in a block. */
export const ORDER: usize = 104;
/** SCRATCH_BYTES. */
export const SCRATCH: usize = 108;
/** Decoding: where the box goes. Encoding: the output, which begins with the header. */
export const TARGET: usize = 112;
/** Encoding: bytes at TARGET; and the result, bytes written. */
export const CAPACITY: usize = 116;
export const WRITTEN: usize = 120;

// Status.
export const OK: i32 = 0;
export const TRUNCATED: i32 = 1;
export const OUTPUT_FULL: i32 = 2;

// Scratch.
/** A block of up to 256 samples of up to 8 bytes; its coefficients in the order of the stream. */
export const BLOCK: usize = 0;
export const COEFFICIENTS: usize = 2048;
/** Bits 0 of all coefficients, bits 1, ...: u16 each for up to 16 coefficients, else u64; 512 bytes for each 64. */
export const PLANES: usize = 4096;
/** Bytes 0 of all coefficients, 256 bytes further bytes 1, ... */
export const BYTES: usize = 6144;
/** Samples as they are, before they become integers. */
export const SAMPLES: usize = 8192;
/** Byte offsets of four samples along each of four axes. */
export const OFFSETS: usize = 10240;
/** First sample of the block along each axis. */
export const CORNER: usize = 10304;
export const SCRATCH_BYTES: usize = 10320;
