/** Which values a property can have. */
import type { PropertyType } from "./info.js";

type Whole = Exclude<PropertyType, "rgb" | "rgba" | "float32">;

const RANGES: Readonly<Record<Whole, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
  uint32: [0, 2 ** 32 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

/** A number in the range of the type (any for float32); 3 or 4 bytes for `rgb` and `rgba`. */
export function isStorable(type: PropertyType, value: unknown): value is number | readonly number[] {
  if (type === "rgb" || type === "rgba")
    return (
      Array.isArray(value) && value.length === type.length && value.every((part) => isStorable("uint8", part))
    );
  if (typeof value !== "number") return false;
  if (type === "float32") return true;
  const [least, most] = RANGES[type];
  return Number.isInteger(value) && value >= least && value <= most;
}
