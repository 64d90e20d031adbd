/** Which skeletons there are. */
import { type Abortable, throwIfAborted } from "../../base/abort.js";
import { SpatialIndexGapError, SpecViolation, UnsupportedProtocolError } from "../../base/errors.js";
import { type JsonValue, literalOf, parseJson } from "../../base/json.js";
import { toSegmentId } from "../../base/segment-ids.js";
import { decompress } from "../../compression/index.js";
import { LabelList } from "../../formats/precomputed/spatial-index/label-list.js";
import type { SpatialIndex } from "../../formats/precomputed/spatial-index/spatial-index.js";
import type { ShardedStore } from "../../shards/neuroglancer-uint64/index.js";
import { Limiter } from "../../stores/limit.js";
import { keyOf, type SkeletonHost } from "./host.js";

const MOST_REQUESTS = 64;
const LABELS_LIMIT = 2 ** 28;

/**
 * The labels, ascending: by the spatial index if there is one and it is complete, else by `*.labels` files and the
 * indices of shards, or the names of files. @throws UnsupportedProtocolError where the storage cannot list.
 */
export async function listSkeletons(
  host: SkeletonHost,
  index: SpatialIndex | undefined,
  shards: ShardedStore | undefined,
  { signal }: Abortable,
): Promise<bigint[]> {
  if (index !== undefined) {
    try {
      return Array.from(await index.labels({ signal }));
    } catch (error) {
      if (!(error instanceof SpatialIndexGapError) || host.store.list === undefined) throw error;
    }
  }
  const found = new LabelList();
  const names = await namesIn(host, signal);
  if (shards === undefined) {
    for (const name of names) {
      if (/^\d{1,20}$/.test(name) && BigInt(name) < 2n ** 64n) found.push(BigInt(name));
    }
    return Array.from(found.sorted());
  }
  const lists = names.filter((name) => name.endsWith(".labels"));
  if (lists.length === 0) for await (const label of shards.list({ signal })) found.push(label);
  else for (const name of lists) for (const label of await labelsFile(host, name, signal)) found.push(label);
  return Array.from(found.sorted());
}

async function namesIn(host: SkeletonHost, signal: AbortSignal | undefined): Promise<string[]> {
  const prefix = keyOf(host, "");
  const { list } = host.store;
  if (list === undefined)
    throw new UnsupportedProtocolError("This storage cannot list files", { where: host.store.url(prefix) });
  const names: string[] = [];
  for await (const key of list(prefix, { signal })) {
    const name = key.slice(prefix.length);
    if (!name.includes("/")) names.push(name);
  }
  throwIfAborted(signal);
  return names;
}

/** A JSON list of labels, as numbers or as strings. */
async function labelsFile(
  host: SkeletonHost,
  name: string,
  signal: AbortSignal | undefined,
): Promise<bigint[]> {
  const key = keyOf(host, name);
  const where = host.store.url(key);
  const stored = await host.store.read(key, { signal });
  if (stored === undefined) return [];
  const bytes = await decompress(stored.compression, stored.bytes, { limit: LABELS_LIMIT, where, signal });
  const json = parseJson(bytes, { where, maxBytes: LABELS_LIMIT, error: SpecViolation });
  if (!Array.isArray(json)) throw notLabels(where, json);
  return json.map((value, i) => {
    const digits = typeof value === "number" ? (literalOf(json, i, value) ?? String(value)) : value;
    if (typeof digits !== "string" || !/^\d{1,20}$/.test(digits)) throw notLabels(where, value);
    return toSegmentId(digits);
  });
}

function notLabels(where: string, got: JsonValue): SpecViolation {
  return new SpecViolation("Not a list of labels", {
    where,
    expected: "a JSON array of whole numbers",
    got: String(got),
  });
}

/** The key of the file that each skeleton is in. Costs a request for each (shards: fewer). */
export async function skeletonsExist(
  host: SkeletonHost,
  shards: ShardedStore | undefined,
  labels: readonly bigint[],
  { signal }: Abortable,
): Promise<Map<bigint, string | undefined>> {
  const limiter = new Limiter(MOST_REQUESTS);
  const look = async (label: bigint): Promise<string | undefined> => {
    if (shards !== undefined) return (await shards.locate(label, { signal }))?.key;
    const key = keyOf(host, String(label));
    return (await host.store.stat(key, { signal })) === undefined ? undefined : key;
  };
  const keys = await Promise.all(labels.map((label) => limiter.run(() => look(label), signal)));
  return new Map(labels.map((label, i) => [label, keys[i]]));
}
