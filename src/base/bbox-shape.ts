import { formatCoordinate } from "./bbox-filename.js";
import { parseUnit, type Unit } from "./bbox-units.js";
import type { DataType } from "./dtype.js";
import { ArgumentError, DimensionError } from "./errors.js";
import { show } from "./show.js";
import { Vec } from "./vec.js";

/** The corners of a box in a row: `[x0, y0, z0, x1, y1, z1]`. */
export type Box6 = readonly [x0: number, y0: number, z0: number, x1: number, y1: number, z1: number];
export type Range = readonly [start: number, stop: number];

/** The plain form of a box, as CloudVolume's `to_dict` has it (`unit` only where it is not voxels). */
export interface BboxDict {
  readonly minpt: readonly number[];
  readonly maxpt: readonly number[];
  readonly dtype?: string | undefined;
  readonly unit?: Unit | undefined;
}

export interface BboxOptions {
  /** An integer type drops fractions, a floating one writes `0.0` for 0. By default the corners tell. */
  readonly dtype?: DataType | undefined;
  /** Default `vx`. */
  readonly unit?: Unit | undefined;
}

/** What a box says about itself. Its one subclass, `Bbox`, adds how boxes are made from others. */
export class BboxShape {
  readonly minpt: Vec;
  readonly maxpt: Vec;
  readonly dtype: "int64" | "float64";
  readonly unit: Unit;

  /** @throws DimensionError unless both corners have three numbers, ArgumentError for one that is not finite. */
  constructor(a: readonly number[], b: readonly number[], { dtype, unit = "vx" }: BboxOptions = {}) {
    point(a);
    point(b);
    const whole = dtype === undefined ? isWhole(a) && isWhole(b) : !dtype.startsWith("float");
    this.minpt = corner(a, b, Math.min, whole);
    this.maxpt = corner(a, b, Math.max, whole);
    this.dtype = whole ? "int64" : "float64";
    this.unit = parseUnit(unit);
  }

  get ndim(): 3 {
    return 3;
  }
  get dx(): number {
    return this.maxpt.x - this.minpt.x;
  }
  get dy(): number {
    return this.maxpt.y - this.minpt.y;
  }
  get dz(): number {
    return this.maxpt.z - this.minpt.z;
  }
  get isPhysical(): boolean {
    return this.unit !== "vx";
  }

  size(): Vec {
    return this.maxpt.sub(this.minpt);
  }

  /** The size along x, y, z: the same as `size()`, as boxes have three axes. */
  size3(): Vec {
    return this.size();
  }

  /** Exact up to 2^53 voxels. */
  volume(): number {
    return this.size().rectVolume();
  }

  center(): Vec {
    return this.minpt.add(this.maxpt).div(2);
  }

  /** Always so: corners are sorted. */
  valid(): boolean {
    return this.minpt.every((v, i) => v <= this.maxpt[i]!);
  }

  /** Whether the box is smaller than one voxel. */
  subvoxel(): boolean {
    return this.volume() < 1;
  }

  /** Whether the volume is zero, within 20 machine epsilons. */
  empty(): boolean {
    return this.volume() < 20 * Number.EPSILON;
  }

  /** Whether a point is inside or on any face, the far faces included. */
  contains(at: readonly number[]): boolean {
    return point(at).every((v, i) => v >= this.minpt[i]! && v <= this.maxpt[i]!);
  }

  containsBbox(other: BboxShape): boolean {
    return this.contains(other.minpt) && this.contains(other.maxpt);
  }

  /** Whether the boxes share a point; touching is enough. */
  overlapsBbox(other: BboxShape): boolean {
    return this.minpt.every((v, i) => v <= other.maxpt[i]! && this.maxpt[i]! >= other.minpt[i]!);
  }

  /** Whether any face lies within `distance` of the same face of the other box. */
  nearEdge(other: BboxShape, distance = 0): boolean {
    const faces = other.toList();
    return this.toList().some((v, i) => Math.abs(v - faces[i]!) <= distance);
  }

  /** How many chunks a box of this size has if it begins on a grid line. */
  numChunks(chunk: readonly number[]): number {
    return new Vec(...this.size().div(chunk).map(Math.ceil)).rectVolume();
  }

  /** Whether corners and unit are equal. */
  equals(other: BboxShape): boolean {
    return this.minpt.equals(other.minpt) && this.maxpt.equals(other.maxpt) && this.unit === other.unit;
  }

  /** A string that equal boxes share and others do not: a key for a Map. */
  hash(): string {
    return `${this.toList()} ${this.unit}`;
  }

  toString(): string {
    const unit = this.isPhysical ? ` ${this.unit}` : "";
    return `Bbox([${this.minpt.join(", ")}], [${this.maxpt.join(", ")}]${unit})`;
  }

  /** `x0-x1_y0-y1_z0-z1`, never with an exponent; `precision` digits after the point if it is above 0. */
  toFilename(precision?: number | null): string {
    const digits = precision ?? 0;
    if (!Number.isInteger(digits) || digits < 0 || digits > 100)
      throw new ArgumentError("Bad precision", { expected: "0 to 100 digits", got: String(precision) });
    const text = (v: number): string => formatCoordinate(v, this.dtype === "float64", digits);
    return this.minpt.map((v, i) => `${text(v)}-${text(this.maxpt[i]!)}`).join("_");
  }

  /** `[[x0, x1], [y0, y1], [z0, z1]]`, fractions dropped. */
  toSlices(): [Range, Range, Range] {
    const along = (axis: number): Range => [Math.trunc(this.minpt[axis]!), Math.trunc(this.maxpt[axis]!)];
    return [along(0), along(1), along(2)];
  }

  toList(): Box6 {
    return [...this] as unknown as Box6;
  }

  /** The six numbers of `toList()`. */
  *[Symbol.iterator](): Generator<number> {
    yield* this.minpt;
    yield* this.maxpt;
  }

  toDict(): BboxDict {
    const { minpt, maxpt, dtype, unit } = this;
    return { minpt: [...minpt], maxpt: [...maxpt], dtype, ...(unit === "vx" ? {} : { unit }) };
  }

  toJSON(): BboxDict {
    return this.toDict();
  }

  /** JSON of `toDict()`, which CloudVolume's `Bbox.deserialize` reads. */
  serialize(): string {
    return JSON.stringify(this);
  }
}

export function isDict(value: unknown): value is BboxDict {
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, "minpt") && Object.hasOwn(value, "maxpt");
}

/** The value, if it has three finite numbers. */
export function point(value: readonly number[]): readonly number[] {
  if (value?.length !== 3) throw new DimensionError("A point has three coordinates", { got: show(value) });
  if (Number.isFinite(value[0]) && Number.isFinite(value[1]) && Number.isFinite(value[2])) return value;
  throw new ArgumentError("A coordinate is a finite number", { got: show(Array.from(value, show)) });
}

function isWhole(at: readonly number[]): boolean {
  return Number.isSafeInteger(at[0]) && Number.isSafeInteger(at[1]) && Number.isSafeInteger(at[2]);
}

function corner(
  a: readonly number[],
  b: readonly number[],
  pick: (a: number, b: number) => number,
  whole: boolean,
): Vec {
  const along = (axis: 0 | 1 | 2): number => {
    // Adding zero turns -0 into 0.
    const v = pick(a[axis]!, b[axis]!) + 0;
    return whole ? wholeNumber(v) : v;
  };
  return Object.freeze(new Vec(along(0), along(1), along(2)));
}

/** The ends of `[start, stop]` ranges; a range that stops before its start is empty. @throws ArgumentError for a step. */
export function rangeEnds(ranges: readonly (readonly (number | null)[])[]): {
  readonly starts: number[];
  readonly stops: number[];
} {
  const starts: number[] = [];
  const stops: number[] = [];
  for (const [start, stop, step] of ranges) {
    if ((step ?? 1) !== 1 || typeof start !== "number" || typeof stop !== "number")
      throw new ArgumentError("A box is made of ranges with two ends and no step", {
        got: show(ranges),
      });
    starts.push(start);
    stops.push(Math.max(start, stop));
  }
  return { starts, stops };
}

function wholeNumber(value: number): number {
  const whole = Math.trunc(value) + 0;
  if (Number.isSafeInteger(whole)) return whole;
  throw new ArgumentError("A whole coordinate is exact up to 2^53 only", { got: String(value) });
}
