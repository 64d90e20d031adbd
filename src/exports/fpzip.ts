/** fpzip: float32 and float64. */
import { fpzip as codec } from "../codecs/fpzip/index.js";
import { type StandaloneCodec, standalone } from "../codecs/standalone.js";

export type { DecodeChunkOptions, EncodeChunkOptions, StandaloneCodec } from "../codecs/standalone.js";

export const fpzip: StandaloneCodec = standalone(codec);
