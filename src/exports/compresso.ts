/** compresso: labels of 8 to 64 bits. */
import { compresso as codec } from "../codecs/compresso/index.js";
import { type StandaloneCodec, standalone } from "../codecs/standalone.js";

export type { DecodeChunkOptions, EncodeChunkOptions, StandaloneCodec } from "../codecs/standalone.js";

export const compresso: StandaloneCodec = standalone(codec);
