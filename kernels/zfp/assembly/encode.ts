import { splitBlock, splitBytes } from "./coefficients";
import { gather, nextBlock } from "./grid";
import {
  AXES, BLOCK, CAPACITY, CORNER, HEADER_BITS, MAX_BITS, MAX_PRECISION, MIN_BITS, MIN_EXPONENT, OK, ORDER,
  OUTPUT_FULL, REVERSED, SAMPLES, SCRATCH, SOURCE, TARGET, WRITTEN,
} from "./job";
import { areExact, exponentOf, patterns, toIntegers } from "./samples";
import { forward } from "./transform";
import { bitsSince, closeWriter, openWriter, put, putZeros, writePlanes, writePlanes256, written } from "./write-planes";

/** Encodes all blocks, behind the header that the output begins with. I, U: integers of the samples' size. */
export function encode<F, I, U>(job: usize): i32 {
  const scratch: usize = load<u32>(job, SCRATCH);
  const axes = load<u32>(job, AXES);
  const size: u32 = 1 << (axes << 1);
  const minBits = load<u32>(job, MIN_BITS);
  const target: usize = load<u32>(job, TARGET);
  // Every plane in full, and a bit more for each plane and each coefficient.
  const most: usize = (max<u32>(minBits, ((sizeof<I>() << 3) + 1) * (size + 1) + 32) >> 3) + 24;
  if (load<u32>(job, CAPACITY) < <u32>most) return OUTPUT_FULL;
  const limit = target + load<u32>(job, CAPACITY) - most;
  openWriter(target, load<u32>(job, HEADER_BITS));
  memory.fill(scratch + CORNER, 0, 16);
  do {
    if (written() > limit) return OUTPUT_FULL;
    gather<F>(job, load<u32>(job, SOURCE), scratch + (isFloat<F>() ? SAMPLES : BLOCK));
    const start = written();
    const before = bitsSince(start);
    if (isFloat<F>()) encodeFloatBlock<F, I, U>(job, scratch);
    else encodeBlock<I, U>(job, scratch, load<u32>(job, MAX_BITS), load<u32>(job, MAX_PRECISION));
    const used = bitsSince(start) - before;
    if (used < minBits) putZeros(minBits - used);
  } while (nextBlock(job));
  closeWriter();
  store<u32>(job, <u32>(written() - target), WRITTEN);
  return OK;
}

function encodeFloatBlock<F, I, U>(job: usize, scratch: usize): void {
  const axes = load<u32>(job, AXES);
  const size: u32 = 1 << (axes << 1);
  const width: u32 = sizeof<F>() == 4 ? 8 : 11;
  const bias: i32 = sizeof<F>() == 4 ? 127 : 1023;
  const maxBits = load<u32>(job, MAX_BITS);
  const maxPrecision = load<u32>(job, MAX_PRECISION);
  const least = <i32>load<u32>(job, MIN_EXPONENT);
  const exponent = exponentOf<F>(scratch, size);
  if (least >= -1074) {
    const planes = min<u32>(maxPrecision, max<i32>(0, exponent - least + 2 * <i32>axes + 2));
    if (planes == 0 || exponent + bias == 0) {
      put(0, 1);
      return;
    }
    put(<u64>(exponent + bias) << 1 | 1, width + 1);
    toIntegers<F>(scratch, size, exponent);
    encodeBlock<I, U>(job, scratch, maxBits - width - 1, planes);
    return;
  }
  if (exponent + bias != 0) toIntegers<F>(scratch, size, exponent);
  else memory.fill(scratch + BLOCK, 0, <usize>size * sizeof<F>());
  if (!areExact<F>(scratch, size, exponent)) {
    put(3, 2);
    patterns<I>(scratch, size, SAMPLES, BLOCK);
    encodeBlock<I, U>(job, scratch, maxBits - 2, maxPrecision);
  } else if (exponent + bias == 0) put(0, 1);
  else {
    put(<u64>(exponent + bias) << 2 | 1, width + 2);
    encodeBlock<I, U>(job, scratch, maxBits - width - 2, maxPrecision);
  }
}

function encodeBlock<I, U>(job: usize, scratch: usize, maxBits: u32, precision: u32): void {
  const axes = load<u32>(job, AXES);
  const size: u32 = 1 << (axes << 1);
  const top: u32 = sizeof<I>() << 3;
  const reversible = <i32>load<u32>(job, MIN_EXPONENT) < -1074;
  forward<I>(scratch + BLOCK, axes, load<u32>(job, REVERSED) != 0, reversible);
  const every = splitBlock<I, U>(scratch, size, load<u32>(job, ORDER));
  if (reversible) {
    const width: u32 = sizeof<I>() == 4 ? 5 : 6;
    precision = max<u32>(1, min<u32>(precision, every == 0 ? 0 : top - <u32>ctz<U>(every)));
    put(precision - 1, width);
    maxBits -= width;
  }
  const lowest = precision < top ? top - precision : 0;
  splitBytes<U>(scratch, size);
  // A zero for each plane that has no ones, at the top.
  const empty = min(min<u32>(top - lowest, maxBits), every == 0 ? top : <u32>clz<U>(every));
  put(0, empty);
  const rest = top - empty;
  if (size <= 16) writePlanes<u16>(scratch, size, rest, lowest, maxBits - empty);
  else if (size == 64) writePlanes<u64>(scratch, size, rest, lowest, maxBits - empty);
  else writePlanes256(scratch, rest, lowest, maxBits - empty);
}
