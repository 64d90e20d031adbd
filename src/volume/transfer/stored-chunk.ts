/** One chunk as the destination stores it: the same bytes where that can be, or recompressed, else from its voxels. */
import { DecodingError, EmptyFileException } from "../../base/errors.js";
import { fortranStride } from "../../base/strided.js";
import type { Compression } from "../../compression/compression.js";
import { compress, decompress } from "../../compression/index.js";
import type { ChunkRead } from "../../grid/plan.js";
import { chunkStore } from "../chunk-store.js";
import { unpackChunk, withStoredShape } from "../decode.js";
import { encodeChunks } from "../encode-chunks.js";
import { boxSize, chunkSpec, encodedLimit, type ScaleLayout, storedShapes } from "../layout.js";
import { readBox } from "../read.js";
import { type Recompressed, recompressChunk } from "../recompress-worker.js";
import { recompressedTo, withoutLoss } from "./how.js";
import type { TransferEnd, TransferRequest } from "./request.js";

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
  if (await isPadded(request.from, chunk, stored)) return await fromVoxels(request, chunk, wanted);
  const { bytes, compression } = stored;
  if (wanted === undefined || wanted === compression) return { bytes, compression };
  const limit = encodedLimit(layout, chunk.shape);
  const plain = await decompress(compression, bytes, { limit, where: store.url(key), signal });
  const level = { level: request.policy.compressLevel, signal };
  return { bytes: await compress(wanted, plain, level), compression: wanted };
}

/**
 * Whether a chunk holds more than the volume: a writer of shards padded it where the volume's end cuts it. Also true of one
 * of which that cannot be told: reading it tells what is wrong.
 */
async function isPadded(
  { context, layout }: TransferEnd,
  chunk: ChunkRead,
  { compression, bytes }: StoredBytes,
): Promise<boolean> {
  const shapes = storedShapes(layout, chunk.shape);
  if (shapes.length === 1) return false;
  const { workspace, codec: codecOf } = context.runtime;
  const codec = await codecOf(layout.encoding, "decode");
  try {
    const encoded = unpackChunk(workspace, layout, chunk, { compression, source: bytes }, "");
    const { fits } = codec;
    if (fits === undefined)
      return withStoredShape(workspace, codec, layout, chunk, encoded).shape !== chunk.shape;
    const [cut, whole] = shapes.map((shape) => fits(workspace, encoded, chunkSpec(layout, shape)));
    return cut !== true || whole === true;
  } catch (error) {
    if (error instanceof DecodingError) return true;
    throw error;
  }
}

async function recompressedChunk(
  request: TransferRequest,
  chunk: ChunkRead,
  stored: StoredBytes,
  wanted: Compression | undefined,
): Promise<StoredBytes | undefined> {
  const { from, to, policy, signal } = request;
  const { pool } = to.context.runtime;
  const where = chunkStore(from.context, from.layout).url(`${from.layout.key}/${chunk.key}`);
  const encoding = recompressedTo(from.layout, to.layout)!;
  const turned = await recompressChunk(
    { ...stored, from: from.layout, to: to.layout, encoding, shape: chunk.shape, where },
    { signal },
    pool && ((job) => pool.run<Recompressed>("recompress", job, { signal })),
  );
  if (turned === undefined) return await fromVoxels(request, chunk, wanted, withoutLoss(to.layout));
  const compression = wanted ?? policy.compression;
  const level = { level: policy.compressLevel, signal };
  return { bytes: await compress(compression, turned, level), compression };
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
