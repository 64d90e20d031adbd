import { freeOf, isFree, maskOf, pitch, sx, sy, words } from "./frame";
import { BAD_LOCATION, OK, TOO_FEW_LOCATIONS } from "./job";

@inline
function size<T>(n: usize): usize {
  return n << alignof<T>();
}

/**
 * Labels of the free voxels of a slice, and of those on boundaries that have the label of a free neighbour on the left, above
 * or (with `behind` not 0) behind. `components`: of the slice's runs. @returns what follows them.
 */
export function fillSlice<T>(
  slice: usize, behind: usize, components: usize, ids: usize, out: usize, stepY: usize, stepZ: usize,
): usize {
  for (let y: u32 = 0; y < sy; y++) {
    const row = slice + y * pitch;
    const end = out + size<T>(sx);
    let carry: u64 = 0;
    let inside = false;
    let start: usize = 0;
    let label: T = 0;
    for (let w: u32 = 0; w < words; w++) {
      const free = freeOf(row, w);
      const left = (free << 1) | carry;
      const mask = maskOf(w);
      const base = out + size<T>(w << 6);
      for (let turns = (free ^ left) & mask; turns != 0; turns &= turns - 1) {
        const at = base + size<T>(<usize>ctz(turns));
        if (inside) fill<T>(start, at + sizeof<T>(), end, label);
        else {
          start = at;
          label = load<T>(ids + size<T>(load<u32>(components)));
          components += 4;
        }
        inside = !inside;
      }
      let stuck = ~(free | left) & mask;
      carry = free >> 63;
      if (stuck == 0) continue;
      if (y != 0) {
        const above = stuck & freeOf(row - pitch, w);
        copy<T>(above, base, stepY);
        stuck ^= above;
      }
      if (behind != 0) copy<T>(stuck & freeOf(behind + y * pitch, w), base, stepZ);
    }
    if (inside) fill<T>(start, end, end, label);
    out += stepY;
  }
  return components;
}

/** Fills voxels up to `stop`; what lies behind it, up to `end`, is undefined afterwards. */
@inline
function fill<T>(at: usize, stop: usize, end: usize, label: T): void {
  const v = v128.splat<T>(label);
  for (; at < stop; at += 16) {
    if (at + 16 > end) {
      for (; at < stop; at += sizeof<T>()) store<T>(at, label);
      return;
    }
    v128.store(at, v);
  }
}

/** Copies the voxels of a word from `back` bytes before them. */
@inline
function copy<T>(which: u64, base: usize, back: usize): void {
  for (; which != 0; which &= which - 1) {
    const at = base + size<T>(<usize>ctz(which));
    store<T>(at, load<T>(at - back));
  }
}

/** The next location to read, and the end of all. */
export let location: usize = 0;
export let locationsEnd: usize = 0;

export function openLocations(at: usize, end: usize): void {
  location = at;
  locationsEnd = end;
}

/**
 * Labels of the boundary voxels of a slice that `fillSlice` left. `behind` as there; `before` and `after`: the slices next to
 * it along z, 0 where locations must not name them.
 */
export function locateSlice<T>(
  slice: usize, behind: usize, before: usize, after: usize, out: usize, stepY: usize, stepZ: usize,
): i32 {
  for (let y: u32 = 0; y < sy; y++, out += stepY) {
    const row = slice + y * pitch;
    let carry: u64 = 0;
    for (let w: u32 = 0; w < words; w++) {
      const free = freeOf(row, w);
      let stuck = ~(free | (free << 1) | carry) & maskOf(w);
      carry = free >> 63;
      if (stuck == 0) continue;
      if (y != 0) stuck &= ~freeOf(row - pitch, w);
      if (behind != 0) stuck &= ~freeOf(behind + y * pitch, w);
      for (; stuck != 0; stuck &= stuck - 1) {
        const x = (w << 6) + <u32>ctz(stuck);
        const at = out + size<T>(x);
        if (location >= locationsEnd) return TOO_FEW_LOCATIONS;
        const code = load<T>(location);
        location += sizeof<T>();
        if (code >= 7) store<T>(at, code - 7);
        else if (code == 6) {
          if (location >= locationsEnd) return TOO_FEW_LOCATIONS;
          store<T>(at, load<T>(location));
          location += sizeof<T>();
        } else {
          const from = neighbour<T>(<u32>code, slice, before, after, x, y, at, stepY, stepZ);
          if (from == 0) return BAD_LOCATION;
          store<T>(at, load<T>(from));
        }
      }
    }
  }
  return OK;
}

/** Address of the free neighbour that a code names, 0 if there is none. */
function neighbour<T>(
  code: u32, slice: usize, before: usize, after: usize, x: u32, y: u32, at: usize, stepY: usize, stepZ: usize,
): usize {
  if (code == 0) return x > 0 && isFree(slice, x - 1, y) ? at - sizeof<T>() : 0;
  if (code == 1) return x + 1 < sx && isFree(slice, x + 1, y) ? at + sizeof<T>() : 0;
  if (code == 2) return y > 0 && isFree(slice, x, y - 1) ? at - stepY : 0;
  if (code == 3) return y + 1 < sy && isFree(slice, x, y + 1) ? at + stepY : 0;
  if (code == 4) return before != 0 && isFree(before, x, y) ? at - stepZ : 0;
  return after != 0 && isFree(after, x, y) ? at + stepZ : 0;
}
