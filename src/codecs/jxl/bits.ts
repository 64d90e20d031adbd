import { DecodingError } from "../../base/errors.js";

/** One of the four ways in which a `u32` is written: a constant, or `bits` bits above an offset. */
export type Choice = number | readonly [bits: number, offset?: number];

/** Bits of a file whose places are 32-bit numbers. */
const FAST = 2 ** 31;

/** Reads the fields of JPEG XL headers, lowest bits first (ISO/IEC 18181-1, B.2). */
export class BitReader {
  readonly #bytes: Uint8Array;
  /** The next bit, counted from the start of the bytes. */
  #at: number;

  constructor(bytes: Uint8Array, from = 0) {
    this.#bytes = bytes;
    this.#at = 8 * from;
  }

  /** The byte in which the next bit lies. */
  get byte(): number {
    return Math.floor(this.#at / 8);
  }

  /** The next `n` bits, at most 32. @throws DecodingError past the end. */
  u(n: number): number {
    const end = this.#at + n;
    if (end > 8 * this.#bytes.length) throw cutShort(this.#bytes.length);
    const shift = this.#at % 8;
    if (n > 24 || this.#at >= FAST) {
      const low = this.#slow(Math.min(n, 16));
      return n > 16 ? low + this.#slow(n - 16) * 65536 : low;
    }
    const byte = this.#at >>> 3;
    const bytes = this.#bytes;
    this.#at = end;
    // Bytes beyond the end count as zeros.
    const word = bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16) | (bytes[byte + 3]! << 24);
    return (word >>> shift) & ((1 << n) - 1);
  }

  #slow(n: number): number {
    let value = 0;
    for (let scale = 1, left = n; left > 0; ) {
      const shift = this.#at % 8;
      const take = Math.min(left, 8 - shift);
      value += ((this.#bytes[this.byte]! >> shift) & ((1 << take) - 1)) * scale;
      scale *= 2 ** take;
      this.#at += take;
      left -= take;
    }
    return value;
  }

  bool(): boolean {
    return this.u(1) === 1;
  }

  u32(a: Choice, b: Choice, c: Choice, d: Choice): number {
    const choice = [a, b, c, d][this.u(2)]!;
    if (typeof choice === "number") return choice;
    const [bits, offset = 0] = choice;
    return offset + this.u(bits);
  }

  /** Up to 2^64; exact below 2^53. */
  u64(): number {
    const kind = this.u(2);
    if (kind === 0) return 0;
    if (kind === 1) return 1 + this.u(4);
    if (kind === 2) return 17 + this.u(8);
    let value = this.u(12);
    for (let shift = 12; this.bool(); shift += 8) {
      if (shift === 60) return value + this.u(4) * 2 ** 60;
      value += this.u(8) * 2 ** shift;
    }
    return value;
  }

  enumerated(): number {
    return this.u32(0, 1, [4, 2], [6, 18]);
  }

  /** Passes over bits. @throws DecodingError past the end. */
  skip(n: number): void {
    if (this.#at + n > 8 * this.#bytes.length) throw cutShort(this.#bytes.length);
    this.#at += n;
  }

  /** A name of a frame or channel. */
  skipName(): void {
    this.skip(8 * this.u32(0, [4], [5, 16], [10, 48]));
  }

  /** Fields of later versions of the format. */
  skipExtensions(): void {
    const present = this.u64();
    let bits = 0;
    for (let i = 0; i < 64; i++) if (Math.floor(present / 2 ** i) % 2 === 1) bits += this.u64();
    this.skip(bits);
  }

  /** To the next whole byte. @throws DecodingError if the bits up to there are not zero. */
  toByte(): void {
    const left = (8 - (this.#at % 8)) % 8;
    if (this.u(left) !== 0)
      throw new DecodingError("Corrupt JPEG XL header", { expected: "zeros up to the next byte" });
  }
}

export function cutShort(length: number): DecodingError {
  return new DecodingError("A JPEG XL file is cut short", { got: `its end after ${length} bytes` });
}
