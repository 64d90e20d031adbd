/** Single chunks without a volume, by the name of their encoding. */
import type { StridedArray } from "../base/strided.js";
import { getCodec } from "./index.js";
import {
  type DecodeChunkOptions,
  type EncodeChunkOptions,
  type StandaloneCodec,
  standalone,
} from "./standalone.js";

export type { DecodeChunkOptions, EncodeChunkOptions, StandaloneCodec };

/** The functions of an encoding. @throws UnsupportedFormatError for an unknown one. */
export function codecOf(encoding: string): StandaloneCodec {
  return standalone(getCodec(encoding));
}

/**
 * Decodes one chunk file (not gzipped) of a Precomputed scale. The array is dense in Fortran order, with the axes
 * x, y, z, channel, and owns its memory. Corresponds to `chunks.decode` of CloudVolume.
 * @throws DecodingError for bytes that are no such chunk; UnsupportedFormatError for an unknown encoding.
 */
export async function decodeChunk(
  encoding: string,
  bytes: Uint8Array,
  options: DecodeChunkOptions,
): Promise<StridedArray> {
  return await codecOf(encoding).decode(bytes, options);
}

/**
 * Encodes an array of 3 or 4 axes (x, y, z, channel) and of any strides as one chunk file (not gzipped).
 * @throws EncodingError if the encoding cannot hold the data type or channels; UnsupportedFormatError.
 */
export async function encodeChunk(
  encoding: string,
  array: StridedArray,
  options: EncodeChunkOptions = {},
): Promise<Uint8Array> {
  return await codecOf(encoding).encode(array, options);
}
