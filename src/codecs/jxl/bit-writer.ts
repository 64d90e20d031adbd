import type { Choice } from "./bits.js";

/** Writes what `BitReader` reads: lowest bits first. */
export class BitWriter {
  #bytes = new Uint8Array(1 << 10);
  /** Bits written. */
  #at = 0;

  get length(): number {
    return this.#at;
  }

  /** The lowest `n` bits of a number, at most 32. */
  u(n: number, value: number): void {
    if (n > 24) {
      this.u(16, value & 0xffff);
      this.u(n - 16, value >>> 16);
      return;
    }
    if (n === 0) return;
    let byte = this.#at >>> 3;
    if (byte + 4 > this.#bytes.length) this.#grow();
    const bytes = this.#bytes;
    const shift = this.#at & 7;
    this.#at += n;
    bytes[byte]! |= ((value & ((1 << n) - 1)) << shift) & 255;
    let rest = (value & ((1 << n) - 1)) >>> (8 - shift);
    for (let left = n + shift - 8; left > 0; left -= 8) {
      bytes[++byte] = rest & 255;
      rest >>>= 8;
    }
  }

  bool(value: boolean): void {
    this.u(1, value ? 1 : 0);
  }

  /** By the shortest of four ways. */
  u32(value: number, choices: readonly [Choice, Choice, Choice, Choice]): void {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const [i, choice] of choices.entries()) {
      const [bits, offset = 0] = typeof choice === "number" ? [0, choice] : choice;
      if (value < offset || value >= offset + 2 ** bits || bits >= least) continue;
      best = i;
      least = bits;
    }
    if (best < 0) throw new RangeError(`${value} cannot be written`);
    this.u(2, best);
    const choice = choices[best]!;
    if (typeof choice !== "number") this.u(choice[0], value - (choice[1] ?? 0));
  }

  /** Fills the last byte up with zeros. */
  toByte(): void {
    this.#at = 8 * Math.ceil(this.#at / 8);
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, Math.ceil(this.#at / 8));
  }

  #grow(): void {
    const more = new Uint8Array(2 * this.#bytes.length);
    more.set(this.#bytes);
    this.#bytes = more;
  }
}
