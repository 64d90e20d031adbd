/** jxl (JPEG XL): uint8 and uint16, 1, 3 or 4 channels. */
import { jxl as codec } from "../codecs/jxl/index.js";
import { type StandaloneCodec, standalone } from "../codecs/standalone.js";

export type { DecodeChunkOptions, EncodeChunkOptions, StandaloneCodec } from "../codecs/standalone.js";

export const jxl: StandaloneCodec = standalone(codec);
