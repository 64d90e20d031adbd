// Connected components of free voxels, by runs along x: a run is one entry of `runs`, first its parent, later its component.
import { freeOf, pitch, sy, words } from "./frame";

/** Where the caller's runs are. */
export let runs: usize = 0;

export function openRuns(at: usize): void {
  runs = at;
}

/**
 * Joins the runs of a slice, numbered from `first` on, with each other and with those of the slice behind (0: none), numbered
 * from `behindFirst` on. @returns the number after the last.
 */
export function joinSlice(slice: usize, first: u32, behind: usize, behindFirst: u32): u32 {
  let aboveFirst = first;
  for (let y: u32 = 0; y < sy; y++) {
    const row = slice + y * pitch;
    const next = beginRow(row, first);
    if (y != 0) join(row, first, row - pitch, aboveFirst);
    if (behind != 0) behindFirst += join(row, first, behind + y * pitch, behindFirst);
    aboveFirst = first;
    first = next;
  }
  return first;
}

/** Makes every run of the row a component of its own. */
function beginRow(row: usize, first: u32): u32 {
  let carry: u64 = 0;
  for (let w: u32 = 0; w < words; w++) {
    const free = freeOf(row, w);
    const next = first + <u32>popcnt(free & ~((free << 1) | carry));
    for (; first < next; first++) store<u32>(runs + (<usize>first << 2), first);
    carry = free >> 63;
  }
  return first;
}

/** Unites the runs of two rows that have voxels side by side. @returns the number of runs in the other row. */
function join(row: usize, first: u32, other: usize, otherFirst: u32): u32 {
  const begin = otherFirst;
  let carry: u64 = 0;
  let otherCarry: u64 = 0;
  for (let w: u32 = 0; w < words; w++) {
    const free = freeOf(row, w);
    const otherFree = freeOf(other, w);
    const starts = free & ~((free << 1) | carry);
    const otherStarts = otherFree & ~((otherFree << 1) | otherCarry);
    const both = free & otherFree;
    for (let touch = both & ~((both << 1) | (carry & otherCarry)); touch != 0; touch &= touch - 1) {
      const upTo = touch ^ (touch - 1);
      unite(first + <u32>popcnt(starts & upTo) - 1, otherFirst + <u32>popcnt(otherStarts & upTo) - 1);
    }
    first += <u32>popcnt(starts);
    otherFirst += <u32>popcnt(otherStarts);
    carry = free >> 63;
    otherCarry = otherFree >> 63;
  }
  return otherFirst - begin;
}

/** A parent never has a greater number than its child, so a component's root is its first run. */
@inline
function unite(a: u32, b: u32): void {
  const rootA = find(a);
  const rootB = find(b);
  if (rootA < rootB) store<u32>(runs + (<usize>rootB << 2), rootA);
  else store<u32>(runs + (<usize>rootA << 2), rootB);
}

@inline
function find(run: u32): u32 {
  let at = runs + (<usize>run << 2);
  while (true) {
    const parent = load<u32>(at);
    if (parent == run) return run;
    const grand = load<u32>(runs + (<usize>parent << 2));
    store<u32>(at, grand);
    run = grand;
    at = runs + (<usize>run << 2);
  }
}

/** Replaces parents by the number of their component, from `component` on, in the order of first voxels. */
export function number(count: u32, component: u32): u32 {
  for (let run: u32 = 0; run < count; run++) {
    const at = runs + (<usize>run << 2);
    const parent = load<u32>(at);
    store<u32>(at, parent == run ? component++ : load<u32>(runs + (<usize>parent << 2)));
  }
  return component;
}
