import { joinSlice, openRuns, runs } from "./components";
import { freeOf, isFree, maskOf, pitch, sliceBytes, sx, sy, sz, words } from "./frame";
import { BITS, OUTPUT, RESULT, RUNS, SOURCE, Z_BYTES } from "./job";
import { rankOf, valueCount, values, windowCount, windows } from "./windows";

/** End of what is written. */
let out: usize = 0;

/**
 * Writes ids, window values, locations, windows and the z index, after `survey` and the windows were made. Results: ids,
 * locations, bytes. T: the label's type; `side` of a block.
 */
export function write<T>(job: usize, side: u32): void {
  openRuns(load<u32>(job, RUNS));
  const bits: usize = load<u32>(job, BITS);
  const source: usize = load<u32>(job, SOURCE);
  const zBytes = load<u32>(job, Z_BYTES);
  const slice = (<usize>sx * sy) << alignof<T>();
  // Counts of each slice, after the runs: they go to the end.
  const counts = runs + ((<usize>((sx + 1) >> 1) * sy) << 2);
  out = load<u32>(job, OUTPUT);

  let ids: u32 = 0;
  for (let z: u32 = 0; z < sz; z++) {
    const n = writeIds<T>(bits + z * sliceBytes, source + <usize>z * slice);
    store<u32>(counts + (z << 3), n);
    ids += n;
  }
  const valueBytes = <usize>valueCount << (side == 4 ? alignof<u16>() : alignof<u64>());
  memory.copy(out, values, valueBytes);
  out += valueBytes;
  let locations: u32 = 0;
  for (let z: u32 = 0; z < sz; z++) {
    const start = out;
    writeLocations<T>(bits + z * sliceBytes, source + <usize>z * slice);
    const n = <u32>((out - start) >> alignof<T>());
    store<u32>(counts + (z << 3), n, 4);
    locations += n;
  }
  if (side == 4) writeWindows<u16>();
  else writeWindows<u64>();
  for (let z: u32 = 0; z < sz; z++) writeEntry(load<u32>(counts + (z << 3)), zBytes);
  // Where the locations of a slice start, as the difference to the slice before.
  for (let z: u32 = 0; z < sz; z++) writeEntry(z == 0 ? 0 : load<u32>(counts + (z << 3) - 8, 4), zBytes);
  store<u32>(job, ids, RESULT);
  store<u32>(job, locations, RESULT + 4);
  store<u32>(job, <u32>(out - load<u32>(job, OUTPUT)), RESULT + 8);
}

/** The label of each component of a slice. @returns how many. */
function writeIds<T>(slice: usize, source: usize): u32 {
  joinSlice(slice, 0, 0, 0);
  const begin = out;
  let run: u32 = 0;
  for (let y: u32 = 0; y < sy; y++) {
    const row = slice + y * pitch;
    let carry: u64 = 0;
    for (let w: u32 = 0; w < words; w++) {
      const free = freeOf(row, w);
      for (let starts = free & ~((free << 1) | carry); starts != 0; starts &= starts - 1, run++) {
        if (load<u32>(runs + (<usize>run << 2)) != run) continue;
        const x = (w << 6) + <u32>ctz(starts);
        store<T>(out, load<T>(source + (<usize>(x + y * sx) << alignof<T>())));
        out += sizeof<T>();
      }
      carry = free >> 63;
    }
  }
  return <u32>((out - begin) >> alignof<T>());
}

/** Labels of boundary voxels that have no free neighbour on the left or above. */
function writeLocations<T>(slice: usize, source: usize): void {
  const rowBytes = <usize>sx << alignof<T>();
  for (let y: u32 = 0; y < sy; y++) {
    const row = slice + y * pitch;
    let carry: u64 = 0;
    for (let w: u32 = 0; w < words; w++) {
      const free = freeOf(row, w);
      let stuck = ~(free | (free << 1) | carry) & maskOf(w);
      carry = free >> 63;
      if (stuck == 0) continue;
      if (y != 0) stuck &= ~freeOf(row - pitch, w);
      for (; stuck != 0; stuck &= stuck - 1) {
        const x = (w << 6) + <u32>ctz(stuck);
        const at = source + <usize>y * rowBytes + (<usize>x << alignof<T>());
        const label = load<T>(at);
        let code: T = label + 7;
        if (x + 1 < sx && isFree(slice, x + 1, y) && load<T>(at + sizeof<T>()) == label) code = 1;
        else if (y + 1 < sy && isFree(slice, x, y + 1) && load<T>(at + rowBytes) == label) code = 3;
        else if (code < 7) {
          store<T>(out, 6);
          out += sizeof<T>();
          code = label;
        }
        store<T>(out, code);
        out += sizeof<T>();
      }
    }
  }
}

/** Ranks of windows, runs of rank 0 as one entry. */
function writeWindows<W>(): void {
  const most = <u64>1 << ((sizeof<W>() << 3) - 1);
  let run: u64 = 0;
  for (let at = windows, end = windows + (<usize>windowCount << alignof<W>()); at < end; at += sizeof<W>()) {
    const rank = rankOf<W>(load<W>(at));
    if (rank == 0) {
      if (++run < most - 1) continue;
    } else if (run == 0) {
      store<W>(out, <W>rank << 1);
      out += sizeof<W>();
      continue;
    }
    store<W>(out, (<W>run << 1) | 1);
    out += sizeof<W>();
    run = 0;
    if (rank == 0) continue;
    store<W>(out, <W>rank << 1);
    out += sizeof<W>();
  }
  if (run == 0) return;
  store<W>(out, (<W>run << 1) | 1);
  out += sizeof<W>();
}

@inline
function writeEntry(n: u32, bytes: u32): void {
  if (bytes == 1) store<u8>(out, <u8>n);
  else if (bytes == 2) store<u16>(out, <u16>n);
  else if (bytes == 4) store<u32>(out, n);
  else store<u64>(out, n);
  out += bytes;
}
