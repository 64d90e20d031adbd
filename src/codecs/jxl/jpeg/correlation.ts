/** What the first and the last plane take from luma, added back (ISO/IEC 18181-1, annex J.2), in whole numbers. */

import type { FrameState } from "./frame-state.js";
import type { Component } from "./jpeg-file.js";
import { TILE } from "./layout.js";

const PRECISION = 11;
const HALF = 1 << (PRECISION - 1);
const FACTOR = 84;

export class Correlation {
  readonly #state: FrameState;
  readonly #used: boolean;
  /** By plane: luma's quantization over the plane's own, with 11 bits behind the point. */
  readonly #ratios: readonly Int32Array[];

  constructor(state: FrameState, tables: readonly Uint16Array[]) {
    this.#state = state;
    const full = state.layout.planes.every((plane) => plane.shiftAcross === 0 && plane.shiftDown === 0);
    this.#used = full && state.correlation.some(({ pixels }) => pixels.some((n) => n !== 0));
    this.#ratios = tables.map((table) =>
      Int32Array.from(table, (own, at) => Math.trunc((tables[1]![at]! * (1 << PRECISION)) / own)),
    );
  }

  /** Restores the planes of a block, whose luma is there. */
  restore(planes: readonly (Component | undefined)[], x: number, y: number): void {
    const [, luma] = planes;
    if (!this.#used || luma === undefined) return;
    const at = 64 * (y * luma.blocksAcross + x);
    for (const [i, map] of this.#state.correlation.entries()) {
      const plane = 2 * i;
      const own = planes[plane]?.coefficients;
      const correlation = map.pixels[(y >> 3) * map.width + Math.floor(x / TILE)]!;
      const share = Math.trunc((Math.max(-128, Math.min(127, correlation)) * (1 << PRECISION)) / FACTOR);
      if (own === undefined || share === 0) continue;
      const ratios = this.#ratios[plane]!;
      for (let k = 1; k < 64; k++) {
        const scale = (Math.imul(ratios[k]!, share) + HALF) >> PRECISION;
        own[at + k]! += (Math.imul(luma.coefficients[at + k]!, scale) + HALF) >> PRECISION;
      }
    }
  }
}
