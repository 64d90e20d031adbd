/** npz: all data types, any number of channels. */
import { npz as codec } from "../codecs/npz/index.js";
import { type StandaloneCodec, standalone } from "../codecs/standalone.js";

export type { DecodeChunkOptions, EncodeChunkOptions, StandaloneCodec } from "../codecs/standalone.js";

export const npz: StandaloneCodec = standalone(codec);
