/** What reading or writing a box would do, without doing it. */
import type { Box6 } from "../base/bbox.js";
import { type ChunkRead, planRead, planWrite } from "../grid/plan.js";
import { groupSpans } from "../shards/neuroglancer-uint64/gather-ranges.js";
import { placeOfLabel, shardedStore } from "../shards/neuroglancer-uint64/index.js";
import type { VolumeContext } from "./context.js";
import { boxSize, type ScaleLayout, voxelBytes } from "./layout.js";
import { SLAB_BYTES } from "./read-slabs.js";
import { labelOfChunk } from "./sharded-chunks.js";

export interface ExplainedChunk {
  /** `<scale key>/x0-x1_y0-y1_z0-z1`. */
  readonly chunk: string;
  /** The object that holds it: its own, or a shard. */
  readonly object: string;
  /** Bytes of the object that are read; undefined: all of it, or none that is there. */
  readonly range?: { readonly offset: number; readonly length: number } | undefined;
  /** Reading: bytes as stored, undefined if it is not there. Writing: bytes of its voxels, before they are encoded. */
  readonly bytes: number | undefined;
  /** `update`: it is cut by the box, so that it is read, changed and written. */
  readonly action: "read" | "write" | "update";
}

/** A dry run. */
export interface BoxExplanation {
  readonly operation: "download" | "upload";
  /** Numbers of chunks, of shard files, and of requests to the storage (of a cold start: no index is known). */
  readonly chunks: number;
  readonly shards: number;
  readonly requests: number;
  /** Reading: bytes fetched, without indices. Writing: bytes of voxels, before they are encoded. */
  readonly bytes: number;
  /** About how many bytes of memory it takes: the result, and what is in work at a time. The caller's array is not counted. */
  readonly memory: number;
  /** Chunks to read that are not stored. */
  readonly missing: number;
  readonly items: readonly ExplainedChunk[];
}

export interface ExplainRequest {
  readonly layout: ScaleLayout;
  readonly box: Box6;
  /** Threads. */
  readonly parallel: number;
  readonly signal?: AbortSignal | undefined;
}

const IN_FLIGHT = 32;
/** As the reader of shards gathers its requests. */
const GATHER = { gap: 64 << 10, most: 16 << 20 };

/** What a read would fetch. Asks for the size of every chunk, or for the indices of shards; no chunk is read. */
export async function explainDownload(
  context: VolumeContext,
  request: ExplainRequest,
): Promise<BoxExplanation> {
  const { layout, box } = request;
  const plan = planRead(layout.grid, box);
  const locate = locator(context, layout);
  const items = await inLanes(plan.length, async (i) => {
    const chunk = `${layout.key}/${plan.at(i).key}`;
    return { chunk, action: "read" as const, ...(await locate(chunk, request.signal)) };
  });
  const stored = items.filter((item) => item.bytes !== undefined);
  return {
    operation: "download",
    chunks: items.length,
    shards: layout.sharding === undefined ? 0 : new Set(items.map((item) => item.object)).size,
    requests: layout.sharding === undefined ? items.length : shardRequests(layout, items),
    bytes: stored.reduce((sum, item) => sum + (item.bytes ?? 0), 0),
    memory: voxelBytes(layout, boxSize(box)) + inWork(request, plan.length),
    missing: items.length - stored.length,
    items,
  };
}

/** What a write would store. Asks the storage for nothing. `blank`: cut chunks are made anew instead of read. */
export function explainUpload(request: ExplainRequest, blank: boolean): BoxExplanation {
  const { layout, box } = request;
  const { core, shell } = planWrite(layout.grid, box);
  const item = ({ key, shape }: ChunkRead, action: "write" | "update"): ExplainedChunk => {
    const chunk = `${layout.key}/${key}`;
    return { chunk, object: objectOf(layout, chunk), bytes: voxelBytes(layout, shape), action };
  };
  const items = [
    ...(core === undefined ? [] : Array.from(planRead(layout.grid, core), (chunk) => item(chunk, "write"))),
    ...Array.from(shell, (chunk) => item(chunk, "update")),
  ];
  const bytes = items.reduce((sum, each) => sum + (each.bytes ?? 0), 0);
  const shards = layout.sharding === undefined ? 0 : new Set(items.map((each) => each.object)).size;
  const reads = blank ? 0 : shell.length;
  return {
    operation: "upload",
    chunks: items.length,
    shards,
    // A shard is read, merged with what is new, and written as a whole.
    requests: shards > 0 ? 2 * shards + reads : items.length + reads,
    bytes,
    memory: Math.min(bytes, 2 * SLAB_BYTES) + inWork(request, items.length),
    missing: 0,
    items,
  };
}

type Place = Pick<ExplainedChunk, "object" | "range" | "bytes">;

function locator(
  { store }: VolumeContext,
  layout: ScaleLayout,
): (chunk: string, signal: AbortSignal | undefined) => Promise<Place> {
  const { sharding } = layout;
  if (sharding === undefined)
    return async (chunk, signal) => {
      const found = await store.stat(chunk, { signal });
      return { object: chunk, bytes: found && (found.size ?? 0) };
    };
  const shards = shardedStore(store, layout.key, sharding);
  return async (chunk, signal) => {
    const label = labelOfChunk(layout, chunk);
    const found = label === undefined ? undefined : await shards.locate(label, { signal });
    if (found === undefined) return { object: objectOf(layout, chunk), bytes: undefined };
    const { key, offset, length } = found;
    return { object: key, range: { offset, length }, bytes: length };
  };
}

function objectOf(layout: ScaleLayout, chunk: string): string {
  const { sharding } = layout;
  const label = sharding === undefined ? undefined : labelOfChunk(layout, chunk);
  if (sharding === undefined || label === undefined) return chunk;
  return `${layout.key}/${placeOfLabel(sharding, label).file}`;
}

/** A shard index for each file, an index for each minishard, and the ranges of data, joined where they are near. */
function shardRequests(layout: ScaleLayout, items: readonly ExplainedChunk[]): number {
  const { sharding } = layout;
  if (sharding === undefined) return 0;
  const minishards = new Set<string>();
  const spans = new Map<string, { span: { offset: number; length: number } }[]>();
  for (const { chunk, object, range } of items) {
    const label = labelOfChunk(layout, chunk);
    const list = spans.get(object) ?? [];
    spans.set(object, list);
    if (range === undefined || label === undefined) continue;
    minishards.add(`${object} ${placeOfLabel(sharding, label).minishard}`);
    list.push({ span: range });
  }
  let requests = spans.size + minishards.size;
  for (const list of spans.values()) {
    list.sort((a, b) => a.span.offset - b.span.offset);
    requests += groupSpans(list, GATHER).length;
  }
  return requests;
}

/** Each thread holds a stored chunk and its voxels. */
function inWork({ layout, parallel }: ExplainRequest, chunks: number): number {
  return 2 * voxelBytes(layout, layout.grid.chunk) * Math.min(parallel, chunks);
}

async function inLanes<T>(length: number, run: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < length; i = next++) results[i] = await run(i);
  };
  await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, length) }, lane));
  return results;
}
