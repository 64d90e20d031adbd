/** Encoded chunks with other labels. */
import type { Abortable } from "../../base/abort.js";
import { DecodingError } from "../../base/errors.js";
import { LabelSet } from "../../base/label-set.js";
import type { Codec } from "../../codecs/codec.js";
import { type StandaloneCodec, standalone } from "../../codecs/standalone.js";
import type { ChunkRead } from "../../grid/plan.js";
import type { Runtime } from "../context.js";
import { type ScaleLayout, storedShapes } from "../layout.js";

/** An encoded chunk, decompressed. */
export interface ChunkFile {
  readonly chunk: ChunkRead;
  readonly bytes: Uint8Array;
}

/**
 * Gives each chunk with its labels replaced by those that `mappingOf` gives for all labels of all chunks; those that it
 * lacks stay. Chunks are not decoded. @throws DecodingError, UnsupportedFormatError for an encoding that cannot.
 */
export async function remapFiles(
  runtime: Runtime,
  layout: ScaleLayout,
  files: readonly ChunkFile[],
  mappingOf: (labels: BigUint64Array) => Promise<ReadonlyMap<bigint, bigint>>,
  options: Abortable,
): Promise<Uint8Array[]> {
  const codec: Codec = await runtime.codec(layout.encoding, "decode");
  const encoding = standalone(codec);
  const all = new LabelSet("uint64");
  for (const file of files)
    all.addBits(
      BigUint64Array.from(
        await ofItsShape(layout, file, (how) => encoding.labels(file.bytes, { ...how, ...options })),
      ),
    );
  const mapping = await mappingOf(all.sorted() as BigUint64Array);
  const out: Uint8Array[] = [];
  for (const file of files)
    out.push(
      await ofItsShape(layout, file, (how) =>
        encoding.remap(file.bytes, mapping, { ...how, ...options, preserveMissing: true }),
      ),
    );
  return out;
}

type ShapeOptions = Parameters<StandaloneCodec["labels"]>[1];

/** Writers of shards may have padded what the volume's end cuts: the shape that works is the chunk's. */
async function ofItsShape<T>(
  layout: ScaleLayout,
  { chunk }: ChunkFile,
  work: (options: ShapeOptions) => Promise<T>,
): Promise<T> {
  const { dtype, channels, blockSize, params } = layout;
  let failure: unknown;
  for (const shape of storedShapes(layout, chunk.shape)) {
    try {
      return await work({ shape: [...shape, channels], dtype, blockSize, params });
    } catch (error) {
      if (!(error instanceof DecodingError)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}
