/** A shard file in memory. */
import { compress } from "../../compression/index.js";
import { planShard } from "./plan-shard.js";
import type { ShardingSpec } from "./spec.js";

/** A datum with its bytes, not compressed. */
export interface Datum {
  readonly label: bigint;
  readonly bytes: Uint8Array;
  /** Bytes at its start that are stored but not part of the datum, nor compressed. Default 0. */
  readonly lead?: number | undefined;
}

export interface MadeShard {
  /** `<hex>.shard`. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * The shard file of some labels, all of which belong to it. Needs twice its size of memory. Source: CloudVolume
 * `synthesize_shard`. @throws ArgumentError for labels of several shards, a label twice, or none at all.
 */
export async function makeShard(spec: ShardingSpec, data: Iterable<Datum>): Promise<MadeShard> {
  const encoded: { label: bigint; length: number; lead?: number | undefined; bytes: Uint8Array }[] = [];
  for (const datum of data) encoded.push(await encodeDatum(spec, datum));
  const { file, head, data: ordered, tail, size } = await planShard(spec, encoded);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of [head, ...ordered.map((d) => d.bytes), ...tail]) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { file, bytes };
}

/** A datum as it lies in the file. */
export async function encodeDatum(
  spec: ShardingSpec,
  { label, bytes, lead = 0 }: Datum,
): Promise<{ label: bigint; length: number; lead: number; bytes: Uint8Array }> {
  if (spec.dataEncoding === "raw") return { label, length: bytes.length, lead, bytes };
  const packed = await compress("gzip", bytes.subarray(lead));
  if (lead === 0) return { label, length: packed.length, lead, bytes: packed };
  const all = new Uint8Array(lead + packed.length);
  all.set(bytes.subarray(0, lead));
  all.set(packed, lead);
  return { label, length: all.length, lead, bytes: all };
}
