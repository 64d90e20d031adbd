// The marks of a slice as two planes of bits: `sides` has one for the edge between (x - 1, y) and (x, y), `tops` for that
// between (x, y - 1) and (x, y). A row has room for x = sx + 1, so that moves beyond a border leave marks that are found.
import { PERMISSIBLE, PLANES, SX, SY } from "./job";

export let sx: u32 = 0;
export let sy: u32 = 0;
export let sides: usize = 0;
export let tops: usize = 0;
export let rowBytes: u32 = 0;
/** Words of 64 bits that hold pixels, and which bits of the last one do. */
export let words: u32 = 0;
export let lastMask: u64 = 0;
/** All bits if marks stand for joined pixels. */
export let inverted: u64 = 0;

/** Bytes of both planes. */
export function planesSize(width: u32, height: u32): usize {
  return 2 * planeBytes(width, height);
}

@inline
function planeBytes(width: u32, height: u32): usize {
  return (<usize>((width + 9) >> 3) * (height + 1) + 31) & ~15;
}

export function openPlanes(job: usize): void {
  placePlanes(job, load<u32>(job, PLANES), load<u32>(job, PERMISSIBLE) != 0);
}

export function placePlanes(job: usize, base: usize, permissible: bool): void {
  sx = load<u32>(job, SX);
  sy = load<u32>(job, SY);
  rowBytes = (sx + 9) >> 3;
  words = (sx + 63) >> 6;
  lastMask = ~(<u64>0) >> ((64 - (sx & 63)) & 63);
  inverted = permissible ? ~(<u64>0) : 0;
  sides = base;
  tops = sides + planeBytes(sx, sy);
}

export function clearPlanes(): void {
  memory.fill(sides, 0, planesSize(sx, sy));
}

/** Bit x of a word: a run of pixels starts there. `row`: the row of `sides`; k: the word. */
@inline
export function startsOf(row: usize, k: u32, last: u32, mask: u64, inverted: u64): u64 {
  const bits = (load<u64>(row + (<usize>k << 3)) ^ inverted) & (k == last ? mask : ~(<u64>0));
  return k == 0 ? bits | 1 : bits;
}

/** Bit x of a word: the pixel is joined with the one above. `row`: the row of `tops`. */
@inline
export function joinsOf(row: usize, k: u32, last: u32, mask: u64, inverted: u64): u64 {
  return ~(load<u64>(row + (<usize>k << 3)) ^ inverted) & (k == last ? mask : ~(<u64>0));
}

/** Whether a row of `tops` has marks beyond the right border: a chain left the slice. */
@inline
export function isLeft(row: usize): bool {
  const at = sx >> 3;
  const bits: u32 = (<u32>1 << ((rowBytes - at) << 3)) - 1;
  return (<u32>load<u16>(row + at) & bits & (<u32>(-1) << (sx & 7))) != 0;
}
