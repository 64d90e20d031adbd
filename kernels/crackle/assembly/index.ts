// The crackle codec: see the comments of job.ts for what a job holds.
import { writeCodes } from "./chains";
import { choosePins } from "./choose";
import { decode } from "./decode";
import { findEdges } from "./edges";
import { VOXEL_BYTES } from "./job";
import { nameComponents, writeKeys } from "./names";
import { fillBackground, scanPins } from "./pins";
import { planesSize as sizeOfPlanes } from "./planes";
import { countersSize as sizeOfCounters, rankCodes } from "./ranks";
import { SLICE_BYTES } from "./slice";
import { cornersSize as sizeOfCorners } from "./trace";

/** Bytes of scratch for the marks of a slice. */
export function planesSize(width: u32, height: u32): usize {
  return sizeOfPlanes(width, height);
}

/** Decodes slices; `runLimit`: runs that RUNS has room for. @returns a status; RESULT: the slice at work. */
export function decodeSlices(job: usize, runLimit: u32): i32 {
  const bytes = load<u32>(job, VOXEL_BYTES);
  if (bytes == 1) return decode<u8>(job, runLimit);
  if (bytes == 2) return decode<u16>(job, runLimit);
  if (bytes == 4) return decode<u32>(job, runLimit);
  return decode<u64>(job, runLimit);
}

/** Checks condensed pins. @returns a status; RESULT: how many touch the slices. */
export function countPins(job: usize): i32 {
  return scanPins<u8>(job, false);
}

/** Lists the pins and gives components the background's label or their own. PIN_HEADS is cleared before. @returns a status. */
export function placePins(job: usize): i32 {
  const bytes = load<u32>(job, VOXEL_BYTES);
  if (bytes == 1) return placed<u8>(job);
  if (bytes == 2) return placed<u16>(job);
  if (bytes == 4) return placed<u32>(job);
  return placed<u64>(job);
}

function placed<T>(job: usize): i32 {
  fillBackground<T>(job);
  return scanPins<T>(job, true);
}

/** Bytes of a slice's record while a volume is encoded (slice.ts). */
export function sliceBytes(): usize {
  return SLICE_BYTES;
}

/** Bytes of scratch for the corners of a slice. */
export function cornersSize(width: u32, height: u32): usize {
  return sizeOfCorners(width, height);
}

/** Encoding, first: marks all slices and counts. RESULT: voxels that differ from the one before. */
export function markEdges(job: usize): void {
  const bytes = load<u32>(job, VOXEL_BYTES);
  if (bytes == 1) findEdges<u8>(job);
  else if (bytes == 2) findEdges<u16>(job);
  else if (bytes == 4) findEdges<u32>(job);
  else findEdges<u64>(job);
}

/** Second: components with their checksums and labels. RESULT: how many there are. */
export function findLabels(job: usize): void {
  const bytes = load<u32>(job, VOXEL_BYTES);
  if (bytes == 1) nameComponents<u8>(job);
  else if (bytes == 2) nameComponents<u16>(job);
  else if (bytes == 4) nameComponents<u32>(job);
  else nameComponents<u64>(job);
}

/** Third: keys of `count` labels of `bytes`. */
export function putKeys(
  labels: usize, count: u32, bytes: u32, unique: usize, slots: usize, bits: u32, keyBytes: u32, out: usize,
): void {
  if (bytes == 1) writeKeys<u8>(labels, count, unique, slots, bits, keyBytes, out);
  else if (bytes == 2) writeKeys<u16>(labels, count, unique, slots, bits, keyBytes, out);
  else if (bytes == 4) writeKeys<u32>(labels, count, unique, slots, bits, keyBytes, out);
  else writeKeys<u64>(labels, count, unique, slots, bits, keyBytes, out);
}

/** Last: the codes of all slices. The marks are used up. RESULT: their end. */
export function putCodes(job: usize): void {
  writeCodes(job);
}

/** Lists pins for all components. RESULT: how many. */
export function listPins(job: usize): void {
  const bytes = load<u32>(job, VOXEL_BYTES);
  if (bytes == 1) choosePins<u8>(job);
  else if (bytes == 2) choosePins<u16>(job);
  else if (bytes == 4) choosePins<u32>(job);
  else choosePins<u64>(job);
}

/** Bytes of counters for a Markov model. */
export function countersSize(order: u32): usize {
  return sizeOfCounters(order);
}

/** Writes codes again with a Markov model. RESULT: their end. */
export function putRanks(job: usize, order: u32, counters: usize, model: usize): void {
  rankCodes(job, order, counters, model);
}
