/**
 * LZMA as LZMA2 uses it (after the LZMA specification in the public domain SDK): chunks of known size, no end
 * marker. Matches are copied inside the output itself, so a dictionary's declared size costs no memory.
 */
import { corrupt } from "../output.js";
import { RangeDecoder } from "./range.js";

const STATES = 12;
const POSITIONS = 16;
const IS_MATCH = 0;
const IS_REP = IS_MATCH + STATES * POSITIONS;
const IS_REP_0 = IS_REP + STATES;
const IS_REP_1 = IS_REP_0 + STATES;
const IS_REP_2 = IS_REP_1 + STATES;
const IS_REP_0_LONG = IS_REP_2 + STATES;
const SLOT = IS_REP_0_LONG + STATES * POSITIONS;
const SPECIAL = SLOT + 4 * 64;
const ALIGN = SPECIAL + 128;
const MATCH_LENGTH = ALIGN + 16;
const LENGTH_LOW = 2;
const LENGTH_MIDDLE = LENGTH_LOW + POSITIONS * 8;
const LENGTH_HIGH = LENGTH_MIDDLE + POSITIONS * 8;
const REP_LENGTH = MATCH_LENGTH + LENGTH_HIGH + 256;
const LITERAL = REP_LENGTH + LENGTH_HIGH + 256;
const LITERAL_CONTEXTS = 0x300;

export class Lzma {
  readonly #coder: RangeDecoder = new RangeDecoder(LITERAL + (LITERAL_CONTEXTS << 4));
  #literalContext = 0;
  #literalMask = 0;
  #positionMask = 0;
  #state = 0;
  #reps: [number, number, number, number] = [0, 0, 0, 0];

  /** Sets `lc`, `lp` and `pb` from their packed byte. */
  setProperties(packed: number): void {
    const lc = packed % 9;
    const lp = Math.floor(packed / 9) % 5;
    const pb = Math.floor(packed / 45);
    if (pb > 4 || lc + lp > 4) corrupt("LZMA properties are out of range");
    this.#literalContext = lc;
    this.#literalMask = (1 << lp) - 1;
    this.#positionMask = (1 << pb) - 1;
  }

  resetState(): void {
    this.#coder.odds.fill(1024);
    this.#state = 0;
    this.#reps = [0, 0, 0, 0];
  }

  /**
   * Decodes `source` into `out[from..to)`. Matches may reach back to `out[reach]` and no further than
   * `dictionary` bytes; `start` is where the content's positions count from.
   */
  decode(
    source: Uint8Array,
    out: Uint8Array,
    from: number,
    to: number,
    reach: number,
    dictionary: number,
  ): void {
    const coder = this.#coder;
    coder.start(source);
    let [rep0, rep1, rep2, rep3] = this.#reps;
    let state = this.#state;
    let at = from;
    while (at < to) {
      const position = (at - reach) & this.#positionMask;
      if (coder.bit(IS_MATCH + (state << 4) + position) === 0) {
        this.#literal(out, at++, reach, state, rep0);
        state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
        continue;
      }
      let length: number;
      if (coder.bit(IS_REP + state) === 0) {
        rep3 = rep2;
        rep2 = rep1;
        rep1 = rep0;
        length = this.#length(MATCH_LENGTH, position);
        rep0 = this.#distance(length);
        state = state < 7 ? 7 : 10;
      } else {
        if (coder.bit(IS_REP_0 + state) === 0) {
          if (coder.bit(IS_REP_0_LONG + (state << 4) + position) === 0) {
            if (rep0 >= at - reach || rep0 >= dictionary) corrupt("LZMA match begins before the content");
            out[at] = out[at - rep0 - 1]!;
            at++;
            state = state < 7 ? 9 : 11;
            continue;
          }
        } else {
          let distance = rep1;
          if (coder.bit(IS_REP_1 + state) !== 0) {
            distance = rep2;
            if (coder.bit(IS_REP_2 + state) !== 0) {
              distance = rep3;
              rep3 = rep2;
            }
            rep2 = rep1;
          }
          rep1 = rep0;
          rep0 = distance;
        }
        length = this.#length(REP_LENGTH, position);
        state = state < 7 ? 8 : 11;
      }
      if (rep0 >= at - reach || rep0 >= dictionary) corrupt("LZMA match begins before the content");
      if (length > to - at) corrupt("LZMA match is longer than its chunk");
      copy(out, at, rep0 + 1, length);
      at += length;
    }
    this.#reps = [rep0, rep1, rep2, rep3];
    this.#state = state;
    coder.end();
  }

  #literal(out: Uint8Array, at: number, reach: number, state: number, rep0: number): void {
    const coder = this.#coder;
    const before = at > reach ? out[at - 1]! : 0;
    const context =
      (((at - reach) & this.#literalMask) << this.#literalContext) + (before >> (8 - this.#literalContext));
    const odds = LITERAL + LITERAL_CONTEXTS * context;
    let symbol = 1;
    if (state >= 7) {
      if (rep0 >= at - reach) corrupt("LZMA match begins before the content");
      let match = out[at - rep0 - 1]!;
      do {
        const matched = (match >> 7) & 1;
        match <<= 1;
        const bit = coder.bit(odds + ((1 + matched) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (matched !== bit) break;
      } while (symbol < 0x100);
    }
    out[at] = coder.walk(odds, symbol, 0x100);
  }

  #length(base: number, position: number): number {
    const coder = this.#coder;
    if (coder.bit(base) === 0) return 2 + coder.tree(base + LENGTH_LOW + (position << 3), 3);
    if (coder.bit(base + 1) === 0) return 10 + coder.tree(base + LENGTH_MIDDLE + (position << 3), 3);
    return 18 + coder.tree(base + LENGTH_HIGH, 8);
  }

  /** A distance less one. */
  #distance(length: number): number {
    const coder = this.#coder;
    const slot = coder.tree(SLOT + (Math.min(length - 2, 3) << 6), 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = ((2 | (slot & 1)) << bits) >>> 0;
    if (slot < 14) return base + coder.reverseTree(SPECIAL + base - slot, bits);
    return base + coder.direct(bits - 4) * 16 + coder.reverseTree(ALIGN, 4);
  }
}

function copy(out: Uint8Array, to: number, distance: number, length: number): void {
  if (length > 32 && distance >= length) out.copyWithin(to, to - distance, to - distance + length);
  else if (length > 32 && distance === 1) out.fill(out[to - 1]!, to, to + length);
  else for (let i = 0; i < length; i++) out[to + i] = out[to + i - distance]!;
}
