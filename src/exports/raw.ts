/** Raw voxels: little endian, Fortran order. */
import { raw as codec } from "../codecs/raw/index.js";
import { type StandaloneCodec, standalone } from "../codecs/standalone.js";

export type { DecodeChunkOptions, EncodeChunkOptions, StandaloneCodec } from "../codecs/standalone.js";

export const raw: StandaloneCodec = standalone(codec);
