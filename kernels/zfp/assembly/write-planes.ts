// Bit planes of a block into the stream: "embedded coding".
import { splitBits } from "./coefficients";
import { PLANES } from "./job";

/** The writer: where the next eight bytes go, and bits that wait for being eight bytes. */
let out: usize = 0;
let waiting: u64 = 0;
let count: u32 = 0;

/** Goes on behind `bits` bits that are in place at `target` already. */
export function openWriter(target: usize, bits: u32): void {
  out = target + (bits >> 6 << 3);
  count = bits & 63;
  waiting = count != 0 ? load<u64>(out) & ((<u64>1 << <u64>count) - 1) : 0;
}

/** Address behind all bytes that are written. */
export function written(): usize {
  return out;
}

/** Bits since the start. */
export function bitsSince(start: usize): u32 {
  return <u32>(out - start << 3) + count;
}

/** The lowest bits of `value`, which has no others; at most 64. */
export function put(value: u64, bits: u32): void {
  waiting |= value << <u64>count;
  const sum = count + bits;
  if (sum >= 64) {
    store<u64>(out, waiting);
    out += 8;
    waiting = count == 0 ? 0 : value >> <u64>(64 - count);
  }
  count = sum & 63;
}

export function putZeros(bits: u32): void {
  for (; bits > 64; bits -= 64) put(0, 64);
  put(0, bits);
}

/** Fills up eight bytes. */
export function closeWriter(): void {
  if (count != 0) put(0, 64 - count);
}

/**
 * Writes planes from the one below `top` down to `lowest`, for up to 64 coefficients, within `budget` bits. The planes
 * are made of the coefficients' bytes, as far as they are needed.
 * P: u16 for up to 16 coefficients, else u64.
 */
export function writePlanes<P>(scratch: usize, size: u32, top: u32, lowest: u32, budget: u32): void {
  if (budget < (top - lowest) * (size + 1) + 2 * size) writeWithin<P>(scratch, size, top, lowest, budget, true);
  else writeWithin<P>(scratch, size, top, lowest, budget, false);
}

/** `limited`: the budget may run out. */
@inline
function writeWithin<P>(scratch: usize, size: u32, top: u32, lowest: u32, budget: u32, limited: bool): void {
  const every = ~(<u64>0) >> <u64>(64 - size);
  let to = out;
  let wait = waiting;
  let held = count;
  let known: u32 = 0;
  for (let plane = top; (!limited || budget != 0) && plane > lowest; ) {
    plane--;
    if ((plane & 7) == 7 || plane + 1 == top) splitBits(scratch, size, plane >> 3);
    let bits = <u64>load<P>(scratch + <usize>plane * sizeof<P>(), PLANES) & every;
    let length = limited ? min(known, budget) : known;
    let value: u64 = 0;
    if (limited) budget -= length;
    if (sizeof<P>() == 2) {
      // A plane of up to 16 coefficients has no more than 33 bits: they are written as one.
      value = bits & ((<u64>1 << <u64>length) - 1);
      bits >>= <u64>length;
      while ((!limited || budget != 0) && known < size) {
        if (limited) budget--;
        if (bits == 0) {
          length++;
          break;
        }
        const limit = limited ? min(budget, size - 1 - known) : size - 1 - known;
        const zeros = <u32>ctz(bits);
        const told = u32(zeros < limit);
        const steps = min(zeros, limit);
        value |= (<u64>told << <u64>zeros << 1 | 1) << <u64>length;
        length += steps + 1 + told;
        if (limited) budget -= steps + told;
        bits = bits >> <u64>steps >> 1;
        known += steps + 1;
      }
      wait |= value << <u64>held;
      const sum = held + length;
      if (sum >= 64) {
        store<u64>(to, wait);
        to += 8;
        wait = held == 0 ? 0 : value >> <u64>(64 - held);
      }
      held = sum & 63;
      continue;
    }
    if (length != 0) {
      value = bits & (~(<u64>0) >> <u64>(64 - length));
      bits = length == 64 ? 0 : bits >> <u64>length;
    }
    for (;;) {
      wait |= value << <u64>held;
      const sum = held + length;
      if (sum >= 64) {
        store<u64>(to, wait);
        to += 8;
        wait = held == 0 ? 0 : value >> <u64>(64 - held);
      }
      held = sum & 63;
      if ((limited && budget == 0) || known >= size) break;
      if (limited) budget--;
      if (bits == 0) {
        // A zero: no further ones.
        held++;
        if (held == 64) {
          store<u64>(to, wait);
          to += 8;
          wait = 0;
          held = 0;
        }
        break;
      }
      const limit = limited ? min(budget, size - 1 - known) : size - 1 - known;
      const zeros = <u32>ctz(bits);
      const told = zeros < limit;
      const steps = min(zeros, limit);
      value = told ? <u64>2 << <u64>zeros | 1 : 1;
      length = steps + 1 + u32(told);
      if (limited) budget -= steps + u32(told);
      bits = bits >> <u64>steps >> 1;
      known += steps + 1;
    }
  }
  out = to;
  waiting = wait;
  count = held;
}

/** As `writePlanes`, for 256 coefficients. */
export function writePlanes256(scratch: usize, top: u32, lowest: u32, budget: u32): void {
  let known: u32 = 0;
  for (let plane = top; budget != 0 && plane > lowest; ) {
    plane--;
    if ((plane & 7) == 7 || plane + 1 == top) splitBits(scratch, 256, plane >> 3);
    const words = scratch + (<usize>plane << 3);
    let verbatim = min(known, budget);
    budget -= verbatim;
    for (let word = words; verbatim != 0; word += 512) {
      const part = min<u32>(verbatim, 64);
      put(load<u64>(word, PLANES) & (~(<u64>0) >> <u64>(64 - part)), part);
      verbatim -= part;
    }
    while (budget != 0 && known < 256) {
      budget--;
      const next = nextOne(words, known);
      put(u64(next < 256), 1);
      if (next == 256) break;
      const limit = min(budget, 255 - known);
      const steps = min(next - known, limit);
      putZeros(steps);
      budget -= steps;
      if (next - known < limit) {
        put(1, 1);
        budget--;
      }
      known += steps + 1;
    }
  }
}

/** The first coefficient from `from` on that has a bit in the plane, or 256. */
function nextOne(words: usize, from: u32): u32 {
  let index = from >> 6;
  let bits = load<u64>(words + (<usize>index << 9), PLANES) >> <u64>(from & 63) << <u64>(from & 63);
  for (; bits == 0; bits = load<u64>(words + (<usize>index << 9), PLANES)) if (++index == 4) return 256;
  return (index << 6) + <u32>ctz(bits);
}
