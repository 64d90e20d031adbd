import { joinBits, joinBytes } from "./coefficients";
import { boxIsWhole, meetsBox, nextBlock, scatter, scatterWhole } from "./grid";
import {
  AXES, BLOCK, BYTES, CORNER, HEADER_BITS, MAX_BITS, MAX_PRECISION, MIN_BITS, MIN_EXPONENT, OK, ORDER, PLANES,
  REVERSED, SAMPLES, SCRATCH, SOURCE, SOURCE_LENGTH, TRUNCATED,
} from "./job";
import { base, openReader, position, readPlanes, readPlanes256, settle, skip, take } from "./read-planes";
import { fromIntegers, patterns } from "./samples";
import { inverse } from "./transform";

/** Decodes integers into the box. I, U: the type, and the unsigned one of its size. */
export function decodeIntegers<I>(job: usize): i32 {
  return decode<I, I>(job);
}

/** Decodes floats into the box. I: the integer of their size. */
export function decodeFloats<F, I>(job: usize): i32 {
  return decode<F, I>(job);
}

function decode<F, I>(job: usize): i32 {
  const scratch: usize = load<u32>(job, SCRATCH);
  const end: usize = load<u32>(job, SOURCE) + load<u32>(job, SOURCE_LENGTH);
  const minBits = load<u32>(job, MIN_BITS);
  const fixed = minBits == load<u32>(job, MAX_BITS);
  openReader(load<u32>(job, SOURCE), load<u32>(job, HEADER_BITS));
  memory.fill(scratch + CORNER, 0, 16);
  const whole = boxIsWhole(job);
  const samples = scratch + (isFloat<F>() ? SAMPLES : BLOCK);
  do {
    const start = position;
    const wanted = whole || meetsBox(job);
    // Where a block may reach beyond the end, it gets one bit there, and none more.
    const left = <u64>(end - base) << 3;
    if (left < <u64>start) return TRUNCATED;
    const rest = <u32>min<u64>(left - start + 1, 0x7fffffff);
    if (wanted || !fixed) {
      if (isFloat<F>()) decodeFloatBlock<F, I>(job, scratch, rest, wanted);
      else decodeBlock<I>(job, scratch, load<u32>(job, MAX_BITS), load<u32>(job, MAX_PRECISION), rest, wanted);
    }
    const used = position - start;
    if (used < minBits) skip(minBits - used);
    if (<u64>position > left) return TRUNCATED;
    settle();
    if (whole) scatterWhole<F>(job, samples);
    else if (wanted) scatter<F>(job, samples);
  } while (nextBlock(job));
  return OK;
}

function decodeFloatBlock<F, I>(job: usize, scratch: usize, rest: u32, wanted: bool): void {
  const axes = load<u32>(job, AXES);
  const size: u32 = 1 << (axes << 1);
  const width: u32 = sizeof<F>() == 4 ? 8 : 11;
  const bias: i32 = sizeof<F>() == 4 ? 127 : 1023;
  const maxBits = load<u32>(job, MAX_BITS);
  const least = <i32>load<u32>(job, MIN_EXPONENT);
  if (take(1) == 0) {
    if (wanted) memory.fill(scratch + SAMPLES, 0, <usize>size * sizeof<F>());
    return;
  }
  if (least < -1074 && take(1) != 0) {
    decodeBlock<I>(job, scratch, maxBits - 2, 0, rest - 2, wanted);
    if (wanted) patterns<I>(scratch, size, BLOCK, SAMPLES);
    return;
  }
  const exponent = <i32>take(width) - bias;
  const head = width + 1 + u32(least < -1074);
  const planes = max<i32>(0, exponent - least + 2 * <i32>axes + 2);
  // Wraps where a block has fewer bits than an exponent, as upstream; then `rest` is the limit.
  decodeBlock<I>(job, scratch, maxBits - head, min<u32>(load<u32>(job, MAX_PRECISION), planes), rest > head ? rest - head : 0, wanted);
  if (wanted) fromIntegers<F>(scratch, size, exponent);
}

function decodeBlock<I>(job: usize, scratch: usize, maxBits: u32, precision: u32, rest: u32, wanted: bool): void {
  const axes = load<u32>(job, AXES);
  const size: u32 = 1 << (axes << 1);
  const top: u32 = sizeof<I>() << 3;
  const reversible = <i32>load<u32>(job, MIN_EXPONENT) < -1074;
  if (reversible) {
    const width: u32 = sizeof<I>() == 4 ? 5 : 6;
    precision = take(width) + 1;
    maxBits -= width;
    rest = rest > width ? rest - width : 0;
  }
  const lowest = precision < top ? top - precision : 0;
  const budget = min(maxBits, rest);
  let plane: u32;
  if (size <= 16) plane = readPlanes<u16>(scratch, size, top, lowest, budget);
  else if (size == 64) plane = readPlanes<u64>(scratch, size, top, lowest, budget);
  else plane = readPlanes256(scratch, top, lowest, budget);
  if (!wanted) return;
  let group = plane >> 3;
  for (let none = group << 3; none < plane; none++) {
    if (size <= 16) store<u16>(scratch + (<usize>none << 1), 0, PLANES);
    else for (let part: usize = 0; part < <usize>size; part += 64)
      store<u64>(scratch + (part << 3) + (<usize>none << 3), 0, PLANES);
  }
  memory.fill(scratch + BYTES, 0, <usize>group << 8);
  for (; group < <u32>sizeof<I>(); group++) joinBits(scratch, size, group);
  joinBytes<I>(scratch, size, load<u32>(job, ORDER));
  inverse<I>(scratch + BLOCK, axes, load<u32>(job, REVERSED) != 0, reversible);
}
