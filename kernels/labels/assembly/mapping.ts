// A mapping from labels to labels: keys (distinct) and values as u64, and slots that find a key by its hash.

/** Fills 1 << bits slots of u32 (0: free, else the number of a key + 1). At least half of them stay free. */
export function fillSlots(keys: usize, n: u32, slots: usize, bits: u32): void {
  memory.fill(slots, 0, <usize>4 << bits);
  const mask: u32 = (1 << bits) - 1;
  for (let i: u32 = 0; i < n; i++) {
    let slot = first(load<u64>(keys + (<usize>i << 3)), bits);
    while (load<u32>(slots + (<usize>slot << 2)) != 0) slot = (slot + 1) & mask;
    store<u32>(slots + (<usize>slot << 2), i + 1);
  }
}

@inline
function first(key: u64, bits: u32): u32 {
  return <u32>((key * 0x9e37_79b9_7f4a_7c15) >> (64 - bits));
}

/** Number of a key + 1, or 0. */
@inline
export function lookUp(label: u64, keys: usize, slots: usize, bits: u32): u32 {
  const mask: u32 = (1 << bits) - 1;
  let slot = first(label, bits);
  while (true) {
    const found = load<u32>(slots + (<usize>slot << 2));
    if (found == 0 || load<u64>(keys + (<usize>(found - 1) << 3)) == label) return found;
    slot = (slot + 1) & mask;
  }
}

/**
 * Replaces labels in place. @returns 0, or the number of the first label that failed + 1: the mapping lacks it (and it is not
 * to be kept), or the new one exceeds the type.
 */
export function map<T>(source: usize, count: u32, keys: usize, values: usize, slots: usize, bits: u32, keep: bool): u32 {
  let last: u64 = 0;
  let mapped: u64 = 0;
  let known = false;
  for (let i: u32 = 0; i < count; i++, source += sizeof<T>()) {
    const label = <u64>load<T>(source);
    if (!known || label != last) {
      const found = lookUp(label, keys, slots, bits);
      if (found != 0) mapped = load<u64>(values + (<usize>(found - 1) << 3));
      else if (keep) mapped = label;
      else return i + 1;
      if (<u64>(<T>mapped) != mapped) return i + 1;
      last = label;
      known = true;
    }
    store<T>(source, <T>mapped);
  }
  return 0;
}
