// Labels as such, of 1, 2, 4 or 8 bytes each, without sign.
import { CACHE_BYTES, gather, gatherSmall, has } from "./distinct";
import { fillSlots, map } from "./mapping";
import { COUNTER_BYTES, sort, unique } from "./sort";

/** Bytes of scratch that `distinct` needs beside its values. */
export function distinctScratchSize(): usize {
  return CACHE_BYTES + COUNTER_BYTES;
}

/**
 * Appends candidates (u64) for distinct labels to `out`: at most one for each label, and 65536 for labels of 1 or 2 bytes.
 * @returns the end of what it holds then.
 */
export function candidates(source: usize, count: u32, bytes: u32, out: usize, scratch: usize): usize {
  if (bytes == 1) return gatherSmall<u8>(source, count, scratch, out);
  if (bytes == 2) return gatherSmall<u16>(source, count, scratch, out);
  if (bytes == 4) return gather<u32>(source, count, scratch, out);
  return gather<u64>(source, count, scratch, out);
}

/** Sorts `n` u64 and leaves one of each, at `values` again. `spare` is as long. @returns how many. */
export function sortUnique(values: usize, spare: usize, n: u32, scratch: usize): u32 {
  const sorted = sort(values, spare, n, scratch + CACHE_BYTES);
  const count = unique(sorted, n);
  if (sorted != values) memory.copy(values, sorted, <usize>count << 3);
  return count;
}

/** Whether one of the labels is `label`, which fits them. */
export function contains(source: usize, count: u32, bytes: u32, label: u64): bool {
  if (bytes == 1) return has<u8>(source, count, <u8>label);
  if (bytes == 2) return has<u16>(source, count, <u16>label);
  if (bytes == 4) return has<u32>(source, count, <u32>label);
  return has<u64>(source, count, label);
}

/** Makes 1 << bits slots, at least twice `n`, for `n` distinct keys (u64). */
export function makeMapping(keys: usize, n: u32, slots: usize, bits: u32): void {
  fillSlots(keys, n, slots, bits);
}

/**
 * Replaces labels in place by the values (u64) of their keys; with `keep`, those without a key stay. @returns 0, or the number
 * of the first label + 1 that has no key, or a value that does not fit.
 */
export function remap(
  source: usize, count: u32, bytes: u32, keys: usize, values: usize, slots: usize, bits: u32, keep: bool,
): u32 {
  if (bytes == 1) return map<u8>(source, count, keys, values, slots, bits, keep);
  if (bytes == 2) return map<u16>(source, count, keys, values, slots, bits, keep);
  if (bytes == 4) return map<u32>(source, count, keys, values, slots, bits, keep);
  return map<u64>(source, count, keys, values, slots, bits, keep);
}
