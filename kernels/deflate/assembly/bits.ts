import { STATE } from "./layout";

// The end of the output: whole bytes up to `out`, then `bitCount` bits, less than eight outside of the writers.
export let out: usize = 0;
export let bitBuffer: u64 = 0;
export let bitCount: u32 = 0;

export function openOutput(dst: usize): void {
  out = dst;
  bitBuffer = 0;
  bitCount = 0;
}

export function saveOutput(to: usize, bits: u64, count: u32): void {
  out = to;
  bitBuffer = bits;
  bitCount = count;
}

export function suspendOutput(tables: usize): void {
  store<u64>(tables, bitBuffer, STATE);
  store<u32>(tables, bitCount, STATE + 8);
}

export function resumeOutput(dst: usize, tables: usize): void {
  out = dst;
  bitBuffer = load<u64>(tables, STATE);
  bitCount = load<u32>(tables, STATE + 8);
}

/** Writes `count` <= 32 bits. */
export function put(value: u32, count: u32): void {
  bitBuffer |= <u64>value << bitCount;
  bitCount += count;
  store<u64>(out, bitBuffer);
  const whole = bitCount >> 3;
  out += whole;
  bitBuffer >>= whole << 3;
  bitCount &= 7;
}

/** Fills the last byte with zeros. */
export function alignOutput(): void {
  if (bitCount == 0) return;
  store<u8>(out++, <u8>bitBuffer);
  bitBuffer = 0;
  bitCount = 0;
}
