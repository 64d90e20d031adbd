/** Chains of codecs from bytes to bytes, for the rooms whose chunks are packed with them. */
export {
  BYTE_CODECS,
  type ByteCodecConfig,
  checkByteCodec,
  isWritten,
  loadByteCodecs,
  numpyType,
  pack,
  unpack,
} from "./bytes/index.js";
