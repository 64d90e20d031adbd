/** Fetching a chunk's stored bytes on the calling thread, straight into a workspace. */
import { bytesPerVoxel } from "../base/dtype.js";
import { DecodingError } from "../base/errors.js";
import type { Workspace } from "../base/workspace.js";
import { isSyncDecompression, loadCompression } from "../compression/decompress.js";
import type { ChunkRead } from "../grid/plan.js";
import type { ByteRange, Stat, Store } from "../stores/store.js";
import type { StoredChunk } from "./decode.js";
import { encodedLimit, type ScaleLayout, storedShapes } from "./layout.js";

/** A chunk as read: a partly read raw chunk is narrowed to its planes. */
export interface FetchedChunk {
  readonly chunk: ChunkRead;
  readonly stored: StoredChunk;
}

/**
 * @returns undefined for a missing chunk and for one of zero bytes (CloudVolume's rule); "asynchronous" if its
 * compression has no synchronous form.
 */
export function readStoredSync(
  store: Store,
  key: string,
  workspace: Workspace,
  layout: ScaleLayout,
  chunk: ChunkRead,
): FetchedChunk | "asynchronous" | undefined {
  let narrowed = chunk;
  let region = { ptr: 0, length: 0 };
  const stored = store.readSync?.(key, {
    range: (stat) => {
      const planes = planesOf(layout, chunk, stat, store.url(key));
      if (planes !== undefined) narrowed = planes.chunk;
      return planes?.range;
    },
    into: (length) => {
      region = { ptr: workspace.scratch("stored", length).ptr, length };
      return workspace.bytes().subarray(region.ptr, region.ptr + length);
    },
  });
  if (stored === undefined || (stored.bytes.length === 0 && stored.compression === "none")) return undefined;
  if (!isSyncDecompression(stored.compression)) return "asynchronous";
  const source = stored.bytes.length === region.length ? region : stored.bytes;
  return { chunk: narrowed, stored: { compression: stored.compression, source } };
}

/** The whole of a chunk, whatever part is wanted. See {@link readStoredSync}. */
export function readWholeSync(
  store: Store,
  key: string,
  workspace: Workspace,
): StoredChunk | "asynchronous" | undefined {
  let region = { ptr: 0, length: 0 };
  const stored = store.readSync?.(key, {
    into: (length) => {
      region = { ptr: workspace.scratch("stored", length).ptr, length };
      return workspace.bytes().subarray(region.ptr, region.ptr + length);
    },
  });
  if (stored === undefined || (stored.bytes.length === 0 && stored.compression === "none")) return undefined;
  if (!isSyncDecompression(stored.compression)) return "asynchronous";
  const source = stored.bytes.length === region.length ? region : stored.bytes;
  return { compression: stored.compression, source };
}

/**
 * A raw, uncompressed, one-channel chunk needs only the planes that are asked for: their byte range, and the
 * chunk narrowed to them.
 */
function planesOf(
  layout: ScaleLayout,
  chunk: ChunkRead,
  stat: Stat,
  where: string,
): { range: ByteRange; chunk: ChunkRead } | undefined {
  const planes = chunk.size[2];
  const cut = planes < chunk.shape[2] && layout.encoding === "raw" && layout.channels === 1;
  if (!cut || stat.compression !== "none" || stat.size === 0) return undefined;
  const shapes = storedShapes(layout, chunk.shape);
  const expected = encodedLimit(layout, chunk.shape);
  const shape = shapes.find((s) => stat.size === undefined || stat.size === encodedLimit(layout, s));
  if (shape === undefined) {
    throw new DecodingError("A raw chunk has the wrong length", {
      where,
      expected: `${expected} bytes`,
      got: `${stat.size} bytes`,
      fix: "The file is truncated, or its info does not describe it; write the chunk again.",
    });
  }
  const plane = shape[0] * shape[1] * bytesPerVoxel(layout.dtype);
  return {
    range: { offset: plane * chunk.from[2], length: plane * planes },
    chunk: {
      ...chunk,
      shape: [shape[0], shape[1], planes],
      from: [chunk.from[0], chunk.from[1], 0],
    },
  };
}

/** A chunk's bytes outside of any workspace. */
export type FetchedBytes = StoredChunk & { readonly source: Uint8Array };

/** Fetches from any store. Afterwards the chunk's compression can be undone on this thread without waiting. */
export async function readStored(
  store: Store,
  key: string,
  signal: AbortSignal | undefined,
): Promise<FetchedBytes | undefined> {
  const stored = await store.read(key, { signal });
  if (stored === undefined || (stored.bytes.length === 0 && stored.compression === "none")) return undefined;
  const { compression, bytes } = stored;
  if (!isSyncDecompression(compression)) await loadCompression(compression);
  return { compression, source: bytes };
}
