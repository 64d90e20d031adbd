import { ArgumentError } from "./errors.js";
import { show } from "./show.js";

/** How a coordinate is moved to a multiple of the chunk size. */
export type Snap = (value: number) => number;

/** Rounds to the nearest whole number, an exact half to the even one, as numpy does. */
export function roundHalfEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

/** The grid line near each coordinate: multiples of `chunk`, counted from `offset`. */
export function snapToGrid(
  point: readonly number[],
  chunk: readonly number[],
  offset: readonly number[] = [0, 0, 0],
  snap: Snap,
): [number, number, number] {
  const at = (axis: number): number => {
    const size = chunk[axis];
    const origin = offset[axis];
    if (size === undefined || origin === undefined || !(size > 0 && Number.isFinite(size + origin)))
      throw new ArgumentError("Not a chunk grid", {
        expected: "three chunk sizes above 0 and a finite offset",
        got: `${show(chunk)} at ${show(offset)}`,
      });
    return snap((point[axis]! - origin) / size) * size + origin;
  };
  return [at(0), at(1), at(2)];
}
