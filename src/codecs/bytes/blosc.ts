import { decodeBlosc } from "./blosc-decode.js";
import { encodeBlosc, encodeBloscNow } from "./blosc-encode.js";
import type { ByteCodec } from "./byte-codec.js";

/** Blosc 1 with blosclz, lz4, zlib and zstd inside; written with the last three. */
export const blosc: ByteCodec = { decode: decodeBlosc, encode: encodeBlosc, encodeNow: encodeBloscNow };
