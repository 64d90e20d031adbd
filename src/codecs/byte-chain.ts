/** Chains of codecs from bytes to bytes, for the rooms whose chunks are packed with them. */
export {
  type BloscBlocks,
  BYTE_CODECS,
  type ByteCodecConfig,
  checkByteCodec,
  isWritten,
  loadByteCodecs,
  numpyType,
  openBlosc,
  pack,
  packNow,
  plainBlosc,
  unpack,
} from "./bytes/index.js";
