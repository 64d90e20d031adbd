/** crackle: labels of 8 to 64 bits. */
import { crackle as codec } from "../codecs/crackle/index.js";
import { type StandaloneCodec, standalone } from "../codecs/standalone.js";

export type { DecodeChunkOptions, EncodeChunkOptions, StandaloneCodec } from "../codecs/standalone.js";

export const crackle: StandaloneCodec = standalone(codec);
