/** The shard files of a level: their indices, and whether labels are where readers look for them. */
import { AbortError, CloudVolumeError } from "../../base/errors.js";
import { decompress } from "../../compression/index.js";
import { parseMinishardIndex } from "../../shards/neuroglancer-uint64/minishard-index.js";
import { isShardFile, placeOfLabel } from "../../shards/neuroglancer-uint64/place.js";
import {
  BLOCK_ENTRIES,
  checkStored,
  indexBlock,
  minishardSpan,
  type Span,
} from "../../shards/neuroglancer-uint64/shard-index.js";
import type { ShardingSpec } from "../../shards/neuroglancer-uint64/spec.js";
import type { Store, Stored } from "../../stores/store.js";
import { type Report, readFault } from "./fault.js";

export interface ShardCheck {
  readonly folder: string;
  readonly spec: ShardingSpec;
  /** Whether a label can be there. */
  readonly belongs: (label: bigint) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Most bytes of a minishard index. */
const INDEX_LIMIT = 128 << 20;

/** Checks every shard file of a folder. Holds one minishard index at a time. @returns the number of files. */
export async function verifyShards(store: Store, check: ShardCheck, report: Report): Promise<number> {
  if (store.list === undefined) return 0;
  let files = 0;
  for await (const key of store.list(`${check.folder}/`, { signal: check.signal })) {
    if (!isShardFile(check.spec, key.slice(check.folder.length + 1))) continue;
    files++;
    try {
      await verifyShard(store, key, check, report);
    } catch (error) {
      if (error instanceof AbortError || !(error instanceof CloudVolumeError)) throw error;
      report(readFault(key, error));
    }
  }
  return files;
}

async function verifyShard(store: Store, key: string, check: ShardCheck, report: Report): Promise<void> {
  const { spec, signal } = check;
  const where = store.url(key);
  const count = 2 ** spec.minishardBits;
  for (let first = 0; first < count; first += BLOCK_ENTRIES) {
    const { range } = indexBlock(spec, first, where);
    const index = await readPart(store, key, range, "its shard index", signal);
    for (let minishard = first; minishard < Math.min(count, first + BLOCK_ENTRIES); minishard++) {
      const span = minishardSpan(spec, index.bytes, minishard, index.totalSize, where);
      if (span !== undefined) await verifyMinishard(store, key, minishard, span, check, report);
    }
  }
}

async function verifyMinishard(
  store: Store,
  key: string,
  minishard: number,
  span: Span,
  { spec, belongs, signal }: ShardCheck,
  report: Report,
): Promise<void> {
  const where = store.url(key);
  try {
    if (span.length > INDEX_LIMIT)
      return report({
        key,
        kind: "minishard-index",
        detail: `The index of minishard ${minishard} has ${span.length} bytes`,
      });
    const { bytes, totalSize } = await readPart(
      store,
      key,
      span,
      `the index of minishard ${minishard}`,
      signal,
    );
    const limits = { limit: INDEX_LIMIT, where };
    const index = await decompress(spec.minishardIndexEncoding === "gzip" ? "gzip" : "none", bytes, limits);
    const { labels } = parseMinishardIndex(spec, index, totalSize, where);
    const file = key.slice(key.lastIndexOf("/") + 1);
    labels.forEach((label, i) => {
      const place = placeOfLabel(spec, label);
      if (place.file !== file || place.minishard !== minishard) {
        const detail = `Label ${label} belongs into minishard ${place.minishard} of ${place.file}, and is in ${minishard} of ${file}`;
        report({ key, kind: "misplaced-label", detail });
      } else if (!belongs(label))
        report({ key, kind: "stray-label", detail: `Label ${label} is no chunk of this level` });
      else if (i > 0 && labels[i - 1] === label)
        report({ key, kind: "stray-label", detail: `Label ${label} is there twice` });
    });
  } catch (error) {
    if (error instanceof AbortError || !(error instanceof CloudVolumeError)) throw error;
    const { kind, detail } = readFault(key, error);
    const isIndex = kind === "unreadable" || kind === "shard-index" || kind === "truncated";
    report({ key, kind: isIndex ? "minishard-index" : kind, detail: `${detail} (minishard ${minishard})` });
  }
}

async function readPart(
  store: Store,
  key: string,
  range: Span,
  what: string,
  signal: AbortSignal | undefined,
): Promise<Stored> {
  const stored = await store.read(key, { range, signal });
  if (stored === undefined) return { bytes: new Uint8Array(0), compression: "none" };
  checkStored(stored, range, what, store.url(key));
  return stored;
}
