/** Fill values of Zarr: numbers, NaN and infinities by name, bytes in hexadecimal, integers beyond 2^53 exactly. */
import {
  arrayType,
  bytesPerVoxel,
  type DataType,
  isBigDataType,
  toVoxel,
  type Voxel,
} from "../base/dtype.js";
import { type JsonObject, type JsonValue, literalOf } from "../base/json.js";
import { type Place, reject } from "../base/verify.js";

/** @throws InfoError. `container[key]` is where the value stands, for integers that a double does not hold. */
export function readFill(container: JsonObject, key: string, dtype: DataType, place: Place): Voxel {
  const value = container[key];
  if (value === null || value === undefined) return toVoxel(0, dtype);
  if (typeof value === "boolean" && dtype === "bool") return value ? 1 : 0;
  const float = dtype === "float32" || dtype === "float64";
  if (float && typeof value === "string") {
    const named = {
      NaN: Number.NaN,
      Infinity: Number.POSITIVE_INFINITY,
      "-Infinity": Number.NEGATIVE_INFINITY,
    }[value];
    return named ?? fromHex(value, dtype, place);
  }
  if (typeof value === "number") {
    if (isBigDataType(dtype)) return bigFill(value, literalOf(container, key, value), place);
    if (float || Number.isInteger(value)) return value;
  }
  return reject(place, `a value of type ${dtype}`, value);
}

function bigFill(value: number, literal: string | undefined, place: Place): bigint {
  if (literal !== undefined && /^-?\d+$/.test(literal)) return BigInt(literal);
  return Number.isInteger(value) ? BigInt(value) : reject(place, "an integer", value);
}

/** The bits of a float, most significant first. */
function fromHex(text: string, dtype: DataType, place: Place): number {
  const bytes = bytesPerVoxel(dtype);
  if (!new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`).test(text))
    reject(place, `0x and ${2 * bytes} digits`, text);
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(text) << BigInt(64 - 8 * bytes));
  return bytes === 4 ? view.getFloat32(0) : view.getFloat64(0);
}

/** How a fill value is written; integers beyond 2^53 as their digits. */
export function writeFill(value: Voxel, dtype: DataType): JsonValue | bigint {
  const one = new (arrayType(dtype))(1);
  one[0] = toVoxel(value, dtype);
  const fill = one[0] as Voxel;
  if (dtype === "bool") return fill !== 0;
  if (typeof fill === "bigint") return fill;
  return Number.isFinite(fill) ? fill : Number.isNaN(fill) ? "NaN" : fill > 0 ? "Infinity" : "-Infinity";
}
