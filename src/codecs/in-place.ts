/**
 * Chunks that lie in the order of this library and have one codec are placed as they are unpacked: rows of gzip go by through a
 * window, and blocks of blosc that hold nothing of what is wanted are not unpacked at all.
 */
import { bytesPerVoxel } from "../base/dtype.js";
import type { Placement } from "../base/placement.js";
import { product } from "../base/strided.js";
import type { Region, Workspace } from "../base/workspace.js";
import { gunzipPieces, MOST_LEFT } from "../compression/gunzip-pieces.js";
import { type BloscBlocks, openBlosc } from "./byte-chain.js";
import type { ChunkSpec } from "./codec.js";
import { placeRows, type Rows, rowTaker, wantedRows } from "./place-rows.js";
import { isDense, type StoredArray } from "./stored-array.js";

/** Smaller chunks fit the caches of a core as a whole. */
const LARGE = 256 << 10;

/** @returns false where the chunk must be unpacked as a whole first. @throws DecodingError, DecompressionError. */
export function decodeInPlace(
  ws: Workspace,
  source: Region,
  stored: StoredArray,
  spec: ChunkSpec,
  target: Placement,
): boolean {
  const bytes = bytesPerVoxel(spec.dtype);
  const { shape, chain, elements } = stored;
  const [codec] = chain;
  if (codec === undefined || chain.length > 1 || (stored.bigEndian && bytes > 1)) return false;
  if (!isDense(stored) || elements !== product(shape) || spec.shape[3] !== shape[3]) return false;
  const rows: Rows = { shape, bytes, target };
  const length = elements * bytes;
  if (codec.name === "blosc") {
    const blocks = openBlosc(ws, source);
    return blocks.size === length && placeBlocks(ws, blocks, rows);
  }
  const isGzip = codec.name === "gzip" && codec.useZlib !== true;
  if (!isGzip || length < LARGE || shape[0] * bytes > MOST_LEFT) return false;
  // A wrong length is told by the way that unpacks the chunk as a whole.
  return gunzipPieces(ws, source, length, "gzip", rowTaker(ws, rows)) === length;
}

/** @returns false where blocks do not end with rows. */
function placeBlocks(ws: Workspace, blocks: BloscBlocks, rows: Rows): boolean {
  const row = rows.shape[0] * rows.bytes;
  const { count, size, blockSize, decode } = blocks;
  if (count > 1 && blockSize % row !== 0) return false;
  for (let block = 0; block < count; block++) {
    const from = block * blockSize;
    const [first, some] = [from / row, Math.min(blockSize, size - from) / row];
    const wanted = wantedRows(rows, first, some);
    if (wanted > 0) placeRows(ws, decode(block, undefined, wanted * row).ptr, first, wanted, rows);
  }
  return true;
}
