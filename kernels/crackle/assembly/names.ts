// Labels of components, while a volume is encoded.
import { lookUp } from "../../labels/assembly/mapping";
import { findComponents, openComponents, runs } from "./components";
import { storeNumber } from "./cracks";
import { COLORS, PLANES, RESULT, ROWS, RUNS, SLICES, SOURCE, Z_TO } from "./job";
import { checksum } from "./paint";
import { lastMask, placePlanes, planesSize, rowBytes, sides, startsOf, sx, sy, words } from "./planes";
import { SLICE_BYTES, SLICE_CHECKSUM, SLICE_COMPONENTS, SLICE_RUNS } from "./slice";

/**
 * Finds the components of all slices: their number and checksum go to the slice's record, their labels to COLORS, one
 * behind the other. RESULT: how many there are.
 */
export function nameComponents<T>(job: usize): void {
  let source = <usize>load<u32>(job, SOURCE);
  let base = <usize>load<u32>(job, PLANES);
  let record = <usize>load<u32>(job, SLICES);
  let colors = <usize>load<u32>(job, COLORS);
  const slices = load<u32>(job, Z_TO);
  openComponents(load<u32>(job, RUNS), load<u32>(job, ROWS));
  let all: u32 = 0;
  for (let z: u32 = 0; z < slices; z++, record += SLICE_BYTES) {
    placePlanes(job, base, false);
    base += planesSize(sx, sy);
    const count = <u32>findComponents(load<u32>(record, SLICE_RUNS));
    store<u32>(record, count, SLICE_COMPONENTS);
    store<u32>(record, checksum(job), SLICE_CHECKSUM);
    name<T>(source, count, colors);
    source += (<usize>sx * sy) << alignof<T>();
    colors += <usize>count << alignof<T>();
    all += count;
  }
  store<u32>(job, all, RESULT);
}

/** The labels of a slice's components, from their first voxels. */
function name<T>(source: usize, count: u32, colors: usize): void {
  const last = words - 1;
  let named: u32 = 0;
  let run = runs;
  for (let y: u32 = 0; named < count; y++, source += <usize>sx << alignof<T>()) {
    const row = sides + <usize>y * rowBytes;
    for (let k: u32 = 0; k < words; k++)
      for (let starts = startsOf(row, k, last, lastMask, 0); starts != 0; starts &= starts - 1, run += 4) {
        if (load<u32>(run) != named) continue;
        const x = (k << 6) + <u32>ctz(starts);
        store<T>(colors + (<usize>named << alignof<T>()), load<T>(source + (<usize>x << alignof<T>())));
        named++;
      }
  }
}

/** For each of `count` labels its place among `unique` (u64, see kernels/labels for the slots), of `keyBytes`. */
export function writeKeys<T>(
  labels: usize, count: u32, unique: usize, slots: usize, bits: u32, keyBytes: u32, out: usize,
): void {
  for (let i: u32 = 0; i < count; i++, labels += sizeof<T>(), out += keyBytes)
    storeNumber(out, keyBytes, lookUp(<u64>load<T>(labels), unique, slots, bits) - 1);
}
