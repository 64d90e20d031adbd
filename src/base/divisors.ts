import { ArgumentError, DimensionError } from "./errors.js";

/** The divisors of a whole number >= 1, ascending. @throws ArgumentError. */
export function divisors(n: number): number[] {
  return [...pairs(n)].sort((a, b) => a - b);
}

/**
 * For each axis the divisor of `toDivide` that is closest to `closestTo`: a chunk size that cuts a bigger
 * chunk without rest (CloudVolume's `find_closest_divisor`, its choice between equally close ones included).
 */
export function findClosestDivisor(toDivide: readonly number[], closestTo: readonly number[]): number[] {
  if (toDivide.length !== closestTo.length)
    throw new DimensionError("findClosestDivisor takes two sizes of equal length", {
      expected: String(toDivide.length),
      got: String(closestTo.length),
    });
  return toDivide.map((n, axis) => {
    const wanted = closestTo[axis]!;
    let best = Number.POSITIVE_INFINITY;
    for (const d of pairs(n)) if (Math.abs(d - wanted) < Math.abs(best - wanted)) best = d;
    return best;
  });
}

/** 1, n, 2, n/2, … without repetition. */
function* pairs(n: number): Generator<number> {
  if (!Number.isSafeInteger(n) || n < 1)
    throw new ArgumentError("Only whole numbers above 0 have divisors", { got: String(n) });
  for (let i = 1; i * i <= n; i++) {
    if (n % i !== 0) continue;
    yield i;
    if (i * i !== n) yield n / i;
  }
}
