/** Voxels that were painted over, in blocks: what lies beneath stays on the server as it is. */
import { arrayType, type DataType, type TypedArray, type Voxel } from "../../src/base/dtype.js";
import { type Axis, PLANES } from "../../src/pictures/plane.js";
import { isInside, type Triple } from "./geometry.js";

const SIDE = 16;
const BLOCK = SIDE ** 3;

interface Block {
  readonly corner: Triple;
  readonly painted: Uint8Array;
  readonly values: TypedArray;
}

/** What a stroke changed: a block, a voxel of it, and what that was. */
interface Change {
  readonly block: Block;
  readonly at: number;
  readonly painted: number;
  readonly value: Voxel;
}

export class Edits {
  readonly #blocks = new Map<number, Block>();
  readonly #strokes: Change[][] = [];
  readonly #shape: readonly number[];
  readonly #dtype: DataType;

  constructor(shape: readonly number[], dtype: DataType) {
    this.#shape = shape.slice(0, 3);
    this.#dtype = dtype;
  }

  /** Strokes that can be undone. */
  get strokes(): number {
    return this.#strokes.length;
  }

  begin(): void {
    this.#strokes.push([]);
  }

  /** Paints voxels as part of the latest stroke; those outside of the volume are left out. */
  paint(voxels: Iterable<Triple>, value: Voxel): void {
    const stroke = this.#strokes.at(-1);
    if (stroke === undefined) throw new TypeError("no stroke has begun");
    for (const voxel of voxels) {
      if (!isInside(voxel, this.#shape)) continue;
      const block = this.#blockOf(voxel);
      const at = within(block.corner, voxel);
      if (block.painted[at] === 1 && block.values[at] === value) continue;
      stroke.push({ block, at, painted: block.painted[at]!, value: block.values[at]! });
      block.painted[at] = 1;
      block.values[at] = value;
    }
  }

  /** Takes the latest stroke back. @returns whether there was one. */
  undo(): boolean {
    const stroke = this.#strokes.pop();
    for (const { block, at, painted, value } of stroke?.reverse() ?? []) {
      block.painted[at] = painted;
      block.values[at] = value;
    }
    return stroke !== undefined;
  }

  get([x, y, z]: Triple): Voxel | undefined {
    const block = this.#blocks.get(this.#key([x, y, z].map((n) => Math.floor(n / SIDE)) as Triple));
    if (block === undefined) return undefined;
    const at = within(block.corner, [x, y, z]);
    return block.painted[at] === 1 ? block.values[at] : undefined;
  }

  /** Whether anything was painted on a slice, or on any. */
  touches(axis: Axis, slice: number): boolean {
    for (const { corner } of this.#blocks.values()) {
      const from = corner[PLANES[axis].cut]!;
      if (slice >= from && slice < from + SIDE) return true;
    }
    return false;
  }

  /** Paints a slice of the original values. */
  apply(values: TypedArray, axis: Axis, slice: number): void {
    const { cut, right, down } = PLANES[axis];
    const [width, height] = [this.#shape[right]!, this.#shape[down]!];
    const steps = [1, SIDE, SIDE * SIDE];
    for (const { corner, painted, values: own } of this.#blocks.values()) {
      const depth = slice - corner[cut]!;
      if (depth < 0 || depth >= SIDE) continue;
      const [u0, v0] = [corner[right]!, corner[down]!];
      for (let v = 0; v < Math.min(SIDE, height - v0); v++)
        for (let u = 0; u < Math.min(SIDE, width - u0); u++) {
          const at = depth * steps[cut]! + u * steps[right]! + v * steps[down]!;
          if (painted[at] === 1) values[(v0 + v) * width + u0 + u] = own[at]!;
        }
    }
  }

  #blockOf(voxel: Triple): Block {
    const place = voxel.map((n) => Math.floor(n / SIDE)) as Triple;
    const key = this.#key(place);
    const found = this.#blocks.get(key);
    if (found !== undefined) return found;
    const made: Block = {
      corner: place.map((n) => n * SIDE) as Triple,
      painted: new Uint8Array(BLOCK),
      values: new (arrayType(this.#dtype))(BLOCK),
    };
    this.#blocks.set(key, made);
    return made;
  }

  #key([x, y, z]: Triple): number {
    const [across, along] = this.#shape.map((n) => Math.ceil(n / SIDE)) as Triple;
    return x + across * (y + along * z);
  }
}

function within(corner: Triple, voxel: Triple): number {
  return voxel[0] - corner[0] + SIDE * (voxel[1] - corner[1] + SIDE * (voxel[2] - corner[2]));
}
