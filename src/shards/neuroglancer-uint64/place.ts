/** Where a label belongs: its shard file and the minishard in it. */
import type { Halves } from "./hash.js";
import { murmur } from "./hash.js";
import type { ShardingSpec } from "./spec.js";

export interface ShardPlace {
  /** `<hex>.shard`. */
  readonly file: string;
  readonly minishard: number;
}

/** The place of a label, 0 to 2^64-1. Minishards beyond 2^53 are inexact; no file has that many. */
export function placeOfLabel(spec: ShardingSpec, label: bigint): ShardPlace {
  const n: Halves = { low: Number(label & 0xffffffffn), high: Number((label >> 32n) & 0xffffffffn) };
  shiftRight(n, spec.preshiftBits);
  if (spec.hash === "murmurhash3_x86_128") murmur(n);
  const minishard = lowBits(n, spec.minishardBits);
  shiftRight(n, spec.minishardBits);
  return { file: shardFile(spec, lowHalves(n, spec.shardBits)), minishard };
}

/** The name of a shard's file: lowercase hex, as wide as the number of shards needs; `0.shard` if there is one. */
export function shardFile({ shardBits }: ShardingSpec, { low, high }: Halves): string {
  const digits = high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, "0");
  return `${digits.padStart(Math.ceil(shardBits / 4), "0")}.shard`;
}

/** Whether a name is that of a shard file of this specification. */
export function isShardFile(spec: ShardingSpec, name: string): boolean {
  const digits = /^([0-9a-f]{1,16})\.shard$/.exec(name)?.[1];
  if (digits === undefined || digits.length !== Math.max(1, Math.ceil(spec.shardBits / 4))) return false;
  return BigInt(`0x${digits}`) >> BigInt(spec.shardBits) === 0n;
}

function shiftRight(n: Halves, by: number): void {
  if (by >= 64) {
    n.low = 0;
    n.high = 0;
  } else if (by >= 32) {
    n.low = by === 32 ? n.high : n.high >>> (by - 32);
    n.high = 0;
  } else if (by > 0) {
    n.low = ((n.low >>> by) | (n.high << (32 - by))) >>> 0;
    n.high >>>= by;
  }
}

function lowHalves({ low, high }: Halves, bits: number): Halves {
  if (bits >= 64) return { low, high };
  if (bits >= 32) return { low, high: mask(high, bits - 32) };
  return { low: mask(low, bits), high: 0 };
}

function lowBits(n: Halves, bits: number): number {
  const { low, high } = lowHalves(n, bits);
  return high * 2 ** 32 + low;
}

function mask(x: number, bits: number): number {
  return bits === 0 ? 0 : (x & (0xffffffff >>> (32 - bits))) >>> 0;
}
