/** Numbers in contexts by asymmetric numeral systems: what `NumberReader` reads (ISO/IEC 18181-1, annex C). */
import type { BitWriter } from "./bit-writer.js";
import { writeDistribution } from "./distribution-writer.js";
import { FINAL_STATE, LOG_TOTAL, makeTable, type Table } from "./entropy.js";
import { clusterContexts, Histograms, normalized } from "./histograms.js";

/** Numbers with their contexts, in order. */
export class NumberList {
  #contexts = new Uint16Array(1 << 10);
  #values = new Uint32Array(1 << 10);
  length = 0;

  add(context: number, value: number): void {
    if (this.length === this.#values.length) this.#grow();
    this.#contexts[this.length] = context;
    this.#values[this.length++] = value;
  }

  context(i: number): number {
    return this.#contexts[i]!;
  }

  value(i: number): number {
    return this.#values[i]!;
  }

  #grow(): void {
    const [contexts, values] = [this.#contexts, this.#values];
    this.#contexts = new Uint16Array(2 * contexts.length);
    this.#contexts.set(contexts);
    this.#values = new Uint32Array(2 * values.length);
    this.#values.set(values);
  }
}

/** Numbers below 16 are tokens; of others the length and the two bits behind the first are, the rest follows as it is. */
const [SPLIT, HIGH] = [4, 2];

export function tokenOf(value: number): number {
  if (value < 1 << SPLIT) return value;
  const length = 31 - Math.clz32(value);
  return (1 << SPLIT) + ((length - SPLIT) << HIGH) + ((value >>> (length - HIGH)) & ((1 << HIGH) - 1));
}

/** Bits that follow a token. */
function extraBits(token: number): number {
  return token < 1 << SPLIT ? 0 : SPLIT - HIGH + ((token - (1 << SPLIT)) >> HIGH);
}

interface Symbols {
  /** Counts of tokens, of 4096 together. */
  readonly counts: readonly number[];
  /** Where the states of each token begin, and all states by token and place. */
  readonly starts: Uint16Array;
  readonly states: Uint16Array;
}

/** The code for lists of numbers that share their contexts. */
export class NumberCode {
  readonly #clusters: Uint8Array;
  readonly #logSize: number;
  readonly #symbols: readonly Symbols[];

  constructor(contexts: number, lists: readonly NumberList[]) {
    const histograms = new Histograms(contexts);
    for (const list of lists)
      for (let i = 0; i < list.length; i++) histograms.count(list.context(i), tokenOf(list.value(i)));
    const { clusters, merged } = clusterContexts(histograms);
    this.#clusters = clusters;
    const most = Math.max(...merged.map((counts) => counts.length));
    this.#logSize = Math.max(5, 32 - Math.clz32(most - 1));
    this.#symbols = merged.map((counts) => symbolsOf(normalized(counts), this.#logSize));
  }

  /** What readers need before the numbers. */
  writeHeader(bits: BitWriter): void {
    bits.bool(false);
    if (this.#clusters.length > 1) writeClusters(bits, this.#clusters, this.#symbols.length);
    bits.bool(false);
    bits.u(2, this.#logSize - 5);
    for (const _ of this.#symbols) {
      bits.u(bitsFor(this.#logSize), SPLIT);
      bits.u(bitsFor(SPLIT), HIGH);
      bits.u(bitsFor(SPLIT - HIGH), 0);
    }
    for (const { counts } of this.#symbols) writeDistribution(bits, counts);
  }

  /** Coded from the last to the first, as readers go the other way. */
  write(bits: BitWriter, list: NumberList): void {
    // For each number what follows its token, and before that 16 bits of the state.
    const extras = new Uint32Array(list.length);
    const words = new Int32Array(list.length).fill(-1);
    let state = FINAL_STATE;
    for (let i = list.length - 1; i >= 0; i--) {
      const value = list.value(i);
      const token = tokenOf(value);
      extras[i] = value & ((1 << extraBits(token)) - 1);
      const { counts, starts, states } = this.#symbols[this.#clusters[list.context(i)]!]!;
      const count = counts[token]!;
      if (state >= count * 2 ** (32 - LOG_TOTAL)) {
        words[i] = state & 0xffff;
        state >>>= 16;
      }
      const times = (state / count) >>> 0;
      state = ((times << LOG_TOTAL) | states[starts[token]! + (state - times * count)]!) >>> 0;
    }
    bits.u(32, state);
    for (let i = 0; i < list.length; i++) {
      if (words[i]! >= 0) bits.u(16, words[i]!);
      const extra = extraBits(tokenOf(list.value(i)));
      if (extra > 0) bits.u(extra, extras[i]!);
    }
  }
}

/** Writes numbers with a code of their own. */
export function writeNumbers(bits: BitWriter, contexts: number, list: NumberList): void {
  const code = new NumberCode(contexts, [list]);
  code.writeHeader(bits);
  code.write(bits, list);
}

function symbolsOf(counts: readonly number[], logSize: number): Symbols {
  const { tokens, places }: Table = makeTable(counts, logSize);
  const starts = new Uint16Array(counts.length);
  for (let token = 1; token < counts.length; token++) starts[token] = starts[token - 1]! + counts[token - 1]!;
  const states = new Uint16Array(tokens.length);
  for (const [state, token] of tokens.entries()) states[starts[token]! + places[state]!] = state;
  return { counts, starts, states };
}

function writeClusters(bits: BitWriter, clusters: Uint8Array, count: number): void {
  const width = 32 - Math.clz32(count - 1);
  if (width <= 1 || (width <= 3 && clusters.length <= 64)) {
    bits.bool(true);
    bits.u(2, width);
    for (const cluster of clusters) bits.u(width, cluster);
    return;
  }
  bits.bool(false);
  bits.bool(true);
  const list = new NumberList();
  const order = Array.from({ length: 256 }, (_, i) => i);
  for (const cluster of clusters) {
    const at = order.indexOf(cluster);
    order.splice(at, 1);
    order.unshift(cluster);
    list.add(0, at);
  }
  writeNumbers(bits, 1, list);
}

function bitsFor(n: number): number {
  return 32 - Math.clz32(n);
}
