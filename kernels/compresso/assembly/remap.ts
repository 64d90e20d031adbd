// Labels inside of the locations: an entry of 7 or more is a label + 7; an entry of 6 is followed by a label.
import { lookUp } from "../../labels/assembly/mapping";
import { BAD_Z_INDEX, MISSING_LABEL, OK, TOO_FEW_LOCATIONS, WIDE_LABEL } from "./job";

/** Copies the labels inside of `count` locations to `out`. @returns their end, or 0 for locations that end early. */
export function labelsOf<T>(locations: usize, count: u32, out: usize): usize {
  const end = locations + (<usize>count << alignof<T>());
  for (let at = locations; at < end; at += sizeof<T>()) {
    let code = load<T>(at);
    if (code < 6) continue;
    if (code == 6) {
      at += sizeof<T>();
      if (at >= end) return 0;
      code = load<T>(at);
    } else code -= 7;
    store<T>(out, code);
    out += sizeof<T>();
  }
  return out;
}

/** End of what `remapLocations` wrote; number of the entry at which it failed. */
export let remapped: usize = 0;
export let failedAt: u32 = 0;

/**
 * Copies locations with their labels replaced. A new label of the highest 7 takes two entries. `counts` (0: none): the number
 * of entries of each of `slices` slices, u32, is kept up to date.
 */
export function remapLocations<T>(
  locations: usize, count: u32, out: usize, counts: usize, slices: u32,
  keys: usize, values: usize, slots: usize, bits: u32, keep: bool,
): i32 {
  const end = locations + (<usize>count << alignof<T>());
  let at = locations;
  for (let slice: u32 = 0; slice < slices; slice++) {
    const n = counts == 0 ? count : load<u32>(counts + (slice << 2));
    const stop = at + (<usize>n << alignof<T>());
    const start = out;
    if (stop > end) return BAD_Z_INDEX;
    for (; at < stop; at += sizeof<T>()) {
      const code = load<T>(at);
      if (code < 6) {
        store<T>(out, code);
        out += sizeof<T>();
        continue;
      }
      failedAt = <u32>((at - locations) >> alignof<T>());
      const two = code == 6;
      if (two) at += sizeof<T>();
      if (at >= stop) return TOO_FEW_LOCATIONS;
      let label: u64 = two ? <u64>load<T>(at) : <u64>(code - 7);
      const found = lookUp(label, keys, slots, bits);
      if (found != 0) label = load<u64>(values + (<usize>(found - 1) << 3));
      else if (!keep) return MISSING_LABEL;
      if (<u64>(<T>label) != label) return WIDE_LABEL;
      let entry: T = <T>label + 7;
      if (two || entry < 7) {
        store<T>(out, 6);
        out += sizeof<T>();
        entry = <T>label;
      }
      store<T>(out, entry);
      out += sizeof<T>();
    }
    if (counts != 0) store<u32>(counts + (slice << 2), <u32>((out - start) >> alignof<T>()));
  }
  remapped = out;
  return OK;
}
