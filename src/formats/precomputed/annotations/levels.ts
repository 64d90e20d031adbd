/**
 * The levels of a spatial index, made as annotations come in random order: each goes to the current level, until a cell of that
 * has as many as it may; then the next level begins, of finer cells. So each level holds an evenly random sample of what the
 * levels above it left, none of its cells more than the limit, and each annotation is in one level. Source: Neuroglancer's
 * `precomputed/annotations.md`, "Spatial index", with the probability that just keeps to the limit.
 */
import { mortonAxes } from "../../../grid/morton.js";
import { type AnnotationBox, boundsOf, intersects } from "./geometry.js";
import type { AnnotationDimension, AnnotationType } from "./info.js";

export interface LevelsOptions {
  readonly type: AnnotationType;
  readonly dimensions: readonly AnnotationDimension[];
  readonly bounds: AnnotationBox;
  /** Annotations of a cell. */
  readonly limit: number;
}

export interface PlannedLevel {
  readonly gridShape: readonly number[];
  readonly chunkSize: readonly number[];
  /** Cells that hold something. */
  readonly cells: number;
}

/** Where an annotation is stored. */
export interface Placed {
  readonly level: number;
  /** Compressed Morton codes of cells. */
  readonly codes: readonly number[];
}

/** Bits of a code, which a double holds. */
const MOST_BITS = 52;
export const MOST_LEVELS = 24;
/** What covers more cells goes to a coarser level. */
const MOST_CELLS = 4096;
/** Cells of an annotation on average, from which on finer cells only mean more copies. */
const MANY_CELLS = 4;

/** So near to a cell is in it, in sizes of a cell: no rounding loses what lies on a border. */
const SLACK = 1e-4;

interface Level {
  readonly grid: CellGrid;
  readonly counts: Map<number, number>;
  annotations: number;
  entries: number;
}

export class LevelPlanner {
  readonly #options: LevelsOptions;
  readonly #levels: { readonly grid: CellGrid; cells: number }[] = [];
  #current: Level;
  /** The last level takes what there is. */
  #isLast = false;

  constructor(options: LevelsOptions) {
    this.#options = options;
    const shape = options.dimensions.map(() => 1);
    this.#current = newLevel(new CellGrid(options.type, options.bounds, shape));
  }

  /** @throws never; annotations must lie within the bounds. */
  place(geometry: Float32Array): Placed {
    for (;;) {
      const placed = this.#cellsAt(this.#levels.length, this.#current.grid, geometry);
      if (placed.level < this.#levels.length) return placed;
      const { counts } = this.#current;
      const isFull = placed.codes.some((code) => (counts.get(code) ?? 0) >= this.#options.limit);
      if (isFull && !this.#isLast) {
        this.#next();
        continue;
      }
      for (const code of placed.codes) counts.set(code, (counts.get(code) ?? 0) + 1);
      this.#current.annotations++;
      this.#current.entries += placed.codes.length;
      return placed;
    }
  }

  /** From coarse to fine. */
  get levels(): PlannedLevel[] {
    const { grid, counts } = this.#current;
    return [...this.#levels, { grid, cells: counts.size }].map((level) => ({
      gridShape: level.grid.shape,
      chunkSize: level.grid.size,
      cells: level.cells,
    }));
  }

  #cellsAt(level: number, grid: CellGrid, geometry: Float32Array): Placed {
    const codes = grid.codesOf(geometry, MOST_CELLS);
    if (codes !== undefined) return { level, codes };
    return this.#cellsAt(level - 1, this.#levels[level - 1]!.grid, geometry);
  }

  #next(): void {
    const { grid, counts, annotations, entries } = this.#current;
    this.#levels.push({ grid, cells: counts.size });
    const finer = this.#finer(grid);
    const bits = finer.reduce((sum, n) => sum + Math.ceil(Math.log2(n)), 0);
    const isUseful = entries < MANY_CELLS * annotations && bits <= MOST_BITS;
    this.#isLast = !isUseful || this.#levels.length === MOST_LEVELS - 1;
    const { type, bounds } = this.#options;
    this.#current = newLevel(isUseful ? new CellGrid(type, bounds, finer) : grid);
  }

  /** Halves the longer sides of cells, by physical length among dimensions of one unit. */
  #finer({ shape, size }: CellGrid): number[] {
    const { dimensions } = this.#options;
    const lengths = dimensions.map(({ scale }, axis) => scale * size[axis]!);
    return dimensions.map(({ unit }, axis) => {
      const longest = Math.max(...lengths.filter((_, other) => dimensions[other]!.unit === unit));
      return lengths[axis]! * Math.SQRT2 >= longest ? 2 * shape[axis]! : shape[axis]!;
    });
  }
}

function newLevel(grid: CellGrid): Level {
  return { grid, counts: new Map(), annotations: 0, entries: 0 };
}

/** The cells of one level, and which of them annotations touch. */
class CellGrid {
  readonly shape: readonly number[];
  readonly size: readonly number[];
  readonly #type: AnnotationType;
  readonly #lower: readonly number[];
  /** For each bit of a code, its axis. */
  readonly #axes: readonly number[];

  constructor(type: AnnotationType, { lower, upper }: AnnotationBox, shape: readonly number[]) {
    this.#type = type;
    this.#lower = lower;
    this.shape = shape;
    this.size = shape.map((n, axis) => (upper[axis]! - lower[axis]!) / n);
    this.#axes = mortonAxes(shape);
  }

  /** Codes of the cells that an annotation touches; undefined if they are more than `most`. */
  codesOf(geometry: Float32Array, most: number): number[] | undefined {
    const { lower, upper } = boundsOf(this.#type, this.shape.length, geometry);
    const first = lower.map((value, axis) => this.#cell(value, axis));
    const last = upper.map((value, axis) => this.#cell(value, axis));
    if (first.every((n, axis) => n === last[axis])) return [this.#code(first)];
    const found: number[] = [];
    return this.#collect(geometry, first, last, found, most) ? found : undefined;
  }

  /** Halves a range of cells until they are single ones, without those parts that are not touched. */
  #collect(
    geometry: Float32Array,
    first: readonly number[],
    last: readonly number[],
    found: number[],
    most: number,
  ): boolean {
    if (!intersects(this.#type, geometry, this.#boxOf(first, last))) return true;
    const axis = longestAxis(first, last);
    if (first[axis] === last[axis]) {
      found.push(this.#code(first));
      return found.length <= most;
    }
    const middle = Math.floor((first[axis]! + last[axis]!) / 2);
    return (
      this.#collect(geometry, first, last.with(axis, middle), found, most) &&
      this.#collect(geometry, first.with(axis, middle + 1), last, found, most)
    );
  }

  #cell(value: number, axis: number): number {
    const cell = Math.floor((value - this.#lower[axis]!) / this.size[axis]!);
    return Math.min(this.shape[axis]! - 1, Math.max(0, cell));
  }

  #boxOf(first: readonly number[], last: readonly number[]): AnnotationBox {
    return {
      lower: first.map((n, axis) => this.#lower[axis]! + (n - SLACK) * this.size[axis]!),
      upper: last.map((n, axis) => this.#lower[axis]! + (n + 1 + SLACK) * this.size[axis]!),
    };
  }

  #code(cell: readonly number[]): number {
    const rest = [...cell];
    let code = 0;
    let weight = 1;
    for (const axis of this.#axes) {
      if (rest[axis]! % 2 === 1) code += weight;
      rest[axis] = Math.floor(rest[axis]! / 2);
      weight *= 2;
    }
    return code;
  }
}

function longestAxis(first: readonly number[], last: readonly number[]): number {
  let longest = 0;
  for (let axis = 1; axis < first.length; axis++)
    if (last[axis]! - first[axis]! > last[longest]! - first[longest]!) longest = axis;
  return longest;
}
