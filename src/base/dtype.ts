import { ArgumentError } from "./errors.js";

/** Data types of a voxel, by their names in an info file. Files are little endian. */
export type DataType =
  | "bool"
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "uint32"
  | "int32"
  | "uint64"
  | "int64"
  | "float32"
  | "float64";

/** The array of a data type: `bool` is held as 0 and 1 in a `Uint8Array`, 64-bit integers as bigint arrays. */
export type TypedArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

export type TypedArrayConstructor = {
  new (length: number): TypedArray;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TypedArray;
  readonly BYTES_PER_ELEMENT: number;
};

/** One voxel value: a bigint for 64-bit integers, else a number. */
export type Voxel = number | bigint;

const ARRAYS: Readonly<Record<DataType, TypedArrayConstructor>> = {
  bool: Uint8Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float32: Float32Array,
  float64: Float64Array,
};

export const DATA_TYPES: readonly DataType[] = Object.keys(ARRAYS) as DataType[];

export function isDataType(name: unknown): name is DataType {
  return typeof name === "string" && Object.hasOwn(ARRAYS, name);
}

/** @throws ArgumentError for a name that is no data type. */
export function parseDataType(name: unknown, where = "dataType"): DataType {
  if (isDataType(name)) return name;
  throw new ArgumentError("Unknown data type", {
    where,
    expected: DATA_TYPES.join(", "),
    got: JSON.stringify(name),
  });
}

export function arrayType(dtype: DataType): TypedArrayConstructor {
  return ARRAYS[dtype];
}

export function bytesPerVoxel(dtype: DataType): number {
  return ARRAYS[dtype].BYTES_PER_ELEMENT;
}

export function isBigDataType(dtype: DataType): dtype is "uint64" | "int64" {
  return dtype === "uint64" || dtype === "int64";
}

/** The data type of an array by its class (`Uint8Array` is uint8, never bool). */
export function dataTypeOf(data: TypedArray): DataType {
  const name = DATA_TYPES.find((d) => d !== "bool" && data instanceof ARRAYS[d]);
  if (name === undefined)
    throw new ArgumentError("Not a typed array of voxels", { got: Object.prototype.toString.call(data) });
  return name;
}

/** A value as the element type of `dtype` (bigint for 64-bit integers), e.g. a background colour. */
export function toVoxel(value: Voxel, dtype: DataType): Voxel {
  if (isBigDataType(dtype)) return typeof value === "bigint" ? value : BigInt(Math.trunc(value));
  return Number(value);
}
