/** Entropy-coded numbers among the headers (ISO/IEC 18181-1, annex C): asymmetric numeral systems or prefix codes. */
import type { BitReader } from "./bits.js";
import { corrupt, readDistribution, TOTAL } from "./distribution.js";
import { type PrefixCode, readPrefixCode, readSymbol } from "./prefix-code.js";

export const LOG_TOTAL = 12;
export const FINAL_STATE = 0x130000;

/** How far back repetitions reach. */
const WINDOW = 2 ** 20;
/**
 * The distances in images with a code of their own: a letter for the steps to the right (h is none, g one to the left),
 * a digit for the rows.
 */
const NEAR: string =
  "h1i0i1g1h2j0i2g2j1f1j2f2h3k0i3g3k1e1j3f3k2e2h4l0i4g4l1d1k3e3j4f4l2d2h5k4e4l3d3m0" +
  "i5g5m1c1j5f5m2c2l4d4k5e5m3c3h6n0i6g6n1b1j6f6n2b2l5d5m4c4k6e6n3b3h7o0i7g7m5c5o1a1" +
  "l6d6n4b4j7f7o2a2k7e7o3a3m6c6n5b5p0l7d7o4a4p1p2n6b6p3m7c7o5a5p4n7b7o6a6p5o7a7p6p7";
const RIGHT_OF: number = "h".charCodeAt(0);

/** How a token stands for numbers: alone below `split`, with bits of the number behind it above. */
interface NumberCode {
  readonly split: number;
  readonly high: number;
  readonly low: number;
}

interface Repeats {
  readonly from: number;
  readonly least: number;
  readonly lengths: NumberCode;
}

/** Where each of the 4096 states leads: its token, that token's count, and the state's place among those of the token. */
export interface Table {
  readonly tokens: Uint8Array;
  readonly counts: Uint16Array;
  readonly places: Uint16Array;
}

/** What stands before entropy-coded numbers: how they are written, in each context. */
export interface EntropyCode {
  readonly repeats: Repeats | undefined;
  readonly clusters: Uint8Array;
  readonly codes: readonly NumberCode[];
  readonly tables: readonly (Table | PrefixCode)[];
  readonly prefix: boolean;
}

/** `nested`: one of a map of contexts, which cannot repeat. @throws DecodingError. */
export function readEntropyCode(bits: BitReader, contexts: number, nested = false): EntropyCode {
  const repeats = readRepeats(bits);
  if (repeats !== undefined && nested) throw corrupt();
  const all = contexts + (repeats === undefined ? 0 : 1);
  const clusters = all === 1 ? Uint8Array.of(0) : readClusters(bits, all);
  const prefix = bits.bool();
  const logSize = prefix ? 15 : 5 + bits.u(2);
  const count = 1 + clusters.reduce((most, cluster) => Math.max(most, cluster), 0);
  const codes = Array.from({ length: count }, () => readNumberCode(bits, logSize));
  if (!prefix) {
    const tables = Array.from({ length: count }, () => makeTable(readDistribution(bits), logSize));
    return { repeats, clusters, codes, tables, prefix };
  }
  const sizes = Array.from({ length: count }, () => readAlphabetSize(bits));
  return { repeats, clusters, codes, tables: sizes.map((size) => readPrefixCode(bits, size)), prefix };
}

/** Reads numbers in one of several contexts. */
export class NumberReader {
  readonly #bits: BitReader;
  readonly #code: EntropyCode;
  /** For images: how wide they are. Distances to what is repeated then count rows, too. */
  readonly #width: number;
  #state: number;
  readonly #read: number[] = [];
  #copyFrom = 0;
  #toCopy = 0;

  /** Reads the first state. */
  constructor(bits: BitReader, code: EntropyCode, width = 0) {
    this.#bits = bits;
    this.#code = code;
    this.#width = width;
    this.#state = code.prefix ? FINAL_STATE : bits.u(32);
  }

  /** @throws DecodingError past the end, and for a context without a code. */
  read(context: number): number {
    const { clusters, codes, repeats } = this.#code;
    if (this.#toCopy === 0) {
      const cluster = clusters[context]!;
      const token = this.#token(cluster);
      if (repeats === undefined) return this.#number(codes[cluster]!, token);
      if (token < repeats.from) return this.#keep(this.#number(codes[cluster]!, token));
      this.#toCopy = repeats.least + this.#number(repeats.lengths, token - repeats.from);
      const last = clusters[clusters.length - 1]!;
      const distance = this.#distance(this.#number(codes[last]!, this.#token(last)));
      this.#copyFrom = this.#read.length - Math.min(distance, this.#read.length, WINDOW);
    }
    this.#toCopy--;
    return this.#keep(this.#read[this.#copyFrom++] ?? 0);
  }

  /** @throws DecodingError unless everything was read as it was written. */
  end(): void {
    if (this.#state !== FINAL_STATE) throw corrupt();
  }

  #distance(code: number): number {
    if (this.#width === 0) return code + 1;
    if (2 * code >= NEAR.length) return code + 1 - NEAR.length / 2;
    const right = NEAR.charCodeAt(2 * code) - RIGHT_OF;
    return Math.max(1, right + this.#width * Number(NEAR[2 * code + 1]));
  }

  #keep(value: number): number {
    this.#read.push(value);
    return value;
  }

  #token(cluster: number): number {
    const table = this.#code.tables[cluster];
    if (table === undefined) throw corrupt();
    if ("symbols" in table) return readSymbol(this.#bits, table);
    const at = this.#state & (TOTAL - 1);
    const token = table.tokens[at]!;
    this.#state = table.counts[at]! * (this.#state >>> LOG_TOTAL) + table.places[at]!;
    if (this.#state < 2 ** 16) this.#state = this.#state * 2 ** 16 + this.#bits.u(16);
    return token;
  }

  #number({ split, high, low }: NumberCode, token: number): number {
    const from = 1 << split;
    if (token < from) return token;
    const extra = split - high - low + ((token - from) >> (high + low));
    if (extra > 29) throw corrupt();
    const top = (1 << high) + ((token >> low) & ((1 << high) - 1));
    return (top * 2 ** extra + this.#bits.u(extra)) * (1 << low) + (token & ((1 << low) - 1));
  }
}

function readRepeats(bits: BitReader): Repeats | undefined {
  if (!bits.bool()) return undefined;
  const from = bits.u32(224, 512, 4096, [15, 8]);
  const least = bits.u32(3, 4, [2, 5], [8, 9]);
  return { from, least, lengths: readNumberCode(bits, 8) };
}

function readNumberCode(bits: BitReader, logSize: number): NumberCode {
  const split = bits.u(bitsFor(logSize));
  if (split === logSize) return { split, high: 0, low: 0 };
  const high = bits.u(bitsFor(split));
  if (split > logSize || high > split) throw corrupt();
  const low = bits.u(bitsFor(split - high));
  if (high + low > split) throw corrupt();
  return { split, high, low };
}

function readAlphabetSize(bits: BitReader): number {
  if (!bits.bool()) return 1;
  const n = bits.u(4);
  const size = 1 + (1 << n) + bits.u(n);
  if (size > 2 ** 15) throw corrupt();
  return size;
}

/** Bits that hold 0 to `n`. */
function bitsFor(n: number): number {
  return 32 - Math.clz32(n);
}

/** Which distribution each context uses. */
export function readClusters(bits: BitReader, contexts: number): Uint8Array {
  const clusters = new Uint8Array(contexts);
  if (bits.bool()) {
    const width = bits.u(2);
    return clusters.map(() => bits.u(width));
  }
  const moveToFront = bits.bool();
  const reader = new NumberReader(bits, readEntropyCode(bits, 1, contexts <= 2));
  for (let i = 0; i < contexts; i++) {
    const cluster = reader.read(0);
    if (cluster > 255) throw corrupt();
    clusters[i] = cluster;
  }
  reader.end();
  if (!moveToFront) return clusters;
  const order = Array.from({ length: 256 }, (_, i) => i);
  return clusters.map((at) => {
    const [value] = order.splice(at, 1) as [number];
    order.unshift(value);
    return value;
  });
}

/** Spreads the tokens over the states: a table of 2^logSize buckets, each shared by at most two tokens. */
export function makeTable(counts: readonly number[], logSize: number): Table {
  const size = 2 ** logSize;
  const bucket = TOTAL / size;
  if (counts.length > size) throw corrupt();
  const tokens = new Uint8Array(TOTAL);
  const places = new Uint16Array(TOTAL);
  const only = counts.indexOf(TOTAL);
  if (only >= 0) {
    for (let i = 0; i < TOTAL; i++) places[i] = i;
    return { tokens: tokens.fill(only), counts: new Uint16Array(TOTAL).fill(TOTAL), places };
  }
  const own = new Uint16Array(size);
  own.set(counts);
  const guest = new Uint8Array(size);
  const guestPlace = new Uint16Array(size);
  const over: number[] = [];
  const under: number[] = [];
  const sort = (i: number): void => {
    if (own[i]! > bucket) over.push(i);
    else if (own[i]! < bucket) under.push(i);
  };
  for (let i = 0; i < size; i++) sort(i);
  for (let giver = over.pop(); giver !== undefined; giver = over.pop()) {
    const taker = under.pop();
    if (taker === undefined) throw corrupt();
    own[giver]! -= bucket - own[taker]!;
    guest[taker] = giver;
    guestPlace[taker] = own[giver]!;
    sort(giver);
  }
  const each = new Uint16Array(TOTAL);
  for (let i = 0; i < TOTAL; i++) {
    const at = i >> (LOG_TOTAL - logSize);
    const within = i & (bucket - 1);
    const isOwn = within < own[at]!;
    const token = isOwn ? at : guest[at]!;
    tokens[i] = token;
    each[i] = counts[token]!;
    places[i] = isOwn ? within : guestPlace[at]! + within - own[at]!;
  }
  return { tokens, counts: each, places };
}
