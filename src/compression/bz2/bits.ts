import { corrupt } from "../output.js";

/** Bits of a byte array, the highest of each byte first. Reading past the end is corruption. */
export class Bits {
  readonly bytes: Uint8Array;
  /** Next byte to load. */
  at: number;
  #held = 0;
  #count = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** The next `n` bits (at most 24) without taking them; zeros stand for what lies behind the end. */
  peek(n: number): number {
    while (this.#count < n) {
      this.#held = ((this.#held << 8) | (this.bytes[this.at++] ?? 0)) >>> 0;
      this.#count += 8;
    }
    return (this.#held >>> (this.#count - n)) & ((1 << n) - 1);
  }

  /** Takes `n` bits that were peeked. */
  skip(n: number): void {
    this.#count -= n;
    if (this.at - (this.#count >> 3) > this.bytes.length) corrupt("bzip2 data ends early");
  }

  read(n: number): number {
    const value = this.peek(n);
    this.skip(n);
    return value;
  }

  bit(): boolean {
    return this.read(1) === 1;
  }

  read32(): number {
    return ((this.read(16) << 16) | this.read(16)) >>> 0;
  }

  /** Drops the rest of the byte; afterwards `at` is the next whole byte. */
  align(): void {
    this.at -= this.#count >> 3;
    this.#count = 0;
  }
}
