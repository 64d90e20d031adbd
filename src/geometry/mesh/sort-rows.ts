/** Sorting rows of numbers lexicographically, stably, in a time that grows with their number alone. */
import type { Coordinates } from "./data.js";

const BITS = 11;
const RADIX = 1 << BITS;
/** Up to this many rows are sorted by insertion into order, which needs no counters. */
const FEW = 64;

/**
 * The order that sorts rows by their first column, then the second, and so on; equal rows keep their order.
 * Costs three passes a column (fewer for small numbers) and two arrays of indices.
 */
export function sortRows(columns: readonly Uint32Array[]): Uint32Array {
  const n = columns[0]?.length ?? 0;
  let order = Uint32Array.from({ length: n }, (_, i) => i);
  if (n <= FEW) return order.sort((a, b) => compareRows(columns, a, b) || a - b);
  let spare = new Uint32Array(n);
  const counts = new Uint32Array(RADIX);
  for (const column of [...columns].reverse()) {
    for (let shift = 0; shift < 32; shift += BITS) {
      if (!count(column, shift, counts)) continue;
      for (let i = 0; i < n; i++) {
        const row = order[i]!;
        const digit = (column[row]! >>> shift) & (RADIX - 1);
        spare[counts[digit]!++] = row;
      }
      [order, spare] = [spare, order];
    }
  }
  return order;
}

/** Fills `counts` with where each digit begins. @returns false if there is but one digit. */
function count(column: Uint32Array, shift: number, counts: Uint32Array): boolean {
  const n = column.length;
  counts.fill(0);
  for (let i = 0; i < n; i++) counts[(column[i]! >>> shift) & (RADIX - 1)]!++;
  if (counts[(column[0]! >>> shift) & (RADIX - 1)] === n) return false;
  for (let digit = 0, at = 0; digit < RADIX; digit++) {
    const size = counts[digit]!;
    counts[digit] = at;
    at += size;
  }
  return true;
}

function compareRows(columns: readonly Uint32Array[], a: number, b: number): number {
  for (const column of columns) {
    const [x, y] = [column[a]!, column[b]!];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** Columns that sort like these points do: zeros of both signs are equal, NaN comes last. */
export function pointColumns(points: Coordinates): Uint32Array[] {
  return points instanceof Float32Array ? singleColumns(points) : doubleColumns(points);
}

function singleColumns(points: Float32Array): Uint32Array[] {
  const n = points.length / 3;
  const bits = new Uint32Array(points.buffer, points.byteOffset, points.length);
  return [0, 1, 2].map((axis) => {
    const out = new Uint32Array(n);
    for (let i = 0, at = axis; i < n; i++, at += 3) {
      const b = bits[at]!;
      if ((b & 0x7fffffff) > 0x7f800000) out[i] = 0xffffffff;
      else if (b === 0x80000000) out[i] = 0x80000000;
      else out[i] = (b & 0x80000000) !== 0 ? ~b : b | 0x80000000;
    }
    return out;
  });
}

function doubleColumns(points: Float64Array): Uint32Array[] {
  const n = points.length / 3;
  const word = new Float64Array(1);
  const [low, high] = [new Uint32Array(word.buffer, 0, 1), new Uint32Array(word.buffer, 4, 1)];
  return [0, 1, 2].flatMap((axis) => {
    const [upper, lower] = [new Uint32Array(n), new Uint32Array(n)];
    for (let i = 0, at = axis; i < n; i++, at += 3) {
      word[0] = points[at]! + 0; // -0 becomes 0.
      const negative = (high[0]! & 0x80000000) !== 0;
      const nan = Number.isNaN(word[0]);
      upper[i] = nan ? 0xffffffff : negative ? ~high[0]! : high[0]! | 0x80000000;
      lower[i] = nan ? 0xffffffff : negative ? ~low[0]! : low[0]!;
    }
    return [upper, lower];
  });
}
