import { ArgumentError } from "./errors.js";
import { show } from "./show.js";

/** Units of a box: voxels (`vx`) or a physical length. */
export type Unit = "vx" | PhysicalUnit;
export type PhysicalUnit = "pm" | "nm" | "um" | "mm" | "m" | "km" | "Mm" | "Gm" | "Tm";

/** Powers of ten of a metre. */
const EXPONENT: Readonly<Record<PhysicalUnit, number>> = {
  pm: -12,
  nm: -9,
  um: -6,
  mm: -3,
  m: 0,
  km: 3,
  Mm: 6,
  Gm: 9,
  Tm: 12,
};

export function isUnit(name: unknown): name is Unit {
  return name === "vx" || (typeof name === "string" && Object.hasOwn(EXPONENT, name));
}

/** @throws ArgumentError for a name that is no unit. */
export function parseUnit(name: unknown): Unit {
  if (isUnit(name)) return name;
  throw new ArgumentError("Unknown unit", {
    expected: ["vx", ...Object.keys(EXPONENT)].join(", "),
    got: show(name),
  });
}

/** A length in another unit, rounded once: powers of ten are multiplied or divided by, never approximated. */
export function convertLength(value: number, from: PhysicalUnit, to: PhysicalUnit): number {
  const power = EXPONENT[from] - EXPONENT[to];
  return power >= 0 ? value * 10 ** power : value / 10 ** -power;
}

/** One coordinate in another unit. A voxel is `voxel` long, in `voxelUnit`; voxels are rounded down. */
export function convertCoordinate(
  value: number,
  from: Unit,
  to: Unit,
  voxel: number,
  voxelUnit: PhysicalUnit,
): number {
  if (from === to) return value;
  if (from === "vx") return to === "vx" ? value : convertLength(value * voxel, voxelUnit, to);
  if (to !== "vx") return convertLength(value, from, to);
  return floorNearly(convertLength(value, from, voxelUnit) / voxel);
}

/** Rounds down, but takes what is a whole number up to rounding errors (0.3 / 0.1) for that number. */
function floorNearly(value: number): number {
  const nearest = Math.round(value);
  return Math.abs(value - nearest) <= 8 * Number.EPSILON * Math.abs(value) ? nearest : Math.floor(value);
}
