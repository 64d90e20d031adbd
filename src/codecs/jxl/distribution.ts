/** How often each token occurs, of 4096, as entropy-coded streams write it (ISO/IEC 18181-1, C.2.5). */
import { DecodingError } from "../../base/errors.js";
import type { BitReader } from "./bits.js";

export const TOTAL = 4096;
const LOG_TOTAL = 12;
/** Stands for a repetition among the counts' logarithms. */
const REPEAT = 13;

/** Lengths and values of the codes for counts' logarithms, by their lowest four bits. */
export const SHORT: readonly (readonly [bits: number, value: number])[] = [
  [3, 10],
  [5, 0],
  [3, 7],
  [4, 3],
  [3, 6],
  [3, 8],
  [3, 9],
  [4, 5],
  [3, 10],
  [4, 4],
  [3, 7],
  [4, 1],
  [3, 6],
  [3, 8],
  [3, 9],
  [4, 2],
];

/** The counts of tokens 0, 1, 2 ...; they sum up to 4096. @throws DecodingError. */
export function readDistribution(bits: BitReader): number[] {
  if (bits.bool()) return readOneOrTwo(bits);
  if (!bits.bool()) return readCounts(bits);
  const size = readByte(bits) + 1;
  return Array.from({ length: size }, (_, i) => Math.floor(TOTAL / size) + (i < TOTAL % size ? 1 : 0));
}

function readOneOrTwo(bits: BitReader): number[] {
  const two = bits.bool();
  const first = readByte(bits);
  const counts = new Array<number>(256).fill(0);
  counts[first] = TOTAL;
  if (!two) return counts.slice(0, first + 1);
  const second = readByte(bits);
  if (first === second) throw corrupt();
  counts[first] = bits.u(LOG_TOTAL);
  counts[second] = TOTAL - counts[first];
  return counts.slice(0, Math.max(first, second) + 1);
}

function readCounts(bits: BitReader): number[] {
  let more = 0;
  while (more < 3 && bits.bool()) more++;
  const shift = bits.u(more) + (1 << more) - 1;
  const size = readByte(bits) + 3;
  if (shift > REPEAT) throw corrupt();
  const logs = new Array<number>(size).fill(0);
  const repeats = new Map<number, number>();
  let omitted = -1;
  for (let i = 0; i < size; i++) {
    const log = readLog(bits);
    logs[i] = log;
    if (log === REPEAT) {
      const run = readByte(bits) + 4;
      repeats.set(i, run);
      i += run - 1;
    } else if (omitted < 0 || log > logs[omitted]!) omitted = i;
  }
  if (omitted < 0 || logs[omitted + 1] === REPEAT) throw corrupt();
  const counts = new Array<number>(size).fill(0);
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const run = repeats.get(i);
    if (run !== undefined) {
      if (i + run > size) throw corrupt();
      counts.fill(i === 0 ? 0 : counts[i - 1]!, i, i + run);
      sum += run * counts[i]!;
      i += run - 1;
    } else if (i !== omitted && logs[i]! > 0) {
      counts[i] = readCount(bits, logs[i]! - 1, shift);
      sum += counts[i]!;
    }
  }
  counts[omitted] = TOTAL - sum;
  if (sum >= TOTAL) throw corrupt();
  return counts;
}

/** A count of 2^log or more, to as many bits as `shift` grants. */
function readCount(bits: BitReader, log: number, shift: number): number {
  const precision = Math.max(0, Math.min(log, shift - ((LOG_TOTAL - log) >> 1)));
  return (1 << log) + (bits.u(precision) << (log - precision));
}

function readLog(bits: BitReader): number {
  let code = bits.u(3);
  const [length, value] = SHORT[code]!;
  if (length === 3) return value;
  code += bits.u(1) * 8;
  const [longer, other] = SHORT[code]!;
  if (longer === 4) return other;
  // The rest starts with 1000: 5 bits for 0, 6 for 11, 7 for 12 and 13.
  if (bits.bool()) return 0;
  if (bits.bool()) return 11;
  return bits.bool() ? REPEAT : 12;
}

/** 0 to 255 in 1 to 11 bits. */
export function readByte(bits: BitReader): number {
  if (!bits.bool()) return 0;
  const n = bits.u(3);
  return (1 << n) + bits.u(n);
}

export function corrupt(): DecodingError {
  return new DecodingError("Corrupt JPEG XL data", { got: "an entropy code that no encoder makes" });
}
