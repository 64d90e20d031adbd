/** Writes what `readDistribution` reads. */
import type { BitWriter } from "./bit-writer.js";
import { SHORT } from "./distribution.js";

const LOG_TOTAL = 12;
/** Asks for all bits of every count. */
const EXACT = 13;

/** @param counts of tokens 0, 1, 2 ...: 4096 together, the last one not 0. */
export function writeDistribution(bits: BitWriter, counts: readonly number[]): void {
  const used = counts.flatMap((count, token) => (count > 0 ? [token] : []));
  bits.bool(used.length <= 2);
  if (used.length > 2) writeCounts(bits, counts);
  else {
    bits.bool(used.length === 2);
    for (const token of used) writeByte(bits, token);
    if (used.length === 2) bits.u(LOG_TOTAL, counts[used[0]!]!);
  }
}

function writeCounts(bits: BitWriter, counts: readonly number[]): void {
  bits.bool(false);
  // 13 in the code for shifts: three ones, then what is above 7.
  bits.u(3, 7);
  bits.u(3, EXACT - 7);
  writeByte(bits, counts.length - 3);
  const logs = counts.map((count) => 32 - Math.clz32(count));
  for (const log of logs) writeLog(bits, log);
  // The first of the largest is what is left of 4096.
  const omitted = logs.indexOf(Math.max(...logs));
  for (const [i, log] of logs.entries()) {
    if (i === omitted || log === 0) continue;
    const precision = Math.min(log - 1, EXACT - ((LOG_TOTAL - (log - 1)) >> 1));
    bits.u(precision, counts[i]! - 2 ** (log - 1));
  }
}

function writeLog(bits: BitWriter, log: number): void {
  const code = SHORT.findIndex(([length, value]) => value === log && length <= 4);
  if (code >= 0) bits.u(SHORT[code]![0], code);
  else {
    // The rest starts with 1000, lowest bit first: 0 has one bit more, 11 two, 12 three.
    bits.u(4, 1);
    bits.bool(log === 0);
    if (log > 0) bits.bool(log === 11);
    if (log === 12) bits.bool(false);
  }
}

/** 0 to 255 in 1 to 11 bits. */
function writeByte(bits: BitWriter, value: number): void {
  bits.bool(value > 0);
  if (value === 0) return;
  const n = 31 - Math.clz32(value);
  bits.u(3, n);
  bits.u(n, value - 2 ** n);
}
