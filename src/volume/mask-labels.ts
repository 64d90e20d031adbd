/** Keeps some labels of an array and masks the others. */
import {
  arrayType,
  bytesPerVoxel,
  type DataType,
  type TypedArray,
  toVoxel,
  type Voxel,
} from "../base/dtype.js";

export interface LabelFilter {
  /** Labels that stay. */
  readonly keep: ReadonlySet<Voxel>;
  /** What the others become. */
  readonly other: Voxel;
}

/**
 * The filter of `segids`: other labels become 0; with `preserveZeros` zeros stay and the others become the data type's
 * largest value. Source: CloudVolume `segids`, `preserve_zeros`.
 */
export function labelFilter(dtype: DataType, segids: Iterable<Voxel>, preserveZeros: boolean): LabelFilter {
  const keep = new Set(Array.from(segids, (id) => toVoxel(id, dtype)));
  if (!preserveZeros) return { keep, other: toVoxel(0, dtype) };
  keep.add(toVoxel(0, dtype));
  return { keep, other: largest(dtype) };
}

/** Masks an array in place. Runs of one label cost one look-up. */
export function filterLabels(data: TypedArray, { keep, other }: LabelFilter): void {
  if (data instanceof BigUint64Array || data instanceof BigInt64Array) filterBig(data, { keep, other });
  else filterNumbers(data, { keep, other });
}

function filterNumbers(data: Exclude<TypedArray, BigArray>, { keep, other }: LabelFilter): void {
  let last: Voxel | undefined;
  let stays = false;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value !== last) {
      last = value;
      stays = keep.has(value);
    }
    if (!stays) data[i] = Number(other);
  }
}

type BigArray = BigUint64Array | BigInt64Array;

/** 64-bit labels, compared by halves: reading them makes an object of each. */
function filterBig(data: BigArray, { keep, other }: LabelFilter): void {
  const halves = new Uint32Array(data.buffer, data.byteOffset, 2 * data.length);
  let stays = false;
  for (let i = 0, low = -1, high = -1; i < data.length; i++) {
    const [l, h] = [halves[2 * i]!, halves[2 * i + 1]!];
    if (l !== low || h !== high) {
      low = l;
      high = h;
      stays = keep.has(data[i]!);
    }
    if (!stays) data[i] = BigInt(other);
  }
}

function largest(dtype: DataType): Voxel {
  if (dtype.startsWith("float")) return Number.POSITIVE_INFINITY;
  if (dtype === "bool") return 1;
  const bits = BigInt(8 * bytesPerVoxel(dtype) - (dtype.startsWith("int") ? 1 : 0));
  const one = new (arrayType(dtype))(1);
  one[0] = toVoxel((1n << bits) - 1n, dtype);
  return one[0]!;
}
