import { ArgumentError, DimensionError } from "./errors.js";
import { show } from "./show.js";

/** What vector arithmetic takes on its right side: a vector of equal length, or one number for all components. */
export type VecOperand = readonly number[] | number;

/**
 * A short vector of numbers (a point, a size, a resolution), as CloudVolume's `Vec`. It is an array: indexing,
 * spreading and JSON work, and `length` is the number of components (the Euclidean length is `norm()`).
 * Arithmetic gives new vectors. `map`, `slice` and the like give plain arrays.
 */
export class Vec extends Array<number> {
  constructor(...components: number[]) {
    super();
    for (let i = 0; i < components.length; i++) this[i] = components[i]!;
  }

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** The vector within the box `low` to `high`, componentwise. */
  static clamp(value: readonly number[], low: VecOperand, high: VecOperand): Vec {
    return Vec.min(Vec.max(value, low), high);
  }

  static min(a: readonly number[], b: VecOperand): Vec {
    return combine(a, b, Math.min);
  }

  static max(a: readonly number[], b: VecOperand): Vec {
    return combine(a, b, Math.max);
  }

  get x(): number {
    return component(this, 0);
  }
  get y(): number {
    return component(this, 1);
  }
  get z(): number {
    return component(this, 2);
  }
  get w(): number {
    return component(this, 3);
  }
  get r(): number {
    return this.x;
  }
  get g(): number {
    return this.y;
  }
  get b(): number {
    return this.z;
  }
  get a(): number {
    return this.w;
  }

  clone(): Vec {
    return new Vec(...this);
  }

  add(operand: VecOperand): Vec {
    return combine(this, operand, (a, b) => a + b);
  }

  sub(operand: VecOperand): Vec {
    return combine(this, operand, (a, b) => a - b);
  }

  mul(operand: VecOperand): Vec {
    return combine(this, operand, (a, b) => a * b);
  }

  /** True division: 1/2 is 0.5, of integers too. */
  div(operand: VecOperand): Vec {
    return combine(this, operand, (a, b) => a / b);
  }

  /** Division rounded down: -1 by 2 is -1. */
  floorDiv(operand: VecOperand): Vec {
    return combine(this, operand, (a, b) => Math.floor(a / b));
  }

  dot(other: readonly number[]): number {
    let sum = 0;
    for (const product of this.mul(other)) sum += product;
    return sum;
  }

  /** The squared Euclidean length. */
  norm2(): number {
    return this.dot(this);
  }

  /** The Euclidean length (CloudVolume's `length()`). */
  norm(): number {
    return Math.sqrt(this.norm2());
  }

  /** Whether this is the zero vector, within ten machine epsilons of float32. */
  null(): boolean {
    return this.norm() <= 10 * 2 ** -23;
  }

  /** The product of the components: the volume of a box of this size. */
  rectVolume(): number {
    let product = 1;
    for (const c of this) product *= c;
    return product;
  }

  equals(other: readonly number[]): boolean {
    return this.length === other.length && this.every((c, i) => c === other[i]);
  }
}

function component(vec: Vec, index: number): number {
  const value = vec[index];
  if (value === undefined)
    throw new DimensionError("The vector has no such component", {
      expected: `at least ${index + 1} components`,
      got: String(vec.length),
    });
  return value;
}

function combine(a: readonly number[], b: VecOperand, f: (a: number, b: number) => number): Vec {
  if (typeof b !== "number" && b.length !== a.length)
    throw new DimensionError("Vectors differ in length", {
      expected: String(a.length),
      got: String(b.length),
    });
  const out = new Vec();
  // Adding zero turns -0 into 0, which prints and compares as people expect.
  for (let i = 0; i < a.length; i++) out[i] = f(a[i]!, typeof b === "number" ? b : b[i]!) + 0;
  return out;
}

/**
 * The points of a grid from `start` (default the origin) up to, not including, `end`; x runs fastest.
 * `xyzrange(end)`, `xyzrange(start, end)`, `xyzrange(start, end, stride)`; strides may be fractions.
 * @throws ArgumentError for a stride that is not above zero.
 */
export function* xyzrange(
  start: readonly number[],
  end?: readonly number[],
  stride: readonly number[] = [1, 1, 1],
): Generator<Vec> {
  if (end === undefined) return yield* xyzrange([0, 0, 0], start);
  const axes = [0, 1, 2].map((axis) => [start[axis], end[axis], stride[axis]]);
  const [x, y, z] = axes.map(([low = Number.NaN, high = Number.NaN, step = Number.NaN]) => {
    if (!(step > 0) || !Number.isFinite(low) || !Number.isFinite(high))
      throw new ArgumentError("Not a grid of points", {
        where: "xyzrange",
        expected: "three finite coordinates and three strides above 0",
        got: show([start, end, stride]),
      });
    return { low, high, step };
  }) as [Span, Span, Span];
  for (const pz of along(z)) for (const py of along(y)) for (const px of along(x)) yield new Vec(px, py, pz);
}

interface Span {
  readonly low: number;
  readonly high: number;
  readonly step: number;
}

function* along({ low, high, step }: Span): Generator<number> {
  for (let i = 0; low + i * step < high; i++) yield low + i * step;
}
