/** How often tokens occur in each context, and which contexts are alike. */
import { TOTAL } from "./distribution.js";

const TOKENS = 128;
const MAX_CLUSTERS = 48;
/** Bits that a cluster of its own has to save. */
const WORTH = 160;

export class Histograms {
  readonly contexts: number;
  readonly #counts: Uint32Array;

  constructor(contexts: number) {
    this.contexts = contexts;
    this.#counts = new Uint32Array(contexts * TOKENS);
  }

  count(context: number, token: number): void {
    this.#counts[context * TOKENS + token]!++;
  }

  /** Counts of tokens 0, 1, 2 ... up to the last that occurs. */
  of(context: number): Uint32Array {
    const counts = this.#counts.subarray(context * TOKENS, (context + 1) * TOKENS);
    let length = TOKENS;
    while (length > 0 && counts[length - 1] === 0) length--;
    return counts.subarray(0, length);
  }
}

export interface Clusters {
  /** The cluster of each context, numbered in the order of their first contexts. */
  readonly clusters: Uint8Array;
  readonly merged: readonly (readonly number[])[];
}

interface Member {
  readonly context: number;
  readonly counts: Uint32Array;
  readonly bits: number;
}

/** Joins contexts of about the same distribution. Contexts without numbers go with those before them. */
export function clusterContexts(histograms: Histograms): Clusters {
  const members: Member[] = [];
  for (let context = 0; context < histograms.contexts; context++) {
    const counts = histograms.of(context);
    if (counts.length > 0) members.push({ context, counts, bits: bitsOf(counts) });
  }
  const seeds = seedsOf(members);
  const sums = seeds.map(({ counts }) => Array.from(counts));
  const costs = seeds.map(({ bits }) => bits);
  const chosen = new Int16Array(histograms.contexts).fill(-1);
  for (const [i, { context }] of seeds.entries()) chosen[context] = i;
  for (const { context, counts, bits } of members) {
    if (chosen[context]! >= 0) continue;
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const [i, sum] of sums.entries()) {
      const more = joinedBits(sum, counts) - costs[i]! - bits;
      if (more >= least) continue;
      least = more;
      best = i;
    }
    chosen[context] = best;
    const sum = sums[best]!;
    for (const [token, n] of counts.entries()) sum[token] = (sum[token] ?? 0) + n;
    costs[best] = bitsOf(sum);
  }
  return renumbered(chosen, sums);
}

/** Members that are far from each other, the largest first. */
function seedsOf(members: readonly Member[]): readonly Member[] {
  if (members.length === 0) return [];
  const seeds: Member[] = [];
  const distances = new Float64Array(members.length).fill(Number.POSITIVE_INFINITY);
  let at = members.reduce((best, { counts }, i) => (sum(counts) > sum(members[best]!.counts) ? i : best), 0);
  while (seeds.length < MAX_CLUSTERS && (seeds.length === 0 || distances[at]! > WORTH)) {
    const seed = members[at]!;
    seeds.push(seed);
    distances[at] = 0;
    for (const [i, { counts, bits }] of members.entries()) {
      if (distances[i]! <= WORTH) continue;
      distances[i] = Math.min(distances[i]!, joinedBits(seed.counts, counts) - seed.bits - bits);
    }
    at = distances.reduce((best, distance, i) => (distance > distances[best]! ? i : best), 0);
  }
  return seeds;
}

function renumbered(chosen: Int16Array, sums: readonly (readonly number[])[]): Clusters {
  const clusters = new Uint8Array(chosen.length);
  const numbers = new Map<number, number>();
  let before = 0;
  for (const [context, cluster] of chosen.entries()) {
    if (cluster >= 0) {
      if (!numbers.has(cluster)) numbers.set(cluster, numbers.size);
      before = numbers.get(cluster)!;
    }
    clusters[context] = before;
  }
  const merged = [...numbers.keys()].map((cluster) => sums[cluster]!);
  return { clusters, merged: merged.length === 0 ? [[1]] : merged };
}

function sum(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  return total;
}

/** n times its logarithm. */
const SMALL = Float64Array.from({ length: 4096 }, (_, n) => (n === 0 ? 0 : n * Math.log2(n)));

function weight(n: number): number {
  return n < SMALL.length ? SMALL[n]! : n * Math.log2(n);
}

/** Bits of all numbers with this distribution. */
function bitsOf(counts: ArrayLike<number>): number {
  let total = 0;
  let bits = 0;
  for (let i = 0; i < counts.length; i++) {
    total += counts[i]!;
    bits -= weight(counts[i]!);
  }
  return bits + weight(total);
}

function joinedBits(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const length = Math.max(a.length, b.length);
  let total = 0;
  let bits = 0;
  for (let i = 0; i < length; i++) {
    const n = (i < a.length ? a[i]! : 0) + (i < b.length ? b[i]! : 0);
    total += n;
    bits -= weight(n);
  }
  return bits + weight(total);
}

/** Counts that sum up to 4096; what occurs keeps at least 1. */
export function normalized(counts: readonly number[]): number[] {
  const total = sum(counts);
  const scaled = counts.map((n) => (n === 0 ? 0 : Math.max(1, Math.round((n * TOTAL) / total))));
  let over = sum(scaled) - TOTAL;
  while (over !== 0) {
    const largest = scaled.indexOf(Math.max(...scaled));
    const step = over < 0 ? over : Math.min(over, Math.max(1, scaled[largest]! >> 2));
    scaled[largest]! -= step;
    over -= step;
  }
  return scaled;
}
