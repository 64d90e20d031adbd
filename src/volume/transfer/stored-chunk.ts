/** One chunk as the destination stores it: the same bytes where that can be, or recompressed, else from its voxels. */
import { EmptyFileException } from "../../base/errors.js";
import { fortranStride } from "../../base/strided.js";
import type { Compression } from "../../compression/compression.js";
import { compress, decompress } from "../../compression/index.js";
import type { ChunkRead } from "../../grid/plan.js";
import { chunkStore } from "../chunk-store.js";
import { located } from "../decode.js";
import { encodeChunks } from "../encode-chunks.js";
import { boxSize, encodedLimit, type ScaleLayout, storedShapes } from "../layout.js";
import { readBox } from "../read.js";
import { expectedImages, type Recompressed, type RecompressJob, recompress } from "../recompress-worker.js";
import { recompressedTo, withoutLoss } from "./how.js";
import type { TransferRequest } from "./request.js";

export interface StoredBytes {
  readonly bytes: Uint8Array;
  readonly compression: Compression;
}

/**
 * The bytes of a chunk of the source, compressed as wished. @returns undefined for one that is not stored, with fillMissing.
 * @throws EmptyFileException for one without.
 */
export async function storedChunk(
  request: TransferRequest,
  chunk: ChunkRead,
  wanted: Compression | undefined,
  signal: AbortSignal | undefined,
): Promise<StoredBytes | undefined> {
  const { context, layout } = request.from;
  const store = chunkStore(context, layout);
  const key = `${layout.key}/${chunk.key}`;
  const stored = await store.read(key, { signal });
  if (stored === undefined) {
    if (request.fillMissing) return undefined;
    throw new EmptyFileException("A chunk to transfer is missing", {
      where: store.url(key),
      fix: "Pass fillMissing: true (--fill-missing) to leave out what is missing.",
    });
  }
  if (recompressedTo(layout, request.to.layout) !== undefined)
    return await recompressedChunk(request, chunk, stored, wanted);
  // A shard's writer may have padded what the volume's end cuts.
  if (storedShapes(layout, chunk.shape).length > 1) return await fromVoxels(request, chunk, wanted);
  const { bytes, compression } = stored;
  if (wanted === undefined || wanted === compression) return { bytes, compression };
  const limit = encodedLimit(layout, chunk.shape);
  const plain = await decompress(compression, bytes, { limit, where: store.url(key), signal });
  const level = { level: request.policy.compressLevel, signal };
  return { bytes: await compress(wanted, plain, level), compression: wanted };
}

async function recompressedChunk(
  request: TransferRequest,
  chunk: ChunkRead,
  stored: StoredBytes,
  wanted: Compression | undefined,
): Promise<StoredBytes | undefined> {
  const { from, to, policy, signal } = request;
  const where = chunkStore(from.context, from.layout).url(`${from.layout.key}/${chunk.key}`);
  const limit = encodedLimit(from.layout, storedShapes(from.layout, chunk.shape).at(-1) ?? chunk.shape);
  const bytes = await decompress(stored.compression, stored.bytes, { limit, where, signal });
  const job: RecompressJob = {
    bytes,
    to: recompressedTo(from.layout, to.layout)!,
    expected: expectedImages(to.layout, chunk.shape),
  };
  const { pool } = to.context.runtime;
  const work = pool === undefined ? recompress(job) : pool.run<Recompressed>("recompress", job, { signal });
  const turned = await work.catch((error: unknown) => {
    throw located(error, where);
  });
  if (turned.bytes === undefined) return await fromVoxels(request, chunk, wanted, withoutLoss(to.layout));
  const compression = wanted ?? policy.compression;
  const level = { level: policy.compressLevel, signal };
  return { bytes: await compress(compression, turned.bytes, level), compression };
}

async function fromVoxels(
  request: TransferRequest,
  chunk: ChunkRead,
  wanted: Compression | undefined,
  layout: ScaleLayout = request.to.layout,
): Promise<StoredBytes | undefined> {
  const { from, to, parallel, fillMissing, background, signal } = request;
  const box = chunk.box;
  const read = await readBox(from.context, {
    layout: from.layout,
    box,
    fillMissing,
    background,
    parallel,
    signal,
  });
  const shape = [...boxSize(box), from.layout.channels];
  const compression = wanted ?? request.policy.compression;
  const policy = { ...request.policy, compression };
  let found: StoredBytes | undefined;
  await encodeChunks(
    to.context.runtime,
    {
      layout,
      policy,
      parallel,
      signal,
      voxels: () => ({ data: read.data, shape, stride: fortranStride(shape) }),
      done: (_, bytes) => {
        found = bytes && { bytes, compression };
      },
    },
    [chunk],
  );
  read.lifetime.release();
  return found;
}
