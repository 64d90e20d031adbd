/** The codecs from bytes to bytes of Zarr 2, Zarr 3 and N5. */
export { type BloscBlocks, openBlosc } from "./blosc-decode.js";
export { plainBlosc } from "./blosc-encode.js";
export type { ByteCodecConfig } from "./byte-codec.js";
export { numpyType } from "./byte-codec.js";
export { BYTE_CODECS, checkByteCodec, isWritten, loadByteCodecs, pack, packNow, unpack } from "./chain.js";
