import { constants, deflateRawSync } from "node:zlib";
import { type Random, someBytes } from "./random.js";

const STRATEGIES = [
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_FILTERED,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
  constants.Z_FIXED,
];

/** A raw deflate stream of zlib's and its content: any level, strategy and memory level, also several blocks. */
export function someStream(rng: Random, maxLength = 20_000): { stream: Uint8Array; content: Uint8Array } {
  const content = someBytes(rng, rng(maxLength));
  const stream = deflateRawSync(content, {
    level: rng(10),
    strategy: STRATEGIES[rng(STRATEGIES.length)]!,
    memLevel: 1 + rng(9),
  });
  return { stream, content };
}

/** Bits put together by hand, for streams that no encoder makes. */
export class BitWriter {
  readonly bits: number[] = [];

  /** The lowest `count` bits of `value`, lowest first (numbers of the format). */
  put(value: number, count: number): this {
    for (let i = 0; i < count; i++) this.bits.push((value >>> i) & 1);
    return this;
  }

  /** The lowest `count` bits of `value`, highest first (codewords). */
  code(value: number, count: number): this {
    for (let i = count - 1; i >= 0; i--) this.bits.push((value >>> i) & 1);
    return this;
  }

  bytes(): Uint8Array {
    const out = new Uint8Array(Math.ceil(this.bits.length / 8));
    for (const [i, bit] of this.bits.entries()) out[i >> 3] = out[i >> 3]! | (bit << (i & 7));
    return out;
  }
}

/** A dynamic block's header that gives these codeword lengths, each spelled with a precode of 4 bits for 0 to 15. */
export function dynamicHeader(literals: readonly number[], distances: readonly number[]): BitWriter {
  const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
  const w = new BitWriter().put(1, 1).put(2, 2);
  w.put(literals.length - 257, 5)
    .put(distances.length - 1, 5)
    .put(15, 4);
  for (const symbol of order) w.put(symbol < 16 ? 4 : 0, 3);
  for (const length of [...literals, ...distances]) w.code(length, 4);
  return w;
}
