/**
 * What the fake BOSS stores. Written from jhuapl-boss/spdb: `spdb/spatialdb/spatialdb.py` (`write_cuboid`: only a channel's base
 * resolution and the next one), `spdb/c_lib/c_version/overwriteDense.c` (zeros leave what is stored), `spdb/spatialdb/cube.py`
 * (`overwrite_to_black`).
 */

import type { Box6 } from "../../src/base/bbox.js";
import { arrayType, type TypedArray } from "../../src/base/dtype.js";

export type BossType = "uint8" | "uint16" | "uint64";

/** The voxels of one channel: from 0 to the frame's end in each resolution and time, zero until written. */
export class BossVoxels {
  readonly #dtype: BossType;
  readonly #stop: readonly [number, number, number];
  readonly #levels = new Map<string, TypedArray>();

  constructor(dtype: BossType, stop: readonly [number, number, number]) {
    this.#dtype = dtype;
    this.#stop = stop;
  }

  /** z, y, x in C order. */
  read(resolution: number, time: number, box: Box6): TypedArray {
    const out = this.#empty(box);
    const stored = this.#levels.get(`${resolution}/${time}`);
    if (stored !== undefined)
      this.#rows(box, (at, from, count) => out.set(part(stored, at, count) as never, from));
    return out;
  }

  /** Voxels that are not zero replace what is there. */
  write(resolution: number, time: number, box: Box6, voxels: TypedArray): void {
    const stored = this.#level(resolution, time);
    this.#rows(box, (at, from, count) => {
      for (let i = 0; i < count; i++) {
        const value = voxels[from + i]!;
        if (Number(value) !== 0 || (typeof value === "bigint" && value !== 0n))
          stored[at + i] = value as never;
      }
    });
  }

  blacken(resolution: number, time: number, box: Box6): void {
    const stored = this.#level(resolution, time);
    const zero = (this.#dtype === "uint64" ? 0n : 0) as never;
    this.#rows(box, (at, _, count) => stored.fill(zero, at, at + count));
  }

  #empty([x0, y0, z0, x1, y1, z1]: Box6): TypedArray {
    return new (arrayType(this.#dtype))((x1 - x0) * (y1 - y0) * (z1 - z0));
  }

  #level(resolution: number, time: number): TypedArray {
    const key = `${resolution}/${time}`;
    const level = this.#levels.get(key) ?? this.#empty([0, 0, 0, ...this.#stop]);
    this.#levels.set(key, level);
    return level;
  }

  /** Runs along x: the first one's place in the level and in the box, and how many. */
  #rows([x0, y0, z0, x1, y1, z1]: Box6, visit: (at: number, from: number, count: number) => void): void {
    const [sx, sy] = this.#stop;
    for (let z = z0, from = 0; z < z1; z++)
      for (let y = y0; y < y1; y++, from += x1 - x0) visit((z * sy + y) * sx + x0, from, x1 - x0);
  }
}

function part(array: TypedArray, at: number, count: number): TypedArray {
  return array.subarray(at, at + count) as TypedArray;
}
