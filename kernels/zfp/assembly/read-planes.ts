// Bit planes of a block out of the stream: "embedded coding". Bits are taken from the lowest of each byte on.
import { PLANES } from "./job";

/** The reader: a byte, and bits from there. */
export let base: usize = 0;
export let position: u32 = 0;

export function openReader(at: usize, bits: u32): void {
  base = at + (bits >> 3);
  position = bits & 7;
}

/** To be called between blocks, so that `position` stays small. */
export function settle(): void {
  base += position >> 3;
  position &= 7;
}

export function skip(bits: u32): void {
  position += bits;
}

/** The next 64 bits at `position` from `base` on. Reads up to 16 bytes there. */
@inline
function peek(base: usize, position: u32): u64 {
  const at = base + (position >> 3);
  const shift = <u64>(position & 7);
  return load<u64>(at) >> shift | <u64>load<u8>(at, 8) << 1 << (63 - shift);
}

/** A number of up to 32 bits. */
export function take(bits: u32): u32 {
  const value = <u32>(peek(base, position) & ((<u64>1 << bits) - 1));
  position += bits;
  return value;
}

/** How many planes, at the top, have no ones: a zero each. */
@inline
function emptyPlanes(budget: u32, planes: u32): u32 {
  return min(min(budget, planes), <u32>ctz(peek(base, position)));
}

/**
 * Reads planes from the one below `top` down to `lowest`, for up to 64 coefficients, within `budget` bits.
 * P: u16 for up to 16 coefficients, else u64. @returns the last plane that was read, or `top`.
 */
export function readPlanes<P>(scratch: usize, size: u32, top: u32, lowest: u32, budget: u32): u32 {
  return budget < (top - lowest) * (size + 1) + 2 * size
    ? readWithin<P>(scratch, size, top, lowest, budget, true)
    : readWithin<P>(scratch, size, top, lowest, budget, false);
}

/** `limited`: the budget may run out. */
@inline
function readWithin<P>(scratch: usize, size: u32, top: u32, lowest: u32, budget: u32, limited: bool): u32 {
  const from = base;
  let at = position;
  let known: u32 = 0;
  const empty = emptyPlanes(budget, top - lowest);
  let plane = top - empty;
  if (limited) budget -= empty;
  at += empty;
  for (let none = plane; none < top; none++) store<P>(scratch + <usize>none * sizeof<P>(), 0, PLANES);
  while ((!limited || budget != 0) && plane > lowest) {
    plane--;
    const verbatim = limited ? min(known, budget) : known;
    if (limited) budget -= verbatim;
    // A plane of up to 16 coefficients has no more than 33 bits.
    let window = sizeof<P>() == 2 ? load<u64>(from + (at >> 3)) >> <u64>(at & 7) : peek(from, at);
    let bits: u64 = 0;
    if (sizeof<P>() == 2) {
      bits = window & ((<u64>1 << <u64>verbatim) - 1);
      window >>= <u64>verbatim;
      at += verbatim;
    } else if (verbatim != 0) {
      bits = window & (~(<u64>0) >> <u64>(64 - verbatim));
      at += verbatim;
      if (known < size) window = peek(from, at);
    }
    while ((!limited || budget != 0) && known < size) {
      // Whether there are further ones, and if so, zeros up to the next one (which the last one lacks).
      if (limited) budget--;
      at++;
      if ((window & 1) == 0) break;
      window >>= 1;
      const limit = limited ? min(budget, size - 1 - known) : size - 1 - known;
      const zeros = <u32>ctz(window);
      const taken = min(zeros + 1, limit);
      if (limited) budget -= taken;
      at += taken;
      known += min(zeros, limit);
      bits |= <u64>1 << <u64>known;
      known++;
      if (sizeof<P>() == 2) window >>= <u64>taken;
      else window = peek(from, at);
    }
    store<P>(scratch + <usize>plane * sizeof<P>(), <P>bits, PLANES);
  }
  position = at;
  return plane;
}

/** As `readPlanes`, for 256 coefficients. */
export function readPlanes256(scratch: usize, top: u32, lowest: u32, budget: u32): u32 {
  const from = base;
  let at = position;
  let known: u32 = 0;
  let plane = top;
  while (budget != 0 && plane > lowest) {
    plane--;
    const words = scratch + (<usize>plane << 3);
    store<u64>(words, 0, PLANES);
    store<u64>(words, 0, PLANES + 512);
    store<u64>(words, 0, PLANES + 1024);
    store<u64>(words, 0, PLANES + 1536);
    let verbatim = min(known, budget);
    budget -= verbatim;
    for (let word = words; verbatim != 0; word += 512) {
      const part = min<u32>(verbatim, 64);
      store<u64>(word, peek(from, at) & (~(<u64>0) >> <u64>(64 - part)), PLANES);
      at += part;
      verbatim -= part;
    }
    while (budget != 0 && known < 256) {
      const further = peek(from, at) & 1;
      budget--;
      at++;
      if (further == 0) break;
      let limit = min(budget, 255 - known);
      while (limit != 0) {
        const window = min<u32>(limit, 64);
        const zeros = <u32>ctz(peek(from, at));
        const taken = min(zeros + 1, window);
        budget -= taken;
        at += taken;
        known += min(zeros, window);
        if (zeros < window) break;
        limit -= window;
      }
      const word = words + (<usize>(known >> 6) << 9);
      store<u64>(word, load<u64>(word, PLANES) | <u64>1 << <u64>(known & 63), PLANES);
      known++;
    }
  }
  position = at;
  return plane;
}
