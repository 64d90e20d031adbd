/** jpeg: uint8, 1 or 3 channels. */
import { jpeg as codec } from "../codecs/jpeg/index.js";
import { type StandaloneCodec, standalone } from "../codecs/standalone.js";

export type { DecodeChunkOptions, EncodeChunkOptions, StandaloneCodec } from "../codecs/standalone.js";

export const jpeg: StandaloneCodec = standalone(codec);
