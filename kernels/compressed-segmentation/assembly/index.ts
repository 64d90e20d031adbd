// The format: docs of Neuroglancer, "compressed segmentation". All quantities are little-endian u32 words.
import { decode } from "./decode";
import { encode } from "./encode";
import { GROUP_BYTES } from "./groups";
import { BAND_BYTES } from "./job";
import { scratchSize } from "./scratch";
import { bitmapBytes, exchange, mark } from "./tables";

/** Decodes labels of 32 bits. `job` as in job.ts. Reads up to 8 bytes behind the input, to no effect. */
export function decode32(job: usize): i32 {
  return decode<u32>(job);
}

/** Decodes labels of 64 bits. */
export function decode64(job: usize): i32 {
  return decode<u64>(job);
}

/** Bytes of scratch that decoding needs. */
export function bandSize(): usize {
  return BAND_BYTES + GROUP_BYTES;
}

/** Encodes labels of 32 bits; the number of bytes is put into the job. */
export function encode32(job: usize): i32 {
  return encode<u32>(job);
}

/** Encodes labels of 64 bits. */
export function encode64(job: usize): i32 {
  return encode<u64>(job);
}

/** Bytes of scratch that encoding needs, for blocks that hold up to `voxels` of the volume. */
export function encodeScratchSize(voxels: u32, blocks: u32): usize {
  return scratchSize(voxels, blocks);
}

/** Marks the entries of tables that voxels have, in the job's scratch of `markSize` bytes; how many is put into the job. */
export function mark32(job: usize): i32 {
  return mark<u32>(job);
}

export function mark64(job: usize): i32 {
  return mark<u64>(job);
}

/** Bytes of scratch to mark the entries of an input of `words`. */
export function markSize(words: u32): usize {
  return 2 * bitmapBytes(words);
}

/** Copies the marked entries from the `input` to a `list`, or `back`. */
export function exchange32(job: usize, input: usize, list: usize, back: bool): void {
  exchange<u32>(job, input, list, back);
}

export function exchange64(job: usize, input: usize, list: usize, back: bool): void {
  exchange<u64>(job, input, list, back);
}
