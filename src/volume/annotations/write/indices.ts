/** What each of the three indices holds, out of the annotations that were put aside. */
import { ExternalSort, type SortedRecord } from "../../../base/external-sort.js";
import { cellOfCode } from "../../../formats/precomputed/annotations/cells.js";
import type { AnnotationLevel } from "../../../formats/precomputed/annotations/info.js";
import type { RecordLayout } from "../../../formats/precomputed/annotations/layout.js";
import type { LevelPlanner } from "../../../formats/precomputed/annotations/levels.js";
import {
  joinRecords,
  recordLength,
  relatedIds,
  withId,
} from "../../../formats/precomputed/annotations/records.js";
import { placeOfLabel, type ShardingSpec } from "../../../shards/neuroglancer-uint64/index.js";
import { type IndexDatum, type IndexTarget, writeIndex } from "./index-writer.js";
import type { WriteContext } from "./options.js";
import type { Staged } from "./stage.js";

/** Every annotation by its id, shard by shard. */
export async function* byId(
  staged: Staged,
  sharding: ShardingSpec | undefined,
  context: WriteContext,
): AsyncGenerator<IndexDatum> {
  const sort = new ExternalSort(context.memory, context.spool);
  try {
    for await (const { low, high, bytes } of staged.records(context.signal)) {
      const full = sort.add([shardOf(sharding, idOf(low, high)), 0, high, low], bytes);
      if (full !== undefined) await full;
    }
    for await (const record of sort.sorted()) {
      const label = idOf(record.word(3), record.word(2));
      yield { name: String(label), label, bytes: record.bytes.slice() };
    }
  } finally {
    await sort.close();
  }
}

/** For each object that annotations are related to, those. `onList` is told how many each list holds. */
export async function* byObject(
  staged: Staged,
  layout: RecordLayout,
  relationship: number,
  sharding: ShardingSpec | undefined,
  context: WriteContext,
  onList: (count: number) => void,
): AsyncGenerator<IndexDatum> {
  const sort = new ExternalSort(context.memory, context.spool);
  try {
    for await (const { low, high, bytes } of staged.records(context.signal)) {
      const objects = relatedIds(layout, bytes, relationship);
      if (objects.length === 0) continue;
      const piece = withId(low, high, bytes.subarray(0, recordLength(layout, bytes)));
      for (const object of objects) {
        const [shard, top, rest] = [shardOf(sharding, object), object >> 32n, object & 0xffffffffn];
        const full = sort.add([shard, 0, Number(top), Number(rest)], piece);
        if (full !== undefined) await full;
      }
    }
    for await (const { key, pieces } of groups(sort)) {
      const label = idOf(key[3], key[2]);
      onList(pieces.length);
      yield { name: String(label), label, bytes: joinRecords(pieces) };
    }
  } finally {
    await sort.close();
  }
}

/** The entries of all levels of the spatial index, and how many they are. */
export interface PlacedEntries {
  readonly sort: ExternalSort;
  readonly count: number;
}

/** Gives every annotation its level and cells. @throws EncodingError for an id that comes twice. */
export async function placeAll(
  staged: Staged,
  layout: RecordLayout,
  planner: LevelPlanner,
  context: WriteContext,
): Promise<PlacedEntries> {
  const sort = new ExternalSort(context.memory, context.spool);
  try {
    for await (const record of staged.records(context.signal)) {
      const { low, high, bytes } = record;
      const { level, codes } = planner.place(staged.decode(record).geometry);
      const piece = withId(low, high, bytes.subarray(0, recordLength(layout, bytes)));
      for (const code of codes) {
        const full = sort.add([level, Math.floor(code / 2 ** 32), code >>> 0, 0], piece);
        if (full !== undefined) await full;
      }
    }
    return { sort, count: sort.count };
  } catch (error) {
    await sort.close();
    throw error;
  }
}

/** Writes the cells of all levels. @returns the levels with their limits: the most that a cell holds. */
export async function writeCells(
  target: IndexTarget,
  levels: readonly AnnotationLevel[],
  { sort }: PlacedEntries,
  onDone: (entries: number) => void,
): Promise<AnnotationLevel[]> {
  const all = groups(sort);
  let next = await all.next();
  const written: AnnotationLevel[] = [];
  try {
    for (const [i, level] of levels.entries()) {
      let limit = 1;
      const ofLevel = async function* (): AsyncGenerator<IndexDatum> {
        for (; next.done !== true && next.value.key[0] === i; next = await all.next()) {
          const { key, pieces } = next.value;
          limit = Math.max(limit, pieces.length);
          onDone(pieces.length);
          const code = idOf(key[2], key[1]);
          const name = (cellOfCode(code, level) ?? []).join("_");
          yield { name, label: code, bytes: joinRecords(pieces) };
        }
      };
      await writeIndex(target, level, ofLevel());
      written.push({ ...level, limit });
    }
    return written;
  } finally {
    await all.return(undefined);
  }
}

type Key = readonly [number, number, number, number];

/** Records of equal keys together, in their order. */
async function* groups(
  sort: ExternalSort,
): AsyncGenerator<{ readonly key: Key; readonly pieces: Uint8Array[] }, undefined, undefined> {
  let key: Key | undefined;
  let pieces: Uint8Array[] = [];
  for await (const record of sort.sorted()) {
    if (key === undefined || !hasKey(record, key)) {
      if (key !== undefined) yield { key, pieces };
      key = [record.word(0), record.word(1), record.word(2), record.word(3)];
      pieces = [];
    }
    pieces.push(record.bytes.slice());
  }
  if (key !== undefined) yield { key, pieces };
  return undefined;
}

function hasKey(record: SortedRecord, key: Key): boolean {
  return key.every((word, i) => record.word(i) === word);
}

function shardOf(sharding: ShardingSpec | undefined, label: bigint): number {
  return sharding === undefined ? 0 : Number.parseInt(placeOfLabel(sharding, label).file, 16);
}

function idOf(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}
