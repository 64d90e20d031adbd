import { arrayType, type DataType, dataTypeOf, type TypedArray } from "./dtype.js";
import { ArgumentError, DimensionError } from "./errors.js";
import { fortranStride, product, type StridedArray } from "./strided.js";

/** The array's data type: `dtype` where told, else by the class of its data. */
export function arrayDataType(array: StridedArray): DataType {
  return array.dtype ?? dataTypeOf(array.data);
}

/**
 * The array's values dense in Fortran order (first axis fastest). Already dense ones are returned as they
 * are (a view of `data`, no copy), all others are gathered into a new array of the same class.
 * @throws DimensionError, ArgumentError if shape, stride and length of `data` do not fit together.
 */
export function toFortran(array: StridedArray): TypedArray {
  const { data, shape, stride } = array;
  checkStrided(array);
  const size = product(shape);
  if (isFortran(shape, stride)) return data.length === size ? data : data.subarray(0, size);
  const out = new (arrayType(arrayDataType(array)))(size);
  if (size > 0) gather(data, shape, stride, out);
  return out;
}

/** Whether the strides are those of a dense array in Fortran order. Axes of one element may have any stride. */
export function isFortran(shape: readonly number[], stride: readonly number[]): boolean {
  const dense = fortranStride(shape);
  return shape.every((n, i) => n <= 1 || stride[i] === dense[i]) || product(shape) === 0;
}

/** @throws if `shape` and `stride` differ in length, hold anything but whole numbers >= 0, or reach past `data`. */
export function checkStrided({ data, shape, stride }: StridedArray): void {
  if (shape.length !== stride.length)
    throw new DimensionError("Shape and stride of an array differ in length", {
      expected: `${shape.length} strides`,
      got: `${stride.length}`,
    });
  const wrong = [...shape, ...stride].find((n) => !Number.isSafeInteger(n) || n < 0);
  if (wrong !== undefined)
    throw new ArgumentError("Shape and stride of an array must be whole numbers", { got: String(wrong) });
  if (shape.includes(0)) return;
  const last = shape.reduce((at, n, i) => at + (n - 1) * stride[i]!, 0);
  if (last >= data.length)
    throw new ArgumentError("The data of an array is too short for its shape and stride", {
      expected: `at least ${last + 1} elements`,
      got: `${data.length}`,
    });
}

function gather(
  data: TypedArray,
  shape: readonly number[],
  stride: readonly number[],
  out: TypedArray,
): void {
  const width = shape[0] ?? 1;
  const step = stride[0] ?? 1;
  const at = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < out.length; to += width) {
    if (step === 1) (out as Uint8Array).set(data.subarray(from, from + width) as Uint8Array, to);
    else for (let i = 0, s = from; i < width; i++, s += step) out[to + i] = data[s]!;
    for (let axis = 1; axis < shape.length; axis++) {
      from += stride[axis]!;
      if (++at[axis]! < shape[axis]!) break;
      from -= stride[axis]! * shape[axis]!;
      at[axis] = 0;
    }
  }
}
