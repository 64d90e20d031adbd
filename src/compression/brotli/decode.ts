/** Brotli where there is no zlib, by a package whose own output has no limit: it is given one of ours. */
import { BrotliDecompress } from "brotli/dec/decode.js";
import { BrotliInput } from "brotli/dec/streams.js";
import { CloudVolumeError, DecompressionError } from "../../base/errors.js";
import { Output } from "../output.js";

/** Bytes of output that a byte of input is taken to give, until it gives more. */
const GUESS = 8;

/** Decompresses a whole stream; stops at the limit while it runs. @throws DecompressionError. */
export function decodeBrotli(bytes: Uint8Array, limit: number): Uint8Array {
  const out = new Output(limit, GUESS * bytes.length);
  const target = {
    pos: 0,
    /** It is never too small: what does not fit is refused when it is written. */
    buffer: { length: Number.POSITIVE_INFINITY },
    write(piece: Uint8Array, count: number): void {
      out.reserve(count).set(piece.subarray(0, count), out.length);
      out.length += count;
      target.pos = out.length;
    },
  };
  const source = new BrotliInput(bytes);
  try {
    BrotliDecompress(source, target);
  } catch (error) {
    if (error instanceof CloudVolumeError) throw error;
    throw new DecompressionError("Corrupt br data", { got: String(error) });
  }
  return out.finish();
}
