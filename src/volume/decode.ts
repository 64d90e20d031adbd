/** One stored chunk into its place: decompress, decode, or fill where it is missing. */
import type { Voxel } from "../base/dtype.js";
import { bytesPerVoxel } from "../base/dtype.js";
import { DecodingError, DecompressionError, EmptyVolumeException } from "../base/errors.js";
import { fillPlacement } from "../base/place.js";
import type { Placement } from "../base/placement.js";
import type { Vec3 } from "../base/strided.js";
import type { Region, Workspace } from "../base/workspace.js";
import type { Codec } from "../codecs/codec.js";
import type { Compression } from "../compression/compression.js";
import { decompressSync } from "../compression/decompress.js";
import { gunzipInto, gunzipPieces, MOST_LEFT } from "../compression/gunzip.js";
import type { ChunkRead } from "../grid/plan.js";
import { chunkSpec, encodedLimit, type ScaleLayout, storedShapes } from "./layout.js";

/** Chunks of this many bytes do not fit the caches of a core next to the output. */
const LARGE = 256 << 10;

/** A chunk's bytes, in the workspace or outside of it. */
export interface StoredChunk {
  readonly compression: Compression;
  readonly source: Region | Uint8Array;
}

export interface DecodeTarget {
  readonly workspace: Workspace;
  readonly codec: Codec;
  readonly layout: ScaleLayout;
  /** Byte address of the output's first voxel. */
  readonly ptr: number;
  /** Byte strides of the output along y, z, channel. */
  readonly stride: readonly [number, number, number];
}

export function placementOf(target: DecodeTarget, chunk: ChunkRead): Placement {
  const [sy, sz] = target.stride;
  const [x, y, z] = chunk.to;
  return {
    ptr: target.ptr + x * bytesPerVoxel(target.layout.dtype) + y * sy + z * sz,
    stride: target.stride,
    from: chunk.from,
    size: chunk.size,
  };
}

/** Decodes one chunk into the output. @throws DecodingError, DecompressionError naming the chunk. */
export function decodeChunkInto(
  target: DecodeTarget,
  chunk: ChunkRead,
  stored: StoredChunk,
  where: string,
): void {
  const { workspace, codec, layout } = target;
  atChunk(where, () => {
    if (stored.compression === "gzip" && decodePieces(target, chunk, stored, where)) return;
    const encoded = unpackChunk(workspace, layout, chunk, stored, where);
    const place = placementOf(target, chunk);
    firstThatWorks(likelyShapes(target.workspace, codec, layout, chunk.shape, encoded), (shape) =>
      codec.decode(workspace, encoded, chunkSpec(layout, shape), place),
    );
  });
}

/** A chunk's encoded bytes in the workspace, decompressed. @throws DecompressionError. */
export function unpackChunk(
  workspace: Workspace,
  layout: ScaleLayout,
  chunk: Pick<ChunkRead, "shape">,
  stored: StoredChunk,
  where: string,
): Region {
  const largest = storedShapes(layout, chunk.shape).at(-1) ?? chunk.shape;
  return unpack(workspace, stored, encodedLimit(layout, largest), where);
}

/** The chunk with the shape that its bytes have: whole, where a writer of shards padded a cut one. Costs a decoding of such. */
export function withStoredShape(
  workspace: Workspace,
  codec: Codec,
  layout: ScaleLayout,
  chunk: ChunkRead,
  encoded: Region,
): ChunkRead {
  const shapes = likelyShapes(workspace, codec, layout, chunk.shape, encoded);
  if (shapes.length === 1) return chunk;
  const { ptr } = workspace.scratch("one voxel", layout.channels * bytesPerVoxel(layout.dtype));
  const voxel = bytesPerVoxel(layout.dtype);
  const place: Placement = { ptr, stride: [voxel, voxel, voxel], from: [0, 0, 0], size: [1, 1, 1] };
  let found = chunk.shape;
  firstThatWorks(shapes, (shape) => {
    codec.decode(workspace, encoded, chunkSpec(layout, shape), place);
    found = shape;
  });
  return { ...chunk, shape: found };
}

/** Runs what looks into a chunk; errors of its codec name it. */
export function atChunk<T>(where: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw located(error, where);
  }
}

/** The shapes that a chunk may have, the likely one first. */
function likelyShapes(
  workspace: Workspace,
  codec: Codec,
  layout: ScaleLayout,
  shape: Vec3,
  encoded: Region,
): readonly Vec3[] {
  const shapes = storedShapes(layout, shape);
  const { fits } = codec;
  if (fits === undefined || shapes.length === 1) return shapes;
  const fitting = (s: Vec3): boolean => fits(workspace, encoded, chunkSpec(layout, s));
  return shapes.findIndex(fitting) === 1 ? [...shapes].reverse() : shapes;
}

/** Tries to decode as one shape after the other. @throws what the first one threw, if none works. */
export function firstThatWorks(shapes: readonly Vec3[], decode: (shape: Vec3) => void): void {
  let first: unknown;
  for (const [i, shape] of shapes.entries()) {
    try {
      decode(shape);
      return;
    } catch (error) {
      if (i === 0) first = error;
      if (!(error instanceof DecodingError)) break;
    }
  }
  throw first;
}

/** @returns false if the chunk must be decompressed as a whole. */
function decodePieces(
  target: DecodeTarget,
  chunk: ChunkRead,
  { source }: StoredChunk,
  where: string,
): boolean {
  const { workspace, codec, layout } = target;
  const limit = encodedLimit(layout, chunk.shape);
  if (limit < LARGE || storedShapes(layout, chunk.shape).length > 1) return false;
  const decoder = codec.pieces?.(workspace, chunkSpec(layout, chunk.shape), placementOf(target, chunk));
  if (decoder === undefined || decoder.longest > MOST_LEFT) return false;
  const region = toRegion(workspace, source, "stored");
  decoder.end(gunzipPieces(workspace, region, limit, where, decoder.take));
  return true;
}

function unpack(
  workspace: Workspace,
  { compression, source }: StoredChunk,
  limit: number,
  where: string,
): Region {
  if (compression === "gzip")
    return gunzipInto(workspace, toRegion(workspace, source, "stored"), limit, where);
  if (compression === "none") return toRegion(workspace, source, "stored");
  const bytes = source instanceof Uint8Array ? source : viewOf(workspace, source);
  return toRegion(workspace, decompressSync(compression, bytes, { limit, where }), "decompressed");
}

function viewOf(workspace: Workspace, { ptr, length }: Region): Uint8Array {
  return workspace.bytes().subarray(ptr, ptr + length);
}

function toRegion(workspace: Workspace, source: Region | Uint8Array, name: string): Region {
  if (!(source instanceof Uint8Array)) return source;
  const { ptr } = workspace.scratch(name, source.length);
  workspace.bytes().set(source, ptr);
  return { ptr, length: source.length };
}

/** Errors of codecs do not know the chunk they came from: say it. */
export function located(error: unknown, where: string): unknown {
  if (!(error instanceof DecodingError) || error.where !== undefined) return error;
  const at = error instanceof DecompressionError ? DecompressionError : DecodingError;
  return new at(error.what, { ...facts(error), where, cause: error });
}

function facts({ expected, got, fix }: DecodingError): { expected?: string; got?: string; fix?: string } {
  return {
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined ? {} : { got }),
    ...(fix === undefined ? {} : { fix }),
  };
}

/** What a missing chunk becomes: the background where the caller asked for it, else an error. */
export function fillMissingChunk(
  target: DecodeTarget,
  chunk: ChunkRead,
  fill: Voxel | undefined,
  where: string,
): void {
  if (fill === undefined) throw missingChunk(where);
  fillPlacement(
    target.workspace,
    placementOf(target, chunk),
    target.layout.channels,
    target.layout.dtype,
    fill,
  );
}

export function missingChunk(where: string): EmptyVolumeException {
  return new EmptyVolumeException("A chunk is missing", {
    where,
    fix: "Pass fillMissing: true (--fill-missing) to read missing chunks as the background colour.",
  });
}
