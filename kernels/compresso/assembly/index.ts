// The format: https://github.com/seung-lab/compresso and src/codecs/compresso/README.md. `job` as in job.ts.
import { survey } from "./boundary";
import { decode } from "./decode";
import { write } from "./encode";
import { LABEL_BYTES } from "./job";
import { failedAt, labelsOf, remapLocations, remapped } from "./remap";
import { windows4, windows8, windowScratch } from "./windows";

/** Decodes whole slices. May read 16 bytes behind a section, to no effect. @returns a status. */
export function decodeJob(job: usize): i32 {
  const bytes = load<u32>(job, LABEL_BYTES);
  if (bytes == 1) return decode<u8>(job);
  if (bytes == 2) return decode<u16>(job);
  if (bytes == 4) return decode<u32>(job);
  return decode<u64>(job);
}

/** First step of encoding: the boundary map. Results: runs, boundary voxels that need a location. */
export function surveyJob(job: usize): void {
  const bytes = load<u32>(job, LABEL_BYTES);
  if (bytes == 1) survey<u8>(job);
  else if (bytes == 2) survey<u16>(job);
  else if (bytes == 4) survey<u32>(job);
  else survey<u64>(job);
}

/** Second step: windows of blocks of `side` (4 or 8) x `side` x 1, of which there are `blocks`. Result: distinct ones. */
export function windowsJob(job: usize, side: u32, blocks: u32): void {
  if (side == 4) windows4(job);
  else windows8(job, blocks);
}

/** Bytes of scratch that the second step needs until the third is done. */
export function windowsSize(blocks: u32, side: u32): usize {
  return windowScratch(blocks, side);
}

/** Third step: all but the header. Results: ids, locations, bytes. */
export function writeJob(job: usize, side: u32): void {
  const bytes = load<u32>(job, LABEL_BYTES);
  if (bytes == 1) write<u8>(job, side);
  else if (bytes == 2) write<u16>(job, side);
  else if (bytes == 4) write<u32>(job, side);
  else write<u64>(job, side);
}

/** Copies the labels inside of locations, each of `bytes`. @returns their end, or 0 for locations that end early. */
export function locationLabels(locations: usize, count: u32, bytes: u32, out: usize): usize {
  if (bytes == 1) return labelsOf<u8>(locations, count, out);
  if (bytes == 2) return labelsOf<u16>(locations, count, out);
  if (bytes == 4) return labelsOf<u32>(locations, count, out);
  return labelsOf<u64>(locations, count, out);
}

/**
 * Copies locations with new labels to `out`, which holds twice as many. `counts`: u32 entries of each slice, kept up to date;
 * without (0) there is one slice. Mapping as of kernels/labels. `result`: address of two u32, for the bytes written or, if it
 * fails, the number of the entry. @returns a status.
 */
export function remapJob(
  locations: usize, count: u32, bytes: u32, out: usize, counts: usize, slices: u32,
  keys: usize, values: usize, slots: usize, bits: u32, keep: bool, result: usize,
): i32 {
  let status: i32;
  if (bytes == 1)
    status = remapLocations<u8>(locations, count, out, counts, slices, keys, values, slots, bits, keep);
  else if (bytes == 2)
    status = remapLocations<u16>(locations, count, out, counts, slices, keys, values, slots, bits, keep);
  else if (bytes == 4)
    status = remapLocations<u32>(locations, count, out, counts, slices, keys, values, slots, bits, keep);
  else status = remapLocations<u64>(locations, count, out, counts, slices, keys, values, slots, bits, keep);
  store<u32>(result, <u32>(remapped - out));
  store<u32>(result, failedAt, 4);
  return status;
}
