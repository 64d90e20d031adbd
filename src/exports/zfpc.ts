/** zfpc: a container of zfp streams. */

import { type StandaloneCodec, standalone } from "../codecs/standalone.js";
import { zfpc as codec } from "../codecs/zfpc/index.js";

export type { DecodeChunkOptions, EncodeChunkOptions, StandaloneCodec } from "../codecs/standalone.js";
export { decodeZfpStream, encodeZfpStream, type ZfpMode } from "../codecs/zfpc/index.js";

export const zfpc: StandaloneCodec = standalone(codec);
