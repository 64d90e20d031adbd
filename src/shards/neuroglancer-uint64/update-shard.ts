/** Changing some data of a shard file, without losing what other writers change meanwhile. */
import type { Abortable } from "../../base/abort.js";
import { ConflictError, StorageError } from "../../base/errors.js";
import { gather } from "../../stores/pieces.js";
import type { Store, WriteOptions } from "../../stores/store.js";
import { updateExclusively } from "../update-exclusively.js";
import { contentOf, type MinishardContent } from "./list.js";
import type { Surroundings } from "./locate.js";
import { PartReader, type Version, versionOf } from "./part.js";
import { planShard, type ShardPlan } from "./plan-shard.js";
import { checkStored } from "./shard-index.js";
import { type Origin, type ShardItem, sourceOf } from "./shard-items.js";
import { type ShardingSpec, shardIndexLength } from "./spec.js";
import { withWholeFile } from "./whole-file.js";

/** What becomes of labels: new data, as they will lie in the file, or `undefined`: there is none any more. */
export type ShardChanges = ReadonlyMap<bigint, ShardItem | undefined>;

export interface UpdateOptions extends Abortable, Pick<WriteOptions, "cacheControl" | "unsafe"> {
  /** The changes say everything that the shard is to hold: what it holds now is not read, and goes. Default false. */
  readonly replace?: boolean | undefined;
  /** Bytes that stand before a datum stay with it, as the fragments of multi-resolution meshes do. Default false. */
  readonly keepLeads?: boolean | undefined;
}

/** Files of up to this size are written in one call. */
const IN_MEMORY = 32 << 20;

/**
 * Writes a shard file with some labels changed. Data that stay are copied as they are, through 8 MiB of memory. The
 * file is replaced as a whole: readers see the old or the new one. Other writers by this function, in any process, lose
 * nothing: they are kept waiting where storage has locks (files), and elsewhere the write is conditional and done again.
 * A shard that holds nothing any more is removed if `replace` says so, else left as an index without entries.
 * @throws ConflictError after 24 attempts, WriteLockAcquisitionError, StorageError, SpecViolation for a damaged shard.
 */
export async function updateShard(
  store: Store,
  folder: string,
  spec: ShardingSpec,
  file: string,
  changes: ShardChanges,
  options: UpdateOptions = {},
): Promise<void> {
  const key = folder + file;
  if (store.write === undefined)
    throw new StorageError("This storage is read-only", { where: store.url(key) });
  await updateExclusively(
    store,
    key,
    () => writeChanged(store, key, folder, spec, changes, options),
    options,
  );
}

async function writeChanged(
  store: Store,
  key: string,
  folder: string,
  spec: ShardingSpec,
  changes: ShardChanges,
  options: UpdateOptions,
): Promise<void> {
  const { signal, replace = false, cacheControl, unsafe } = options;
  const old = replace
    ? { items: [], version: undefined }
    : await itemsOf(await withWholeFile(store, key, IN_MEMORY, signal), folder, spec, key, options);
  const items = merged(old.items, changes);
  const write = {
    signal,
    cacheControl,
    unsafe,
    contentType: "application/octet-stream",
    ifVersion: old.version,
  };
  if (items.length > 0) return await writePlan(store, key, await planShard(spec, items), write);
  if (replace) return await store.remove?.(key, { signal });
  if (old.version === null) return;
  await store.write?.(key, new Uint8Array(shardIndexLength(spec)), write);
}

/** The items of a shard with changes, in the order of the file; new labels come last. */
function merged(old: readonly ShardItem[], changes: ShardChanges): ShardItem[] {
  const items = old.flatMap((item) => {
    if (!changes.has(item.label)) return [item];
    const changed = changes.get(item.label);
    return changed === undefined ? [] : [changed];
  });
  const known = new Set(old.map(({ label }) => label));
  for (const [label, item] of changes) if (item !== undefined && !known.has(label)) items.push(item);
  return items;
}

/** Writes a planned file: in one call if it is small, else piece by piece where the storage takes that. */
export async function writePlan(
  store: Store,
  key: string,
  plan: ShardPlan<ShardItem>,
  options: WriteOptions,
): Promise<void> {
  const source = sourceOf(plan);
  if (store.writeFrom !== undefined && plan.size > IN_MEMORY)
    return await store.writeFrom(key, source, options);
  await store.write?.(key, await gather(source, store.url(key), options.signal), options);
}

/** Minishards whose indices are read at a time. */
const AT_ONCE = 256;

/** What a shard file holds now. Nothing of it is taken from a cache. */
async function itemsOf(
  store: Store,
  folder: string,
  spec: ShardingSpec,
  key: string,
  { signal, keepLeads = false }: UpdateOptions,
): Promise<{ items: ShardItem[]; version: Version | undefined }> {
  const stat = await store.stat(key, { signal });
  if (stat === undefined) return { items: [], version: null };
  const around: Surroundings = {
    spec,
    reader: new PartReader(store, 256 << 20),
    keyOf: (file) => folder + file,
    url: store.url,
    freshness: 0,
    indexLimit: 128 << 20,
  };
  const version = versionOf(stat, stat.size);
  const from = fileOrigin(store, key, version, signal);
  const found: MinishardContent[] = [];
  const count = 2 ** spec.minishardBits;
  for (let first = 0; first < count; first += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => first + i);
    found.push(...(await Promise.all(some.map((m) => around.reader.run(contentOf(around, key, m), signal)))));
  }
  if (found.some((f) => f.version !== version)) throw replaced(store.url(key));
  const sorted = found.flatMap((f) => f.entries).sort((a, b) => a.offset - b.offset);
  const indices = found.flatMap(({ span }) => span ?? []);
  const ends = [...sorted, ...indices].map(({ offset, length }) => offset + length).sort((a, b) => a - b);
  return {
    version,
    items: sorted.map(({ label, offset, length }) => {
      const lead = keepLeads ? offset - lastAtMost(ends, offset, shardIndexLength(spec)) : 0;
      return { label, length: lead + length, lead, origin: { from, offset: offset - lead } };
    }),
  };
}

/** The last of ascending numbers that is at most `value`. */
function lastAtMost(ascending: readonly number[], value: number, none: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? none : Math.max(none, ascending[low - 1]!);
}

function fileOrigin(store: Store, key: string, version: Version, signal: AbortSignal | undefined): Origin {
  return {
    async read(offset, length) {
      const range = { offset, length };
      const stored = await store.read(key, { range, signal });
      if (stored === undefined || versionOf(stored, stored.totalSize) !== version)
        throw replaced(store.url(key));
      checkStored(stored, range, "its data", store.url(key));
      return stored.bytes;
    },
  };
}

function replaced(where: string): ConflictError {
  return new ConflictError("A shard file was replaced while it was read", {
    where,
    fix: "Read it again, apply the change to what is there, and write that.",
  });
}
