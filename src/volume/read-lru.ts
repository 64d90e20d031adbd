/** Reads through the memory LRU, on the calling thread: held chunks need no request, decoded ones no decoding either. */
import { AbortGroup, throwIfAborted } from "../base/abort.js";
import { arrayType, bytesPerVoxel, type TypedArray, toVoxel } from "../base/dtype.js";
import type { Placement } from "../base/placement.js";
import { copyRows, fortranStride, type Vec3 } from "../base/strided.js";
import type { Region, Workspace } from "../base/workspace.js";
import type { Span } from "../cache/memory/arena.js";
import type { ChunkLru, HeldChunk, Moment } from "../cache/memory/chunk-lru.js";
import type { ChunkSpec, Codec } from "../codecs/codec.js";
import { packPalette, palette, unpackPalette } from "../codecs/palette/index.js";
import type { ChunkRead, ReadPlan } from "../grid/plan.js";
import { dropsCopy } from "../stores/distrust.js";
import type { ChunkContext } from "./chunk-store.js";
import {
  atChunk,
  type DecodeTarget,
  fillMissingChunk,
  firstThatWorks,
  placementOf,
  type StoredChunk,
  unpackChunk,
} from "./decode.js";
import { boxSize, chunkSpec, denseByteStride, type ScaleLayout, storedShapes, voxelBytes } from "./layout.js";
import { isAllHeld, readHeld } from "./read-held.js";
import {
  copyOut,
  fillArray,
  newResult,
  type ReadRequest,
  type ReadResult,
  reachesOutside,
} from "./read-request.js";
import { readStored, readWholeSync } from "./stored.js";

interface Reading {
  readonly context: ChunkContext;
  readonly request: ReadRequest;
  readonly lru: ChunkLru;
  readonly since: Moment;
  /** Codecs by encoding, ready for use. */
  readonly codecs: ReadonlyMap<string, Codec>;
}

type Fetched = ReadonlyMap<string, StoredChunk | undefined>;

/** Chunks of a read that were looked up in vain twice: held ones that others pushed out meanwhile. */
const ATTEMPTS = 3;

/** @throws as `readBox`. Costs: a request for each chunk that is not held; none of the requests waits for another. */
export async function readThroughLru(
  context: ChunkContext,
  request: ReadRequest,
  plan: ReadPlan,
  lru: ChunkLru,
): Promise<ReadResult> {
  const { layout, asyncIo, signal } = request;
  const chunks = Array.from({ length: plan.length }, (_, i) => plan.at(i));
  const since = lru.since;
  const codecs = new Map<string, Codec>();
  const fetched = new Map<string, StoredChunk | undefined>();
  for (let attempt = 0; ; attempt++) {
    await loadCodecs(context, layout, lru, chunks, codecs);
    const reading: Reading = { context, request, lru, since, codecs };
    const sync = context.chunks.readSync !== undefined && asyncIo !== true && attempt === 0;
    if (!sync) await fetchMissing(reading, chunks, fetched);
    throwIfAborted(signal);
    // From here on nothing waits, so that the LRU's memory belongs to this read alone.
    const result = readNow(reading, chunks, sync ? undefined : fetched, attempt < ATTEMPTS);
    if (result !== undefined) return result;
  }
}

export function keyOf(layout: ScaleLayout, chunk: ChunkRead): string {
  return `${layout.key}/${chunk.key}`;
}

export async function loadCodecs(
  { runtime }: ChunkContext,
  layout: ScaleLayout,
  lru: ChunkLru,
  chunks: readonly ChunkRead[],
  codecs: Map<string, Codec>,
): Promise<void> {
  const load = async (name: string, use: "encode" | "decode"): Promise<void> => {
    if (!codecs.has(name)) codecs.set(name, await runtime.codec(name, use));
  };
  if (lru.encoding !== "same" && lru.encoding !== layout.encoding) await load(lru.encoding, "encode");
  await load(layout.encoding, "decode");
  await load("raw", "decode");
  for (const chunk of chunks) {
    const encoding = lru.encodingOf(keyOf(layout, chunk));
    if (encoding !== undefined && !codecs.has(encoding)) await load(encoding, "decode");
  }
}

/** What reads a held chunk; undefined if its codec is not loaded. */
export function codecOf(codecs: ReadonlyMap<string, Codec>, held: HeldChunk): Codec | undefined {
  return held.packed === undefined ? codecs.get(held.encoding) : palette;
}

/** Fetches what is neither held nor fetched yet. */
async function fetchMissing(
  { context, request, lru }: Reading,
  chunks: readonly ChunkRead[],
  fetched: Map<string, StoredChunk | undefined>,
): Promise<void> {
  const { layout } = request;
  const group = new AbortGroup(request.signal);
  const wanted = chunks.filter((c) => !lru.has(keyOf(layout, c)) && !fetched.has(keyOf(layout, c)));
  try {
    await Promise.all(
      wanted.map(async (chunk) => {
        const key = keyOf(layout, chunk);
        fetched.set(key, await group.run((signal) => readStored(context.chunks, key, signal)));
      }),
    );
    group.close();
  } catch (error) {
    group.abort(error);
    throw error;
  }
}

/** @returns undefined if a chunk must be fetched first: its compression is asynchronous, or it was pushed out. */
function readNow(
  reading: Reading,
  chunks: readonly ChunkRead[],
  fetched: Fetched | undefined,
  mayRetry: boolean,
): ReadResult | undefined {
  const { request, lru, codecs } = reading;
  const { layout, box, onProgress } = request;
  const { workspace } = lru.scratch;
  const parts = chunks.map((chunk) => {
    const held = lru.find(keyOf(layout, chunk));
    const codec = held && codecOf(codecs, held);
    return held && codec && { chunk, held, codec };
  });
  if (isAllHeld(layout, parts) && !reachesOutside(layout, box)) {
    const result = newResult(reading.context.runtime, request);
    readHeld(request, parts, parts[0]!.held.segment.workspace, result.data);
    onProgress?.({ done: chunks.length, total: chunks.length });
    return result;
  }
  const size = boxSize(box);
  const bytes = voxelBytes(layout, size);
  const { ptr } = workspace.scratch("cutout", bytes);
  const codec = codecs.get(layout.encoding) as Codec;
  const target: DecodeTarget = { workspace, codec, layout, ptr, stride: denseByteStride(layout, size) };
  const type = arrayType(layout.dtype);
  const data = (): TypedArray => new type(workspace.memory.buffer, ptr, bytes / type.BYTES_PER_ELEMENT);
  if (reachesOutside(layout, box)) fillArray(data(), toVoxel(request.background, layout.dtype));
  let done = 0;
  const report = (): void => onProgress?.({ done: ++done, total: chunks.length });
  // Held ones first: those that are added may push them out.
  const others: ChunkRead[] = [];
  for (const chunk of chunks) {
    const held = lru.find(keyOf(layout, chunk));
    const heldCodec = held && codecOf(codecs, held);
    if (held === undefined || heldCodec === undefined) others.push(chunk);
    else {
      placeHeld(heldCodec, target, chunk, held);
      report();
    }
  }
  for (const chunk of others) {
    if (!readOther(reading, target, chunk, fetched, mayRetry)) return undefined;
    report();
  }
  return copyOut(reading.context.runtime, data(), request);
}

/** A chunk that is not held. @returns false if it is to be fetched (again). */
function readOther(
  reading: Reading,
  target: DecodeTarget,
  chunk: ChunkRead,
  fetched: Fetched | undefined,
  mayRetry: boolean,
): boolean {
  const { context, request } = reading;
  const { chunks: store } = context;
  const key = keyOf(request.layout, chunk);
  if (fetched !== undefined && !fetched.has(key)) return false;
  const stored = fetched === undefined ? readWholeSync(store, key, target.workspace) : fetched.get(key);
  if (stored === "asynchronous") return false;
  if (stored === undefined) {
    const fill = request.fillMissing ? request.background : undefined;
    fillMissingChunk(target, chunk, fill, store.url(key));
    return true;
  }
  try {
    decodeAndKeep(reading, target, chunk, stored);
    return true;
  } catch (error) {
    if (!mayRetry || !dropsCopy(store, key, error)) throw error;
    (fetched as Map<string, unknown> | undefined)?.delete(key);
    return false;
  }
}

function decodeAndKeep(
  { context, request, lru, since, codecs }: Reading,
  target: DecodeTarget,
  chunk: ChunkRead,
  stored: StoredChunk,
): void {
  const { workspace, codec, layout } = target;
  const key = keyOf(request.layout, chunk);
  const where = context.chunks.url(key);
  atChunk(where, () => {
    const encoded = unpackChunk(workspace, layout, chunk, stored, where);
    const isKept = lru.isCurrent(key, since);
    if (lru.encoding === "same" || lru.encoding === layout.encoding || !isKept) {
      decodeAny(codec, workspace, encoded, layout, chunk, placementOf(target, chunk));
      if (isKept) keep(lru, key, layout.encoding, workspace, encoded, bytesPerVoxel(layout.dtype));
      return;
    }
    const dense = keepEncoded(lru, codecs, layout, workspace, chunk, encoded);
    const spec = chunkSpec(layout, chunk.shape);
    (codecs.get("raw") as Codec).decode(workspace, dense ?? encoded, spec, placementOf(target, chunk));
  });
}

/**
 * Keeps a chunk as the LRU wants it, of its encoded bytes.
 * @returns its voxels in the workspace, where they had to be decoded for that. @throws DecodingError.
 */
export function keepEncoded(
  lru: ChunkLru,
  codecs: ReadonlyMap<string, Codec>,
  layout: ScaleLayout,
  workspace: Workspace,
  chunk: ChunkRead,
  encoded: Region,
): Region | undefined {
  const key = keyOf(layout, chunk);
  const kept = lru.encoding === "same" ? layout.encoding : lru.encoding;
  if (kept === layout.encoding) {
    keep(lru, key, kept, workspace, encoded, bytesPerVoxel(layout.dtype));
    return undefined;
  }
  const spec = chunkSpec(layout, chunk.shape);
  const dense = workspace.scratch("lru dense", voxelBytes(layout, chunk.shape));
  const place = whole(layout, chunk.shape, dense);
  decodeAny(codecs.get(layout.encoding) as Codec, workspace, encoded, layout, chunk, place);
  if (kept === "raw") keep(lru, key, kept, workspace, dense, bytesPerVoxel(layout.dtype));
  else {
    const bytes = (codecs.get(kept) as Codec).encode(workspace, dense, withBlocks(spec));
    lru.set(key, { encoding: kept, bytes });
  }
  return dense;
}

/** Decodes a chunk that may be whole where the volume cuts it, as writers of shards store it. */
function decodeAny(
  codec: Codec,
  workspace: Workspace,
  encoded: Region,
  layout: ScaleLayout,
  chunk: ChunkRead,
  place: Placement,
): void {
  firstThatWorks(storedShapes(layout, chunk.shape), (shape) =>
    codec.decode(workspace, encoded, withBlocks(chunkSpec(layout, shape)), place),
  );
}

/** Encodings that need a block size get the usual one where the layer has none. */
function withBlocks(spec: ChunkSpec): ChunkSpec {
  return { ...spec, blockSize: spec.blockSize ?? [8, 8, 8] };
}

/** Keeps encoded bytes; raw voxels by a palette, where that is smaller. */
function keep(
  lru: ChunkLru,
  key: string,
  encoding: string,
  workspace: Workspace,
  whole: Region,
  voxel: number,
): void {
  const palette = encoding === "raw" ? packPalette(workspace, whole, voxel) : undefined;
  const bytes = palette ?? whole;
  const packed = palette && {
    length: whole.length,
    unpack: ({ segment, region }: Span) => unpackPalette(segment.workspace, region, voxel),
  };
  const held = lru.put(key, encoding, bytes.length, packed);
  if (held === undefined) return;
  const { ptr } = held.region;
  const from = workspace.bytes();
  if (held.segment.workspace === workspace) from.copyWithin(ptr, bytes.ptr, bytes.ptr + bytes.length);
  else held.segment.workspace.bytes().set(from.subarray(bytes.ptr, bytes.ptr + bytes.length), ptr);
}

/** The placement of a whole chunk in dense memory. */
function whole(layout: ScaleLayout, shape: Vec3, { ptr }: Region): Placement {
  return { ptr, stride: denseByteStride(layout, shape), from: [0, 0, 0], size: shape };
}

function placeHeld(codec: Codec, target: DecodeTarget, chunk: ChunkRead, held: HeldChunk): void {
  const { layout } = target;
  const own = held.segment.workspace;
  if (own === target.workspace) {
    decodeAny(codec, own, held.region, layout, chunk, placementOf(target, chunk));
    return;
  }
  // Another memory: decoded there, and its rows copied over.
  const part = own.scratch("lru part", voxelBytes(layout, chunk.size));
  const place = { ...whole(layout, chunk.size, part), from: chunk.from };
  decodeAny(codec, own, held.region, layout, chunk, place);
  const each = bytesPerVoxel(layout.dtype);
  const type = arrayType(layout.dtype);
  const shape = [...chunk.size, layout.channels];
  const from = new type(own.memory.buffer, part.ptr, part.length / each);
  const to = placementOf(target, chunk);
  const all = new type(target.workspace.memory.buffer, 0);
  const stride = [1, ...to.stride.map((s) => s / each)];
  copyRows(from, fortranStride(shape), 0, all, stride, to.ptr / each, shape);
}
