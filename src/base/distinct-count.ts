/** How many different numbers there are among many, without holding them. */
import { scramble } from "./scramble.js";

/** The smallest hashes tell how densely all of them lie. */
const HELD = 4096;

/** Exact up to 4096, beyond within a few percent. The same numbers give the same count in any order. */
export class DistinctCount {
  /** As fractions of all that there could be. */
  readonly #hashes = new Set<number>();
  #most = 1;

  add(value: bigint): void {
    const [low, high] = scramble(Number(value & 0xffffffffn), Number(value >> 32n), 1);
    const hash = (high * 2 ** 20 + (low >>> 12) + 1) / 2 ** 52;
    if (hash > this.#most) return;
    this.#hashes.add(hash);
    if (this.#hashes.size >= 2 * HELD) this.#prune();
  }

  get count(): number {
    if (this.#hashes.size > HELD) this.#prune();
    return this.#most === 1 ? this.#hashes.size : Math.round((HELD - 1) / this.#most);
  }

  #prune(): void {
    const kept = Float64Array.from(this.#hashes).sort().subarray(0, HELD);
    this.#hashes.clear();
    for (const hash of kept) this.#hashes.add(hash);
    this.#most = kept[HELD - 1]!;
  }
}
