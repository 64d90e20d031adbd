/** Contexts of the coefficients (ISO/IEC 18181-1, annex I). */
import type { BitReader, Choice } from "../bits.js";
import { corrupt } from "../distribution.js";
import { readClusters } from "../entropy.js";
import { signed } from "./tree.js";

/** Orders of coefficients, by sizes of transforms; only the first, of 8 x 8, occurs here. */
export const ORDERS = 13;
const COUNTS = 37;
const VALUES = 458;

const DC_LIMIT: readonly [Choice, Choice, Choice, Choice] = [[4], [8, 16], [16, 272], [32, 65808]];
const QUANT_LIMIT: readonly [Choice, Choice, Choice, Choice] = [[2], [3, 4], [5, 12], [8, 44]];
/** For each plane (luma first) the contexts of each order. */
const USUAL: readonly number[] = [
  ...[0, 1, 2, 2, 3, 3, 4, 5, 6, 6, 6, 6, 6],
  ...[7, 8, 9, 9, 10, 11, 12, 13, 14, 14, 14, 14, 14],
  ...[7, 8, 9, 9, 10, 11, 12, 13, 14, 14, 14, 14, 14],
];

/** Which context a block has, by its plane, its DC coefficients and its quantization. */
export class BlockContexts {
  readonly #dc: readonly (readonly number[])[];
  readonly #quant: readonly number[];
  readonly #map: ArrayLike<number>;
  /** Of DC coefficients, in all planes. */
  readonly #buckets: number;
  readonly count: number;

  constructor(map: ArrayLike<number>, dc: readonly (readonly number[])[], quant: readonly number[]) {
    this.#map = map;
    this.#dc = dc;
    this.#quant = quant;
    this.#buckets = dc.reduce((product, { length }) => product * (length + 1), 1);
    this.count = 1 + Math.max(...Array.from(map));
  }

  static read(bits: BitReader): BlockContexts {
    if (bits.bool()) return new BlockContexts(USUAL, [[], [], []], []);
    const limits = (): number[] => Array.from({ length: bits.u(4) }, () => signed(bits.u32(...DC_LIMIT)));
    const dc = [limits(), limits(), limits()];
    const quant = Array.from({ length: bits.u(4) }, () => bits.u32(...QUANT_LIMIT) + 1);
    const buckets = dc.reduce((product, { length }) => product * (length + 1), quant.length + 1);
    if (buckets > 64) throw corrupt();
    const contexts = new BlockContexts(readClusters(bits, 3 * ORDERS * buckets), dc, quant);
    if (contexts.count > 16) throw corrupt();
    return contexts;
  }

  /** @param dc the block's coefficient in each of the three planes. */
  of(plane: number, dc: readonly [number, number, number], quantization: number): number {
    let bucket = 0;
    for (const i of [0, 2, 1] as const)
      bucket = bucket * (this.#dc[i]!.length + 1) + above(this.#dc[i]!, dc[i]);
    const buckets = this.#buckets;
    const place = (plane < 2 ? 1 - plane : 2) * ORDERS * (this.#quant.length + 1);
    return this.#map[(place + above(this.#quant, quantization)) * buckets + bucket]!;
  }

  /** All contexts of a set. */
  get total(): number {
    return this.count * (COUNTS + VALUES);
  }

  /** The context of the number of a block's coefficients that are not zero. */
  ofCount(block: number, predicted: number): number {
    const n = Math.min(predicted, 64);
    return (n < 8 ? n : 4 + (n >> 1)) * this.count + block;
  }

  /** The first context of a block's coefficients. */
  ofValues(block: number): number {
    return this.count * COUNTS + block * VALUES;
  }
}

/** How many limits a value is above. */
function above(limits: readonly number[], value: number): number {
  let n = 0;
  for (const limit of limits) if (value > limit) n++;
  return n;
}

/** How many coefficients are expected, by the blocks above and to the left: rows of a group, in its plane. */
export function predictedCount(counts: Uint8Array, stride: number, x: number, y: number): number {
  const at = y * stride + x;
  if (x === 0) return y === 0 ? 32 : counts[at - stride]!;
  if (y === 0) return counts[at - 1]!;
  return (counts[at - stride]! + counts[at - 1]! + 1) >> 1;
}

/** By how many coefficients are left, twice the first of their contexts. */
const LEFT = ranges([1, 0], [1, 31], [2, 62], [4, 93], [4, 123], [8, 152], [12, 180], [32, 206]);
/** By the place of a coefficient. */
const PLACE = Uint16Array.from({ length: 64 }, (_, k) =>
  k < 16 ? Math.max(0, k - 1) : k < 32 ? 15 + ((k - 16) >> 1) : 23 + ((k - 32) >> 2),
);

function ranges(...runs: readonly (readonly [length: number, value: number])[]): Uint16Array {
  return Uint16Array.from([0, ...runs.flatMap(([length, value]) => new Array<number>(length).fill(value))]);
}

/** The context of a coefficient among those of its block. `before`: whether the last one was not zero. */
export function valueContext(left: number, k: number, before: number): number {
  return (LEFT[left]! + PLACE[k]!) * 2 + before;
}
