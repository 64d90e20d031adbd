// Candidates for distinct values: repetitions that follow each other or that a small cache remembers are dropped at once.

const CACHE_BITS: u32 = 12;
export const CACHE_BYTES: usize = 8 << CACHE_BITS;

/** Appends to `out` the values of 8 or 16 bits, each once. @returns the end of what it holds then. */
export function gatherSmall<T>(source: usize, count: u32, flags: usize, out: usize): usize {
  memory.fill(flags, 0, CACHE_BYTES);
  for (const end = source + (<usize>count << alignof<T>()); source < end; source += sizeof<T>()) {
    const value = <u32>load<T>(source);
    const word = flags + (value >> 3);
    store<u8>(word, load<u8>(word) | <u8>(<u32>1 << (value & 7)));
  }
  for (let word: u32 = 0; word < 1024; word++)
    for (let set = load<u64>(flags + (word << 3)); set != 0; set &= set - 1) {
      store<u64>(out, (word << 6) + <u32>ctz(set));
      out += 8;
    }
  return out;
}

/** Appends to `out` the values that are new as far as the cache knows. @returns the end of what it holds then. */
export function gather<T>(source: usize, count: u32, cache: usize, out: usize): usize {
  if (count == 0) return out;
  const end = source + (<usize>count << alignof<T>());
  let last = load<T>(source);
  // Every place remembers a value that was taken.
  for (let at = cache; at < cache + CACHE_BYTES; at += 8) store<u64>(at, <u64>last);
  store<u64>(out, <u64>last);
  out += 8;
  for (source += sizeof<T>(); source < end; source += sizeof<T>()) {
    const value = load<T>(source);
    if (value == last) continue;
    last = value;
    const place = cache + (<usize>((<u64>value * 0x9e37_79b9_7f4a_7c15) >> (64 - CACHE_BITS)) << 3);
    if (load<u64>(place) == <u64>value) continue;
    store<u64>(place, <u64>value);
    store<u64>(out, <u64>value);
    out += 8;
  }
  return out;
}

/** Whether one of the values is `label`. */
export function has<T>(source: usize, count: u32, label: T): bool {
  const end = source + (<usize>count << alignof<T>());
  const v = v128.splat<T>(label);
  for (; source + 16 <= end; source += 16) if (v128.any_true(v128.eq<T>(v128.load(source), v))) return true;
  for (; source < end; source += sizeof<T>()) if (load<T>(source) == label) return true;
  return false;
}
