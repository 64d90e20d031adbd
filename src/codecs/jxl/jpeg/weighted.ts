/** The predictor that weighs four others by how well they did nearby (ISO/IEC 18181-1, annex H.5). */
import type { BitReader } from "../bits.js";

/** How the four predictors correct themselves, and the most that each weighs. */
export interface WeightedHeader {
  readonly north: number;
  readonly west: number;
  /** By the errors to the north-west, north, north-east, and the slopes down and to the left. */
  readonly both: readonly [number, number, number, number, number];
  readonly weights: readonly [number, number, number, number];
}

export const PLAIN_WEIGHTS: WeightedHeader = {
  north: 16,
  west: 10,
  both: [7, 7, 7, 0, 0],
  weights: [13, 12, 12, 12],
};

export function readWeightedHeader(bits: BitReader): WeightedHeader {
  if (bits.bool()) return PLAIN_WEIGHTS;
  const [north, west] = [bits.u(5), bits.u(5)];
  const both = [bits.u(5), bits.u(5), bits.u(5), bits.u(5), bits.u(5)] as const;
  return { north, west, both, weights: [bits.u(4), bits.u(4), bits.u(4), bits.u(4)] };
}

/** 2^24 divided by 1 to 64. */
const SHARES = Uint32Array.from({ length: 64 }, (_, i) => Math.floor(2 ** 24 / (i + 1)));

/** Predictions have three bits below the pixels'. */
const SCALE = 8;

export class Weighted {
  readonly #header: WeightedHeader;
  readonly #width: number;
  /** Errors of the prediction in this row and the one before. */
  readonly #errors: Int32Array;
  /** Of the four, likewise. */
  readonly #each: readonly Uint32Array[];
  readonly #four = [0, 0, 0, 0];
  #prediction = 0;
  /** The largest error nearby. */
  error = 0;

  constructor(header: WeightedHeader, width: number) {
    this.#header = header;
    this.#width = width;
    this.#errors = new Int32Array(2 * (width + 2));
    this.#each = [0, 1, 2, 3].map(() => new Uint32Array(2 * (width + 2)));
  }

  predict(x: number, y: number, n: number, w: number, ne: number, nw: number, nn: number): number {
    const before = y % 2 === 1 ? this.#width + 2 : 0;
    const row = this.#width + 2 - before;
    const at = before + x;
    const right = x < this.#width - 1 ? at + 1 : at;
    const left = x > 0 ? at - 1 : at;
    const errors = this.#errors;
    const errorW = x === 0 ? 0 : errors[row + x - 1]!;
    const [errorN, errorNW, errorNE] = [errors[at]!, errors[left]!, errors[right]!];
    let most = errorW;
    if (Math.abs(errorN) > Math.abs(most)) most = errorN;
    if (Math.abs(errorNW) > Math.abs(most)) most = errorNW;
    if (Math.abs(errorNE) > Math.abs(most)) most = errorNE;
    this.error = most;
    const [north, west, northEast] = [n * SCALE, w * SCALE, ne * SCALE];
    const { both } = this.#header;
    const four = this.#four;
    four[0] = west + northEast - north;
    four[1] = north - Math.floor(((errorN + errorW + errorNE) * this.#header.north) / 32);
    four[2] = west - Math.floor(((errorN + errorW + errorNW) * this.#header.west) / 32);
    const slopes = (nn * SCALE - north) * both[3] + (nw * SCALE - west) * both[4];
    const sum = errorNW * both[0] + errorN * both[1] + errorNE * both[2] + slopes;
    four[3] = north - Math.floor(sum / 32);
    let prediction = this.#average(at, left, right);
    // Errors of one sign: the slope goes on.
    if (((errorN ^ errorW) | (errorN ^ errorNW)) <= 0) {
      const low = Math.min(west, northEast, north);
      prediction = Math.max(low, Math.min(Math.max(west, northEast, north), prediction));
    }
    this.#prediction = prediction;
    return Math.floor((prediction + 3) / SCALE);
  }

  update(value: number, x: number, y: number): void {
    const before = y % 2 === 1 ? this.#width + 2 : 0;
    const row = this.#width + 2 - before;
    const scaled = value * SCALE;
    this.#errors[row + x] = this.#prediction - scaled;
    for (let i = 0; i < 4; i++) {
      const error = Math.floor((Math.abs(this.#four[i]! - scaled) + 3) / SCALE);
      const each = this.#each[i]!;
      each[row + x] = error;
      // The pixels to the right see it as one of the row before.
      each[before + x + 1]! += error;
    }
  }

  #average(at: number, left: number, right: number): number {
    const { weights: most } = this.#header;
    const weights = [0, 0, 0, 0];
    let sum = 0;
    for (let i = 0; i < 4; i++) {
      const each = this.#each[i]!;
      weights[i] = weightOf(each[at]! + each[left]! + each[right]!, most[i]!);
      sum += weights[i]!;
    }
    const shift = 2 ** (log2(sum) - 4);
    let total = 0;
    for (let i = 0; i < 4; i++) {
      weights[i] = Math.floor(weights[i]! / shift);
      total += weights[i]!;
    }
    let weighed = Math.floor(total / 2) - 1;
    for (let i = 0; i < 4; i++) weighed += this.#four[i]! * weights[i]!;
    return Math.floor((weighed * SHARES[total - 1]!) / 2 ** 24);
  }
}

/** About 4 + 2^24 * most / (error + 1). */
function weightOf(error: number, most: number): number {
  const shift = Math.max(0, log2(error + 1) - 5);
  return 4 + Math.floor((most * SHARES[Math.floor(error / 2 ** shift)]!) / 2 ** shift);
}

function log2(n: number): number {
  return n < 2 ** 32 ? 31 - Math.clz32(n) : Math.floor(Math.log2(n));
}
