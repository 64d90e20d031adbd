/** A chunk of one encoding as one of another without loss, by a worker or on the calling thread. */
import type { Abortable } from "../base/abort.js";
import { owned } from "../base/owned.js";
import { product, type Vec3 } from "../base/strided.js";
import type { Expected } from "../codecs/jxl/jpeg/index.js";
import type { Compression } from "../compression/compression.js";
import { decompress } from "../compression/index.js";
import { located } from "./decode.js";
import { encodedLimit, type ScaleLayout, storedShapes } from "./layout.js";

export interface RecompressJob {
  readonly bytes: Uint8Array;
  readonly to: "jpeg" | "jxl";
  readonly expected: Expected;
}

export interface Recompressed {
  /** Undefined: the chunk is none that can be turned so. */
  readonly bytes: Uint8Array | undefined;
  readonly transfer: readonly ArrayBuffer[];
}

/** A stored chunk that is to be recompressed. */
export interface RecompressRequest {
  readonly from: ScaleLayout;
  readonly to: ScaleLayout;
  readonly encoding: RecompressJob["to"];
  readonly shape: Vec3;
  readonly compression: Compression;
  readonly bytes: Uint8Array;
  /** The chunk's address. */
  readonly where: string;
}

/**
 * The bytes of a chunk as the destination takes them, not compressed; `run` does the work, here unless told. @returns
 * undefined for one to encode from its voxels, which a chunk is that a shard's writer padded and the destination has cut.
 * @throws DecodingError that names the chunk.
 */
export async function recompressChunk(
  request: RecompressRequest,
  { signal }: Abortable = {},
  run: (job: RecompressJob) => Promise<Recompressed> = recompress,
): Promise<Uint8Array | undefined> {
  const job = await recompressJob(request, signal);
  const { bytes } = await run(job).catch((error: unknown) => {
    throw located(error, request.where);
  });
  return bytes;
}

/** The chunk decompressed, and the images that the destination takes for it. */
async function recompressJob(
  { from, to, encoding, shape, compression, bytes, where }: RecompressRequest,
  signal: AbortSignal | undefined,
): Promise<RecompressJob> {
  const limit = encodedLimit(from, storedShapes(from, shape).at(-1) ?? shape);
  const file = await decompress(compression, bytes, { limit, where, signal });
  const expected = { pixels: storedShapes(to, shape).map(product), channels: to.channels };
  return { bytes: file, to: encoding, expected };
}

/** @throws DecodingError for a damaged chunk. */
export async function recompress({ bytes, to, expected }: RecompressJob): Promise<Recompressed> {
  const { recompressJpeg, restoreJpeg } = await import("../codecs/jxl/jpeg/index.js");
  const turn = to === "jxl" ? recompressJpeg : restoreJpeg;
  const turned = turn(bytes, expected);
  if (turned === undefined) return { bytes: undefined, transfer: [] };
  const own = owned(turned);
  return { bytes: own, transfer: [own.buffer] };
}
