/** Neuroglancer's compressed_segmentation: uint32 and uint64 labels. */
import { compressedSegmentation as codec } from "../codecs/compressed-segmentation/index.js";
import { type StandaloneCodec, standalone } from "../codecs/standalone.js";

export type { DecodeChunkOptions, EncodeChunkOptions, StandaloneCodec } from "../codecs/standalone.js";

export const compressedSegmentation: StandaloneCodec = standalone(codec);
