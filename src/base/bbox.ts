import { roundHalfEven, type Snap, snapToGrid } from "./bbox-chunks.js";
import { parseBoxName } from "./bbox-filename.js";
import {
  type BboxDict,
  type BboxOptions,
  BboxShape,
  type Box6,
  isDict,
  point,
  type Range,
  rangeEnds,
} from "./bbox-shape.js";
import { convertCoordinate, type PhysicalUnit, parseUnit, type Unit } from "./bbox-units.js";
import type { DataType } from "./dtype.js";
import { ArgumentError, OutOfBoundsError } from "./errors.js";
import { show } from "./show.js";
import { Vec, type VecOperand } from "./vec.js";

export type { BboxDict, BboxOptions, Box6, PhysicalUnit, Range, Unit };

/** What means a box: see {@link Bbox.create}. */
export type BboxLike = Bbox | Vec | readonly number[] | readonly (readonly number[])[] | string | BboxDict;

export interface CreateOptions {
  readonly context?: Bbox | undefined;
  /** Throw OutOfBoundsError unless `context` contains the box. */
  readonly bounded?: boolean | undefined;
  /** Cut the box to `context` first. */
  readonly autocrop?: boolean | undefined;
}

/**
 * An immutable axis-aligned box of three axes, `minpt` inclusive and `maxpt` exclusive, in voxels or a physical
 * unit. Corners are sorted and exact: whole numbers up to 2^53, else float64 (CloudVolume's are int32 or float32).
 */
export class Bbox extends BboxShape {
  /**
   * A box from a Bbox, six numbers, three `[start, stop]` ranges, a chunk's file name, a `{minpt, maxpt}` record,
   * or a Vec (a size, from the origin). @throws ArgumentError for anything else.
   */
  static create(from: BboxLike, { context, bounded = false, autocrop = false }: CreateOptions = {}): Bbox {
    const whole = convert(from);
    const box = context !== undefined && autocrop ? Bbox.intersection(whole, context) : whole;
    if (context === undefined || !bounded || context.containsBbox(box)) return box;
    throw new OutOfBoundsError("The box leaves its bounds", {
      expected: `a box within ${context}`,
      got: String(box),
    });
  }

  static fromList(list: readonly number[], options?: BboxOptions): Bbox {
    return new Bbox(list.slice(0, list.length / 2), list.slice(list.length / 2), options);
  }

  static fromDict({ minpt, maxpt, dtype, unit }: BboxDict): Bbox {
    if (typeof dtype !== "string") return new Bbox(minpt, maxpt, { unit });
    return new Bbox(minpt, maxpt, { dtype: /^u?int/.test(dtype) ? "int64" : "float64", unit });
  }

  /** From the origin to `vec`. */
  static fromVec(vec: readonly number[], options?: BboxOptions): Bbox {
    return new Bbox([0, 0, 0], vec, options);
  }

  /** The box in a chunk's name (`parseBoxName` has the grammar); decimals are kept. @throws ArgumentError. */
  static fromFilename(name: string, options: BboxOptions = {}): Bbox {
    const { from, to, decimal } = parseBoxName(name);
    return new Bbox(from, to, { dtype: decimal ? "float64" : "int64", ...options });
  }

  /** Three ranges `[start, stop]`; one that stops before its start is empty. @throws ArgumentError for steps. */
  static fromSlices(ranges: readonly (readonly (number | null)[])[], options?: BboxOptions): Bbox {
    const ends = rangeEnds(ranges);
    return new Bbox(ends.starts, ends.stops, options);
  }

  /** The smallest whole-number box around points, the voxels they lie in included. */
  static fromPoints(points: Iterable<readonly number[]>, options?: BboxOptions): Bbox {
    const infinity = Number.POSITIVE_INFINITY;
    let low = new Vec(infinity, infinity, infinity);
    let high = low.mul(-1);
    for (const p of points) {
      low = Vec.min(low, p);
      high = Vec.max(high, p);
    }
    return new Bbox(
      low.map((v) => Math.floor(v)),
      high.map((v) => Math.floor(v) + 1),
      options,
    );
  }

  static fromDelta(minpt: readonly number[], plus: VecOperand, options?: BboxOptions): Bbox {
    return new Bbox(minpt, new Vec(...minpt).add(plus), options);
  }

  static deserialize(json: string): Bbox {
    let dict: unknown;
    try {
      dict = JSON.parse(json);
    } catch (cause) {
      throw new ArgumentError("A serialized box is JSON", { cause });
    }
    return convert(dict);
  }

  /** What both boxes have in common; the empty box at the origin if that is nothing. */
  static intersection(a: Bbox, b: Bbox): Bbox {
    if (!Bbox.intersects(a, b)) return new Bbox([0, 0, 0], [0, 0, 0], { unit: a.unit });
    return a.#with(Vec.max(a.minpt, b.minpt), Vec.min(a.maxpt, b.maxpt));
  }

  /** Whether the boxes share volume; touching is not enough. */
  static intersects(a: Bbox, b: Bbox): boolean {
    return a.minpt.every((v, i) => v < b.maxpt[i]!) && a.maxpt.every((v, i) => v > b.minpt[i]!);
  }

  /** The smallest box around all given. */
  static expand(first: Bbox, ...others: readonly Bbox[]): Bbox {
    return others.reduce((a, b) => a.#with(Vec.min(a.minpt, b.minpt), Vec.max(a.maxpt, b.maxpt)), first);
  }

  clone(): Bbox {
    return this.#with(this.minpt, this.maxpt);
  }

  /** The same box with another kind of numbers: integer types drop fractions. */
  astype(dtype: DataType): Bbox {
    return new Bbox(this.minpt, this.maxpt, { dtype, unit: this.unit });
  }

  /** Both corners moved into `bounds`: a box outside becomes an empty one on its face. */
  clamp({ minpt, maxpt }: Bbox): Bbox {
    return this.#with(Vec.clamp(this.minpt, minpt, maxpt), Vec.clamp(this.maxpt, minpt, maxpt));
  }

  /** Every face moved outward by `amount` (inward if negative). @throws ArgumentError below zero size. */
  adjust(amount: VecOperand): Bbox {
    const low = this.minpt.sub(amount);
    const high = this.maxpt.add(amount);
    if (low.every((v, i) => v <= high[i]!)) return this.#with(low, high);
    throw new ArgumentError("A box cannot shrink below zero size", { where: `${this}`, got: `${amount}` });
  }

  /** The same as `adjust`. */
  grow(amount: VecOperand): Bbox {
    return this.adjust(amount);
  }

  /** @throws ArgumentError unless the amount is above zero and fits. */
  shrink(amount: VecOperand): Bbox {
    const inward = new Vec(0, 0, 0).sub(amount);
    if (inward.every((v) => v < 0)) return this.adjust(inward);
    throw new ArgumentError("A box shrinks by amounts above 0", { got: `${amount}` });
  }

  /** The smallest box of whole chunks around this one. `offset` is where the chunk grid begins. */
  expandToChunkSize(chunk: readonly number[], offset?: readonly number[]): Bbox {
    return this.#snap(chunk, offset, Math.floor, Math.ceil);
  }

  /** The biggest box of whole chunks inside this one; an empty one, a point, if an axis holds no grid line. */
  shrinkToChunkSize(chunk: readonly number[], offset?: readonly number[]): Bbox {
    const low = snapToGrid(this.minpt, chunk, offset, Math.ceil);
    const high = snapToGrid(this.maxpt, chunk, offset, Math.floor);
    return this.#with(low, low.some((v, i) => v > high[i]!) ? low : high);
  }

  /** Every face moved to the nearest grid line, from half-way to the even one: 32 to 0 and 96 to 128 for 64. */
  roundToChunkSize(chunk: readonly number[], offset?: readonly number[]): Bbox {
    return this.#snap(chunk, offset, roundHalfEven, roundHalfEven);
  }

  isChunkAligned(chunk: readonly number[], offset?: readonly number[]): boolean {
    return this.expandToChunkSize(chunk, offset).equals(this);
  }

  /**
   * The box in another unit. Between voxels and lengths `resolution` is the size of a voxel, in
   * `resolutionUnit`; corners in voxels are rounded down.
   */
  convertUnits(
    unit: Unit,
    resolution: readonly number[] = [1, 1, 1],
    resolutionUnit: PhysicalUnit = "nm",
  ): Bbox {
    if (parseUnit(unit) === this.unit) return this;
    const voxel = point(resolution);
    const along = (v: number, axis: number): number =>
      convertCoordinate(v, this.unit, unit, voxel[axis]!, resolutionUnit);
    return new Bbox(this.minpt.map(along), this.maxpt.map(along), { unit });
  }

  /** The axes in reverse order: z, y, x. */
  transpose(): Bbox {
    return this.#with([...this.minpt].reverse(), [...this.maxpt].reverse());
  }

  /** Moves the box; given another, adds its corners to the same corners of this one. */
  add(operand: VecOperand | Bbox): Bbox {
    const [low, high] = operand instanceof Bbox ? [operand.minpt, operand.maxpt] : [operand, operand];
    return this.#with(this.minpt.add(low), this.maxpt.add(high));
  }

  sub(operand: VecOperand | Bbox): Bbox {
    const [low, high] = operand instanceof Bbox ? [operand.minpt, operand.maxpt] : [operand, operand];
    return this.#with(this.minpt.sub(low), this.maxpt.sub(high));
  }

  mul(operand: VecOperand): Bbox {
    return this.#with(this.minpt.mul(operand), this.maxpt.mul(operand));
  }

  /** True division, of whole numbers too. */
  div(operand: VecOperand): Bbox {
    return this.#with(this.minpt.div(operand), this.maxpt.div(operand));
  }

  /** Division rounded down. */
  floorDiv(operand: VecOperand): Bbox {
    return new Bbox(this.minpt.floorDiv(operand), this.maxpt.floorDiv(operand), { unit: this.unit });
  }

  #with(low: readonly number[], high: readonly number[]): Bbox {
    const dtype = this.dtype === "float64" ? this.dtype : undefined;
    return new Bbox(low, high, { dtype, unit: this.unit });
  }

  #snap(chunk: readonly number[], offset: readonly number[] | undefined, low: Snap, high: Snap): Bbox {
    return this.#with(
      snapToGrid(this.minpt, chunk, offset, low),
      snapToGrid(this.maxpt, chunk, offset, high),
    );
  }
}

function convert(from: unknown): Bbox {
  if (from instanceof Bbox) return from;
  if (from instanceof Vec) return Bbox.fromVec(from);
  if (typeof from === "string") return Bbox.fromFilename(from);
  if (Array.isArray(from) && from.length === 6) return Bbox.fromList(from);
  if (Array.isArray(from) && from.length === 3 && from.every(Array.isArray)) return Bbox.fromSlices(from);
  if (isDict(from)) return Bbox.fromDict(from);
  throw new ArgumentError("Nothing that means a box", {
    expected: "six numbers, three ranges, a file name or minpt and maxpt",
    got: show(from),
  });
}
