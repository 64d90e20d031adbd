// Components of a slice, from its marks: rows are runs of pixels, runs that touch where nothing is between are joined.
import { BAD_COUNT, OUTSIDE } from "./job";
import { inverted, isLeft, joinsOf, lastMask, rowBytes, sides, startsOf, sx, sy, tops, words } from "./planes";

/** Runs of the slice: u32 each, first the run that it is joined with, at last its component. */
export let runs: usize = 0;
/** The first run of each row, u32. */
export let rows: usize = 0;

export function openComponents(runsAt: usize, rowsAt: usize): void {
  runs = runsAt;
  rows = rowsAt;
}

/** How many runs the slice has. */
export function countRuns(): u32 {
  let n: u32 = 0;
  const last = words - 1;
  for (let y: u32 = 0; y < sy; y++) {
    const row = sides + <usize>y * rowBytes;
    for (let k: u32 = 0; k < words; k++) n += <u32>popcnt(startsOf(row, k, last, lastMask, inverted));
  }
  return n;
}

/**
 * Components, in order of their first pixels. `limit`: runs that there is room for.
 * @returns how many, or a negative status.
 */
export function findComponents(limit: u32): i32 {
  const last = words - 1;
  const mask = lastMask;
  const flip = inverted;
  const list = runs;
  let next: u32 = 0;
  let above: u32 = 0;
  for (let y: u32 = 0; y <= sy; y++) {
    const row = sides + <usize>y * rowBytes;
    const top = tops + <usize>y * rowBytes;
    if (isLeft(top)) return -OUTSIDE;
    if (y == sy) break;
    const first = next;
    store<u32>(rows + (<usize>y << 2), first);
    if (limit - next < sx) {
      let n: u32 = 0;
      for (let k: u32 = 0; k < words; k++) n += <u32>popcnt(startsOf(row, k, last, mask, flip));
      if (limit - next < n) return -BAD_COUNT;
    }
    let joined: u64 = 0;
    let a = above;
    for (let k: u32 = 0; k < words; k++) {
      const starts = startsOf(row, k, last, mask, flip);
      const count = <u32>popcnt(starts);
      alone(list + (<usize>next << 2), next, count);
      if (y != 0) {
        const before = startsOf(row - rowBytes, k, last, mask, flip);
        const joins = joinsOf(top, k, last, mask, flip);
        // Once for each pair of runs that touch.
        let places = joins & (~((joins << 1) | joined) | starts | before);
        joined = joins >> 63;
        for (; places != 0; places &= places - 1) {
          const below = places ^ (places - 1);
          join(list, next + <u32>popcnt(starts & below) - 1, a + <u32>popcnt(before & below) - 1);
        }
        a += <u32>popcnt(before);
      }
      next += count;
    }
    above = first;
  }
  return number(next);
}

/** Every run for itself. Writes up to three more. */
@inline
function alone(at: usize, first: u32, count: u32): void {
  let v = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  for (const end = at + (<usize>count << 2); at < end; at += 16, v = i32x4.add(v, i32x4.splat(4))) v128.store(at, v);
}

/** Runs of one component lead to the first of them. */
@inline
function join(list: usize, run: u32, above: u32): void {
  const head = headOf(list, above);
  const at = list + (<usize>run << 2);
  let own = load<u32>(at);
  if (own == run) store<u32>(at, head);
  else {
    own = headOf(list, own);
    if (head < own) store<u32>(list + (<usize>own << 2), head);
    else if (own < head) store<u32>(list + (<usize>head << 2), own);
  }
}

@inline
function headOf(list: usize, run: u32): u32 {
  let up = load<u32>(list + (<usize>run << 2));
  while (up != run) {
    const further = load<u32>(list + (<usize>up << 2));
    store<u32>(list + (<usize>run << 2), further);
    run = further;
    up = load<u32>(list + (<usize>run << 2));
  }
  return run;
}

/** Numbers the components of `n` runs. @returns how many there are. */
function number(n: u32): u32 {
  let count: u32 = 0;
  const list = runs;
  for (let run: u32 = 0; run < n; run++) {
    const at = list + (<usize>run << 2);
    const head = load<u32>(at);
    if (head == run) store<u32>(at, count++);
    else store<u32>(at, load<u32>(list + (<usize>head << 2)));
  }
  return count;
}

/** The component of a pixel. */
export function componentAt(x: u32, y: u32): u32 {
  const row = sides + <usize>y * rowBytes;
  const last = words - 1;
  let run = load<u32>(rows + (<usize>y << 2));
  const stop = x >> 6;
  for (let k: u32 = 0; k < stop; k++) run += <u32>popcnt(startsOf(row, k, last, lastMask, inverted));
  const starts = startsOf(row, stop, last, lastMask, inverted);
  run += <u32>popcnt(starts & (~(<u64>0) >> (63 - (x & 63))));
  return load<u32>(runs + (<usize>(run - 1) << 2));
}
