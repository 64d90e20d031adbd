// The header: numbers of known width through the same coder as the data.
import {
  ARITHMETIC, AT, BAD_CODE, DISTANCE, LOW, MAJOR, NO_HEADER, OK, PRECISION, RANGE, SHAPE, SOURCE, SOURCE_LENGTH,
  TARGET, TRUNCATED, TYPE,
} from "./job";

/** "fpz" and a zero. */
const MAGIC: u32 = 0x007a7066;

/** Reads the header into the job and leaves the coder there. */
export function readHeader(job: usize): i32 {
  const end = load<u32>(job, SOURCE) + load<u32>(job, SOURCE_LENGTH);
  if (load<u32>(job, SOURCE_LENGTH) < 4) return TRUNCATED;
  store<u32>(job, 0, LOW);
  store<u32>(job, 0xffffffff, RANGE);
  store<u32>(job, bswap(load<u32>(load<u32>(job, SOURCE))), DISTANCE);
  store<u32>(job, load<u32>(job, SOURCE) + 4, AT);
  let magic: u32 = 0;
  for (let i: u32 = 0; i < 32; i += 8) magic |= number(job, end, 8) << i;
  if (magic != MAGIC) return NO_HEADER;
  store<u32>(job, number(job, end, 16), MAJOR);
  store<u32>(job, number(job, end, 8), ARITHMETIC);
  store<u32>(job, number(job, end, 1), TYPE);
  store<u32>(job, number(job, end, 7), PRECISION);
  for (let i: usize = 0; i < 16; i += 4) {
    const low = number(job, end, 16);
    store<u32>(job + i, number(job, end, 16) << 16 | low, SHAPE);
  }
  if (load<u32>(job, RANGE) == 0) return BAD_CODE;
  return load<u32>(job, AT) > end ? TRUNCATED : OK;
}

/** A number of up to 16 bits; whatever, once the stream has ended or makes no sense. */
function number(job: usize, end: usize, bits: u32): u32 {
  const range = load<u32>(job, RANGE) >> bits;
  if (range == 0) {
    store<u32>(job, 0, RANGE);
    return 0;
  }
  const value = load<u32>(job, DISTANCE) / range;
  store<u32>(job, range, RANGE);
  store<u32>(job, load<u32>(job, LOW) + value * range, LOW);
  store<u32>(job, load<u32>(job, DISTANCE) - value * range, DISTANCE);
  while ((load<u32>(job, LOW) ^ (load<u32>(job, LOW) + load<u32>(job, RANGE))) >> 24 == 0 && nextByte(job, end))
    store<u32>(job, load<u32>(job, RANGE) << 8, RANGE);
  if (load<u32>(job, RANGE) >> 16 == 0) {
    nextByte(job, end);
    nextByte(job, end);
    store<u32>(job, 0 - load<u32>(job, LOW), RANGE);
  }
  return value;
}

function nextByte(job: usize, end: usize): bool {
  const at = load<u32>(job, AT);
  store<u32>(job, at + 1, AT);
  store<u32>(job, load<u32>(job, LOW) << 8, LOW);
  store<u32>(job, load<u32>(job, DISTANCE) << 8 | (at < end ? load<u8>(at) : 0), DISTANCE);
  return at < end;
}

/** Writes the header that the job describes, and leaves the coder there. */
export function putHeader(job: usize): void {
  store<u32>(job, 0, LOW);
  store<u32>(job, 0xffffffff, RANGE);
  store<u32>(job, load<u32>(job, TARGET), AT);
  for (let i: u32 = 0; i < 32; i += 8) put(job, MAGIC >> i & 0xff, 8);
  put(job, load<u32>(job, MAJOR), 16);
  put(job, load<u32>(job, ARITHMETIC), 8);
  put(job, load<u32>(job, TYPE), 1);
  put(job, load<u32>(job, PRECISION), 7);
  for (let i: usize = 0; i < 16; i += 4) {
    put(job, load<u32>(job + i, SHAPE) & 0xffff, 16);
    put(job, load<u32>(job + i, SHAPE) >> 16, 16);
  }
}

function put(job: usize, value: u32, bits: u32): void {
  const range = load<u32>(job, RANGE) >> bits;
  store<u32>(job, range, RANGE);
  store<u32>(job, load<u32>(job, LOW) + value * range, LOW);
  while ((load<u32>(job, LOW) ^ (load<u32>(job, LOW) + load<u32>(job, RANGE))) >> 24 == 0) {
    putByte(job);
    store<u32>(job, load<u32>(job, RANGE) << 8, RANGE);
  }
  if (load<u32>(job, RANGE) >> 16 == 0) {
    putByte(job);
    putByte(job);
    store<u32>(job, 0 - load<u32>(job, LOW), RANGE);
  }
}

function putByte(job: usize): void {
  const at = load<u32>(job, AT);
  store<u8>(at, <u8>(load<u32>(job, LOW) >> 24));
  store<u32>(job, at + 1, AT);
  store<u32>(job, load<u32>(job, LOW) << 8, LOW);
}
