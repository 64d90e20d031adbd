// Pins for a volume: for each component that none goes through yet the longest one that starts in it.
import { componentAt, findComponents, openComponents, runs } from "./components";
import {
  ALL_COMPONENTS, BEST, COVERED, DEPTHS, PIN_ACTIVE, PIN_LIST, PLANES, RESULT, ROWS, RUNS, SLICES, SOURCE, SX, SY, Z_TO,
} from "./job";
import { lastMask, placePlanes, planesSize, rowBytes, sides, startsOf, sx, sy, words } from "./planes";
import { SLICE_BYTES, SLICE_COMPONENTS, SLICE_RUNS } from "./slice";

/** Of a chosen pin: u32 first component, place within its slice, slice, how many slices further it goes. */
const CHOSEN: u32 = 16;

/**
 * Lists pins so that all components of the volume are met. BEST: 8 bytes for each component (cleared before), COVERED: one
 * for each of a slice, DEPTHS: u32 for each pixel. RESULT: how many.
 */
export function choosePins<T>(job: usize): void {
  openComponents(load<u32>(job, RUNS), load<u32>(job, ROWS));
  const slices = load<u32>(job, Z_TO);
  const best = <usize>load<u32>(job, BEST);
  let first = load<u32>(job, ALL_COMPONENTS);
  for (let z = slices; z-- > 0; ) {
    first -= findSlice(job, z);
    measure<T>(job, z, z + 1 < slices);
    pickLongest(load<u32>(job, DEPTHS), best + (first << 3));
  }
  list(job, slices);
}

/** Components of a slice. @returns how many. */
function findSlice(job: usize, z: u32): u32 {
  const base = <usize>load<u32>(job, PLANES);
  placePlanes(job, base + z * <u32>planesSize(load<u32>(job, SX), load<u32>(job, SY)), false);
  return findComponents(load<u32>(load<u32>(job, SLICES) + z * <u32>SLICE_BYTES, SLICE_RUNS));
}

/** How many slices further each pixel's label goes on. */
function measure<T>(job: usize, z: u32, more: bool): void {
  const area = sx * sy;
  const depths = <usize>load<u32>(job, DEPTHS);
  if (!more) {
    memory.fill(depths, 0, <usize>area << 2);
    return;
  }
  let here = <usize>load<u32>(job, SOURCE) + ((<usize>area * z) << alignof<T>());
  let next = here + (<usize>area << alignof<T>());
  for (let at = depths, end = depths + (<usize>area << 2); at < end; at += 4, here += sizeof<T>(), next += sizeof<T>())
    store<u32>(at, load<T>(here) == load<T>(next) ? load<u32>(at) + 1 : 0);
}

/** For each component the place where it goes on furthest, and how far + 1. */
function pickLongest(depths: usize, best: usize): void {
  let run = runs;
  for (let y: u32 = 0; y < sy; y++) {
    const row = sides + <usize>y * rowBytes;
    let own: usize = 0;
    for (let k: u32 = 0; k < words; k++) {
      const starts = startsOf(row, k, words - 1, lastMask, 0);
      const stop = min<u32>(64, sx - (k << 6));
      for (let i: u32 = 0; i < stop; i++) {
        if ((starts >> i) & 1) {
          own = best + (<usize>load<u32>(run) << 3);
          run += 4;
        }
        const place = y * sx + (k << 6) + i;
        const depth = load<u32>(depths + (<usize>place << 2)) + 1;
        if (depth > load<u32>(own, 4)) {
          store<u32>(own, place);
          store<u32>(own, depth, 4);
        }
      }
    }
  }
}

function list(job: usize, slices: u32): void {
  const best = <usize>load<u32>(job, BEST);
  const covered = <usize>load<u32>(job, COVERED);
  const chosen = <usize>load<u32>(job, PIN_LIST);
  const actives = <usize>load<u32>(job, PIN_ACTIVE);
  let count: u32 = 0;
  let active: u32 = 0;
  let first: u32 = 0;
  for (let z: u32 = 0; z < slices; z++) {
    const components = findSlice(job, z);
    memory.fill(covered, 0, components);
    let kept: u32 = 0;
    for (let i: u32 = 0; i < active; i++) {
      const number = load<u32>(actives + (i << 2));
      const pin = chosen + number * CHOSEN;
      const place = load<u32>(pin, 4);
      store<u8>(covered + componentAt(place % sx, place / sx), 1);
      if (load<u32>(pin, 8) + load<u32>(pin, 12) <= z) continue;
      store<u32>(actives + (kept << 2), number);
      kept++;
    }
    active = kept;
    for (let i: u32 = 0; i < components; i++) {
      if (load<u8>(covered + i) != 0) continue;
      const own = best + ((first + i) << 3);
      const pin = chosen + count * CHOSEN;
      const depth = load<u32>(own, 4) - 1;
      store<u32>(pin, first + i);
      store<u32>(pin, load<u32>(own), 4);
      store<u32>(pin, z, 8);
      store<u32>(pin, depth, 12);
      if (depth != 0) {
        store<u32>(actives + (active << 2), count);
        active++;
      }
      count++;
    }
    first += components;
  }
  store<u32>(job, count, RESULT);
}
