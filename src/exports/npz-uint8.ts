/** npz_uint8: encodes float32 and float64 from 0 to 1 as npz of uint8, which the encoding npz decodes. */
import { npzUint8 as codec } from "../codecs/npz/index.js";
import { type StandaloneCodec, standalone } from "../codecs/standalone.js";

export type { DecodeChunkOptions, EncodeChunkOptions, StandaloneCodec } from "../codecs/standalone.js";

export const npzUint8: StandaloneCodec = standalone(codec);
