/** Distinct voxel values, gathered list by list. Values are held by their bits, 8 bytes each. */
import { arrayType, type DataType, type TypedArray, toVoxel, type Voxel } from "./dtype.js";

/** Lists of this many values are merged before more are taken, so that memory follows the distinct values. */
const MERGE_FROM = 1 << 19;

export class LabelSet {
  readonly #dtype: DataType;
  #lists: BigUint64Array[] = [];
  #count = 0;
  #limit = MERGE_FROM;

  constructor(dtype: DataType) {
    this.#dtype = dtype;
  }

  /** Adds values by their bits: the voxel's bytes, with zeros above them. Takes the array over. */
  addBits(bits: BigUint64Array): void {
    if (bits.length === 0) return;
    this.#lists.push(bits);
    this.#count += bits.length;
    if (this.#count <= this.#limit) return;
    const merged = this.#merged();
    this.#limit = Math.max(MERGE_FROM, 2 * merged.length);
  }

  addVoxel(value: Voxel): void {
    this.addBits(BigUint64Array.of(bitsOf(value, this.#dtype)));
  }

  /** The distinct values, ascending, as an array of the data type. NaN is one value and comes last; -0 is 0. */
  sorted(): TypedArray {
    const bits = this.#merged();
    const type = arrayType(this.#dtype);
    const bytes = type.BYTES_PER_ELEMENT;
    const out = new Uint8Array(bits.length * bytes);
    const from = new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength);
    for (let i = 0; i < bits.length; i++)
      for (let b = 0; b < bytes; b++) out[i * bytes + b] = from[8 * i + b]!;
    const values = new type(out.buffer);
    values.sort();
    return this.#dtype.startsWith("float") ? distinctFloats(values) : values;
  }

  #merged(): BigUint64Array {
    const [only] = this.#lists;
    const all = this.#lists.length === 1 && only !== undefined ? only : joined(this.#lists, this.#count);
    all.sort();
    const distinct = withoutRepeats(all);
    this.#lists = [distinct];
    this.#count = distinct.length;
    return distinct;
  }
}

/** The bits of a voxel, lowest first, with zeros above them. */
export function bitsOf(value: Voxel, dtype: DataType): bigint {
  const one = new (arrayType(dtype))(new ArrayBuffer(8), 0, 1);
  one[0] = toVoxel(value, dtype);
  return new BigUint64Array(one.buffer)[0]!;
}

function joined(lists: readonly BigUint64Array[], count: number): BigUint64Array {
  const all = new BigUint64Array(count);
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}

/** Sorted values, each once. Compared by halves: reading 64-bit values makes an object of each. */
function withoutRepeats(sorted: BigUint64Array): BigUint64Array {
  const halves = new Uint32Array(sorted.buffer, sorted.byteOffset, 2 * sorted.length);
  let to = 0;
  for (let i = 0; i < halves.length; i += 2) {
    if (i > 0 && halves[i] === halves[to - 2] && halves[i + 1] === halves[to - 1]) continue;
    halves[to++] = halves[i]!;
    halves[to++] = halves[i + 1]!;
  }
  return to === halves.length ? sorted : sorted.slice(0, to / 2);
}

function distinctFloats(sorted: TypedArray): TypedArray {
  const values = sorted as Float64Array;
  let to = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]! + 0;
    const last = values[to - 1]!;
    if (to > 0 && (value === last || (Number.isNaN(value) && Number.isNaN(last)))) continue;
    values[to++] = value;
  }
  return values.slice(0, to);
}
