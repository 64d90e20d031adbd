import type { DataType } from "./dtype.js";

/** NumPy's type strings, without the byte order before them: of .npy files, Zarr 2 and numcodecs. */
export const NUMPY_KINDS: Readonly<Record<DataType, string>> = {
  bool: "b1",
  uint8: "u1",
  int8: "i1",
  uint16: "u2",
  int16: "i2",
  uint32: "u4",
  int32: "i4",
  uint64: "u8",
  int64: "i8",
  float32: "f4",
  float64: "f8",
};

/** The data type of such a string; undefined for types that this library has not. */
export function dataTypeOfKind(kind: string): DataType | undefined {
  return (Object.keys(NUMPY_KINDS) as DataType[]).find((dtype) => NUMPY_KINDS[dtype] === kind);
}
