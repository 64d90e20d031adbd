import { corrupt } from "../output.js";

const TOP = 2 ** 24;
const BITS = 11;
const MOVE = 5;

/** LZMA's binary range decoder: adaptive bits, and trees of them, by their place in one table. */
export class RangeDecoder {
  /** Probability of a zero, in 2048ths. */
  readonly odds: Uint16Array;
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  #range = -1;
  #code = 0;

  constructor(contexts: number) {
    this.odds = new Uint16Array(contexts);
  }

  /** Starts on `bytes`, of which the first five are the decoder's state. */
  start(bytes: Uint8Array): void {
    if (bytes.length < 5 || bytes[0] !== 0) corrupt("LZMA chunk does not begin as it must");
    this.#bytes = bytes;
    this.#at = 5;
    this.#range = -1 >>> 0;
    this.#code = ((bytes[1]! << 24) | (bytes[2]! << 16) | (bytes[3]! << 8) | bytes[4]!) >>> 0;
  }

  /** @throws DecompressionError unless the bytes were used up exactly. */
  end(): void {
    this.#normalize();
    if (this.#at !== this.#bytes.length || this.#code !== 0) corrupt("LZMA chunk has a wrong length");
  }

  #normalize(): void {
    if (this.#range < TOP) {
      this.#range = (this.#range << 8) >>> 0;
      this.#code = ((this.#code << 8) | (this.#bytes[this.#at++] ?? 0)) >>> 0;
    }
  }

  bit(place: number): number {
    this.#normalize();
    const odds = this.odds[place]!;
    const bound = Math.imul(this.#range >>> BITS, odds) >>> 0;
    if (this.#code < bound) {
      this.#range = bound;
      this.odds[place] = odds + ((2048 - odds) >>> MOVE);
      return 0;
    }
    this.#range -= bound;
    this.#code -= bound;
    this.odds[place] = odds - (odds >>> MOVE);
    return 1;
  }

  /**
   * Walks a tree of odds from `node` down until the node is at least `end`, the highest bit first. The loop
   * keeps the decoder's state in local variables: it is where most time goes.
   */
  walk(place: number, from: number, end: number): number {
    const { odds } = this;
    const bytes = this.#bytes;
    let range = this.#range;
    let code = this.#code;
    let at = this.#at;
    let node = from;
    while (node < end) {
      if (range < TOP) {
        range = (range << 8) >>> 0;
        code = ((code << 8) | (bytes[at++] ?? 0)) >>> 0;
      }
      const odd = odds[place + node]!;
      const bound = Math.imul(range >>> BITS, odd) >>> 0;
      if (code < bound) {
        range = bound;
        odds[place + node] = odd + ((2048 - odd) >>> MOVE);
        node <<= 1;
      } else {
        range = (range - bound) >>> 0;
        code = (code - bound) >>> 0;
        odds[place + node] = odd - (odd >>> MOVE);
        node = (node << 1) | 1;
      }
    }
    this.#range = range;
    this.#code = code;
    this.#at = at;
    return node;
  }

  /** A number of `count` bits, the highest first, each with the odds of its node. */
  tree(place: number, count: number): number {
    return this.walk(place, 1, 1 << count) - (1 << count);
  }

  /** The same with the lowest bit first. */
  reverseTree(place: number, count: number): number {
    let node = 1;
    let value = 0;
    for (let n = 0; n < count; n++) {
      const bit = this.bit(place + node);
      node = (node << 1) | bit;
      value |= bit << n;
    }
    return value;
  }

  /** `count` bits that are as likely zero as one. */
  direct(count: number): number {
    let value = 0;
    for (let n = count; n > 0; n--) {
      this.#normalize();
      this.#range >>>= 1;
      const one = this.#code >= this.#range ? 1 : 0;
      if (one) this.#code -= this.#range;
      value = ((value << 1) | one) >>> 0;
    }
    return value;
  }
}
