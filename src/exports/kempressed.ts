/** kempressed: fpzip of shifted floats. */
import { kempressed as codec } from "../codecs/fpzip/index.js";
import { type StandaloneCodec, standalone } from "../codecs/standalone.js";

export type { DecodeChunkOptions, EncodeChunkOptions, StandaloneCodec } from "../codecs/standalone.js";

export const kempressed: StandaloneCodec = standalone(codec);
