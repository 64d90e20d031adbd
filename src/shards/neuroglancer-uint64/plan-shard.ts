/**
 * Where everything of a shard file goes: its index, the data, the indices of its minishards. Pure: sizes in, bytes of the
 * indices and the order of the data out, so that data of any size are copied through piece by piece.
 */
import { ArgumentError } from "../../base/errors.js";
import { compress } from "../../compression/index.js";
import { placeOfLabel } from "./place.js";
import { type ShardingSpec, shardIndexLength } from "./spec.js";

/** A datum to store, as long as it will be in the file (compressed, if the specification says so). */
export interface PlannedDatum {
  readonly label: bigint;
  readonly length: number;
  /** Bytes at its start that are stored but not part of the datum, e.g. the fragments before a mesh's manifest. Default 0. */
  readonly lead?: number | undefined;
}

export interface ShardPlan<T extends PlannedDatum> {
  readonly file: string;
  /** The index at the start of the file. */
  readonly head: Uint8Array;
  /** The data, in the order of the file. */
  readonly data: readonly T[];
  /** The indices of the minishards. */
  readonly tail: readonly Uint8Array[];
  /** Bytes of the whole file. */
  readonly size: number;
}

/** A shard index is made whole in memory. */
const MOST_MINISHARD_BITS = 24;

/**
 * Plans one shard file. Labels ascend within a minishard; minishards come in the order in which `data` names them, as in
 * CloudVolume, so that raw shards have the same bytes.
 * @throws ArgumentError for labels of several shards, a label twice, or none at all.
 */
export async function planShard<T extends PlannedDatum>(
  spec: ShardingSpec,
  data: Iterable<T>,
): Promise<ShardPlan<T>> {
  if (spec.minishardBits > MOST_MINISHARD_BITS) {
    throw new ArgumentError("Too many minishards to write", {
      where: "minishard_bits",
      expected: `at most ${MOST_MINISHARD_BITS}`,
      got: String(spec.minishardBits),
    });
  }
  const { file, groups } = grouped(spec, data);
  const length = shardIndexLength(spec);
  const head = new Uint8Array(length);
  const view = new DataView(head.buffer);
  const ordered: T[] = [];
  const tail: Uint8Array[] = [];
  const raw: [number, Uint8Array][] = [];
  let end = 0;
  for (const [minishard, members] of groups) {
    raw.push([minishard, minishardIndex(members, end)]);
    for (const member of members) {
      ordered.push(member);
      end += member.length;
    }
  }
  for (const [minishard, index] of raw) {
    const stored =
      spec.minishardIndexEncoding === "gzip" ? await compress("gzip", index, { level: 9 }) : index;
    tail.push(stored);
    view.setBigUint64(minishard * 16, BigInt(end), true);
    end += stored.length;
    view.setBigUint64(minishard * 16 + 8, BigInt(end), true);
  }
  return { file, head, data: ordered, tail, size: length + end };
}

/** Data by minishard, sorted by label. */
function grouped<T extends PlannedDatum>(
  spec: ShardingSpec,
  data: Iterable<T>,
): { file: string; groups: Map<number, T[]> } {
  const groups = new Map<number, T[]>();
  let file: string | undefined;
  for (const datum of data) {
    const place = placeOfLabel(spec, datum.label);
    file ??= place.file;
    if (file !== place.file) {
      throw new ArgumentError("The labels belong to several shards", {
        expected: `all in ${file}`,
        got: `label ${datum.label} in ${place.file}`,
      });
    }
    const group = groups.get(place.minishard);
    if (group === undefined) groups.set(place.minishard, [datum]);
    else group.push(datum);
  }
  if (file === undefined)
    throw new ArgumentError("A shard without any label has no file", { expected: "labels" });
  for (const group of groups.values()) {
    group.sort((a, b) => (a.label < b.label ? -1 : Number(a.label > b.label)));
    const twice = group.find(({ label }, i) => i > 0 && group[i - 1]!.label === label);
    if (twice !== undefined) throw new ArgumentError("A label is given twice", { got: String(twice.label) });
  }
  return { file, groups };
}

/** Labels, offsets and sizes, as three rows of differences. @param start where the first datum begins, after the shard index. */
function minishardIndex(members: readonly PlannedDatum[], start: number): Uint8Array {
  const n = members.length;
  const words = new BigUint64Array(3 * n);
  let label = 0n;
  members.forEach((member, i) => {
    const lead = member.lead ?? 0;
    words[i] = member.label - label;
    words[n + i] = BigInt((i === 0 ? start : 0) + lead);
    words[2 * n + i] = BigInt(member.length - lead);
    label = member.label;
  });
  return new Uint8Array(words.buffer);
}
