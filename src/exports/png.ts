/** png: uint8 and uint16, 1 to 4 channels. */
import { png as codec } from "../codecs/png/index.js";
import { type StandaloneCodec, standalone } from "../codecs/standalone.js";

export type { DecodeChunkOptions, EncodeChunkOptions, StandaloneCodec } from "../codecs/standalone.js";

export const png: StandaloneCodec = standalone(codec);
