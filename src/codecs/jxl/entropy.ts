/** Entropy-coded numbers among the headers (ISO/IEC 18181-1, annex C): asymmetric numeral systems or prefix codes. */
import type { BitReader } from "./bits.js";
import { corrupt, readDistribution, TOTAL } from "./distribution.js";
import { type PrefixCode, readPrefixCode, readSymbol } from "./prefix-code.js";

const LOG_TOTAL = 12;
const FINAL_STATE = 0x130000;

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

/** Where each of the 4096 states leads: its token, and the state's place among those of the token. */
interface Table {
  readonly counts: readonly number[];
  readonly tokens: Uint16Array;
  readonly places: Uint16Array;
}

/** Reads numbers in one of several contexts. */
export class NumberReader {
  readonly #bits: BitReader;
  readonly #repeats: Repeats | undefined;
  readonly #clusters: readonly number[];
  readonly #codes: readonly NumberCode[];
  readonly #tables: readonly (Table | PrefixCode)[];
  #state: number;
  readonly #read: number[] = [];
  #copyFrom = 0;
  #toCopy = 0;

  /** Reads the distributions and the first state. `nested`: one of a map of contexts, which cannot repeat. */
  constructor(bits: BitReader, contexts: number, nested = false) {
    this.#bits = bits;
    this.#repeats = readRepeats(bits);
    if (this.#repeats !== undefined && nested) throw corrupt();
    const all = contexts + (this.#repeats === undefined ? 0 : 1);
    this.#clusters = all === 1 ? [0] : readClusters(bits, all);
    const prefix = bits.bool();
    const logSize = prefix ? 15 : 5 + bits.u(2);
    const count = Math.max(...this.#clusters) + 1;
    this.#codes = Array.from({ length: count }, () => readNumberCode(bits, logSize));
    if (prefix) {
      const sizes = Array.from({ length: count }, () => readAlphabetSize(bits));
      this.#tables = sizes.map((size) => readPrefixCode(bits, size));
    } else this.#tables = Array.from({ length: count }, () => makeTable(readDistribution(bits), logSize));
    this.#state = prefix ? FINAL_STATE : bits.u(32);
  }

  read(context: number): number {
    if (this.#toCopy === 0) {
      const cluster = this.#clusters[context]!;
      const token = this.#token(cluster);
      const repeats = this.#repeats;
      if (repeats === undefined || token < repeats.from)
        return this.#keep(this.#number(this.#codes[cluster]!, token));
      this.#toCopy = repeats.least + this.#number(repeats.lengths, token - repeats.from);
      const last = this.#clusters[this.#clusters.length - 1]!;
      const distance = 1 + this.#number(this.#codes[last]!, this.#token(last));
      this.#copyFrom = this.#read.length - Math.min(distance, this.#read.length);
    }
    this.#toCopy--;
    return this.#keep(this.#read[this.#copyFrom++] ?? 0);
  }

  /** @throws DecodingError unless everything was read as it was written. */
  end(): void {
    if (this.#state !== FINAL_STATE) throw corrupt();
  }

  #keep(value: number): number {
    if (this.#repeats !== undefined) this.#read.push(value);
    return value;
  }

  #token(cluster: number): number {
    const table = this.#tables[cluster]!;
    if ("symbols" in table) return readSymbol(this.#bits, table);
    const { counts, tokens, places } = table;
    const at = this.#state % TOTAL;
    const token = tokens[at]!;
    this.#state = counts[token]! * Math.floor(this.#state / TOTAL) + places[at]!;
    if (this.#state < 2 ** 16) this.#state = this.#state * 2 ** 16 + this.#bits.u(16);
    return token;
  }

  #number({ split, high, low }: NumberCode, token: number): number {
    if (token < 2 ** split) return token;
    const extra = split - high - low + ((token - 2 ** split) >> (high + low));
    if (extra > 29) throw corrupt();
    const top = 2 ** high + ((token >> low) % 2 ** high);
    return (top * 2 ** extra + this.#bits.u(extra)) * 2 ** low + (token % 2 ** low);
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
function readClusters(bits: BitReader, contexts: number): number[] {
  if (bits.bool()) {
    const width = bits.u(2);
    return Array.from({ length: contexts }, () => bits.u(width));
  }
  const moveToFront = bits.bool();
  const reader = new NumberReader(bits, 1, contexts <= 2);
  const clusters = Array.from({ length: contexts }, () => reader.read(0));
  reader.end();
  if (clusters.some((cluster) => cluster > 255)) throw corrupt();
  if (!moveToFront) return clusters;
  const order = Array.from({ length: 256 }, (_, i) => i);
  return clusters.map((at) => {
    const [value] = order.splice(at, 1) as [number];
    order.unshift(value);
    return value;
  });
}

/** Spreads the tokens over the states: a table of 2^logSize buckets, each shared by at most two tokens. */
function makeTable(counts: readonly number[], logSize: number): Table {
  const size = 2 ** logSize;
  const bucket = TOTAL / size;
  if (counts.length > size) throw corrupt();
  const tokens = new Uint16Array(TOTAL);
  const places = new Uint16Array(TOTAL);
  const only = counts.indexOf(TOTAL);
  if (only >= 0) {
    for (let i = 0; i < TOTAL; i++) places[i] = i;
    return { counts, tokens: tokens.fill(only), places };
  }
  const own = Array.from({ length: size }, (_, i) => counts[i] ?? 0);
  const guest = new Array<number>(size).fill(0);
  const guestPlace = new Array<number>(size).fill(0);
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
  for (let i = 0; i < TOTAL; i++) {
    const at = i >> (LOG_TOTAL - logSize);
    const within = i % bucket;
    const isOwn = within < own[at]!;
    tokens[i] = isOwn ? at : guest[at]!;
    places[i] = isOwn ? within : guestPlace[at]! + within - own[at]!;
  }
  return { counts, tokens, places };
}
