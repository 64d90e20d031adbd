/** The index of one minishard: its labels, and where their data lie in the shard file. */
import { SpecViolation } from "../../base/errors.js";
import type { Kept } from "./part.js";
import type { Span } from "./shard-index.js";
import { type ShardingSpec, shardIndexLength } from "./spec.js";

export interface MinishardIndex extends Kept {
  /** Ascending. */
  readonly labels: BigUint64Array;
  readonly offsets: Float64Array;
  readonly lengths: Float64Array;
}

/** Decodes an index, already decompressed. @throws SpecViolation if it is no list of labels or leads out of the file. */
export function parseMinishardIndex(
  spec: ShardingSpec,
  bytes: Uint8Array,
  totalSize: number | undefined,
  where: string,
): MinishardIndex {
  if (bytes.length % 24 !== 0) {
    throw new SpecViolation("A minishard index is no list of labels, offsets and sizes", {
      where,
      expected: "a multiple of 24 bytes",
      got: `${bytes.length}`,
    });
  }
  const n = bytes.length / 24;
  const words = new Uint32Array(bytes.slice().buffer);
  const labels = sums(words.subarray(0, 2 * n));
  const offsets = new Float64Array(n);
  const lengths = new Float64Array(n);
  const base = shardIndexLength(spec);
  const end = totalSize ?? Number.MAX_SAFE_INTEGER;
  // Offsets count from the end of the datum before, modulo 2^64.
  let low = 0;
  let high = 0;
  for (let i = 0; i < n; i++) {
    [low, high] = add(low, high, words[2 * (n + i)]!, words[2 * (n + i) + 1]!);
    const length = words[2 * (2 * n + i) + 1]! * 2 ** 32 + words[2 * (2 * n + i)]!;
    const offset = base + high * 2 ** 32 + low;
    if (offset + length > end) throw outside(labels[i]!, offset, length, totalSize, where);
    offsets[i] = offset;
    lengths[i] = length;
    [low, high] = add(low, high, words[2 * (2 * n + i)]!, words[2 * (2 * n + i) + 1]!);
  }
  return sorted({ labels, offsets, lengths, memory: 24 * n });
}

/** Where a label's data lie, or undefined if the minishard has no such label. */
export function findLabel({ labels, offsets, lengths }: MinishardIndex, label: bigint): Span | undefined {
  let low = 0;
  let high = labels.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (labels[middle]! < label) low = middle + 1;
    else high = middle;
  }
  return labels[low] === label ? { offset: offsets[low]!, length: lengths[low]! } : undefined;
}

/** Running sums modulo 2^64, as labels are told by their distance from the one before. */
function sums(words: Uint32Array): BigUint64Array {
  const out = words.slice();
  let low = 0;
  let high = 0;
  for (let i = 0; i < out.length; i += 2) {
    [low, high] = add(low, high, out[i]!, out[i + 1]!);
    out[i] = low;
    out[i + 1] = high;
  }
  return new BigUint64Array(out.buffer);
}

function add(low: number, high: number, moreLow: number, moreHigh: number): [number, number] {
  const sum = low + moreLow;
  return [sum >>> 0, (high + moreHigh + (sum > 0xffffffff ? 1 : 0)) >>> 0];
}

/** Writers list labels in ascending order; an index of one that did not is sorted here. */
function sorted(index: MinishardIndex): MinishardIndex {
  const { labels, offsets, lengths } = index;
  if (labels.every((label, i) => i === 0 || labels[i - 1]! < label)) return index;
  const order = Array.from(labels, (_, i) => i).sort((a, b) =>
    labels[a]! < labels[b]! ? -1 : Number(labels[a]! > labels[b]!),
  );
  return {
    ...index,
    labels: BigUint64Array.from(order, (i) => labels[i]!),
    offsets: Float64Array.from(order, (i) => offsets[i]!),
    lengths: Float64Array.from(order, (i) => lengths[i]!),
  };
}

function outside(
  label: bigint,
  offset: number,
  length: number,
  totalSize: number | undefined,
  where: string,
): SpecViolation {
  return new SpecViolation("A minishard index leads out of its file", {
    where,
    expected: `at most byte ${totalSize ?? Number.MAX_SAFE_INTEGER}`,
    got: `label ${label} at ${offset} to ${offset + length}`,
    fix: "The file is truncated or damaged; write the shard again.",
  });
}
