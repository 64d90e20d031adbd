/** Reading gzip and brotli by the platform's zlib, and writing brotli: streaming limits, exact ends, trailing bytes judged. */
import { UnsupportedCompressionType } from "../base/errors.js";
import { corrupt, overLimit } from "./output.js";
import { nodeZlib, type ZlibModule } from "./zlib.node.js";

type Format = "gzip" | "br";

/** What has to be loaded before it is used here: nothing. */
export const ZLIB_LOADERS: Readonly<
  Partial<Record<Format, () => Promise<(bytes: Uint8Array, limit: number) => Uint8Array>>>
> = {};

export function hasZlib(): boolean {
  return nodeZlib() !== undefined;
}

function zlib(format: Format): ZlibModule {
  const module = nodeZlib();
  if (module !== undefined) return module;
  throw new UnsupportedCompressionType(`${format} needs a platform with zlib`);
}

/** What zlib gives when asked for `info`. */
interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

const SMALLEST_PIECE = 1 << 14;
/** The highest ratio of deflate. */
const MOST_OF_DEFLATE = 1032;

function inflateOptions(format: Format, bytes: Uint8Array, limit: number): object {
  const expected = format === "gzip" ? gzipSize(bytes) : bytes.length * 8;
  // One piece that holds everything spares the concatenation; a little more spares an empty last piece.
  const chunkSize = Math.max(SMALLEST_PIECE, Math.min(expected, limit) + 64);
  return { maxOutputLength: Math.max(1, limit), chunkSize, info: true };
}

/** The size that the last member declares, if it is possible. */
function gzipSize(bytes: Uint8Array): number {
  const n = bytes.length;
  if (n < 18) return 0;
  const declared =
    (bytes[n - 4]! | (bytes[n - 3]! << 8) | (bytes[n - 2]! << 16) | (bytes[n - 1]! << 24)) >>> 0;
  return declared <= n * MOST_OF_DEFLATE ? declared : 0;
}

export function inflateSync(format: Format, bytes: Uint8Array, limit: number): Uint8Array {
  const { gunzipSync, brotliDecompressSync } = zlib(format);
  const options = inflateOptions(format, bytes, limit);
  try {
    const result: unknown = (format === "gzip" ? gunzipSync : brotliDecompressSync)(bytes, options);
    return checked(format, bytes, result as Inflated, limit);
  } catch (error) {
    throw named(error, limit);
  }
}

/** What zlib's functions with a callback have in common. */
type Threaded = (
  bytes: Uint8Array,
  options: object,
  done: (error: Error | null, result: Uint8Array) => void,
) => void;

/** The same on zlib's own threads. */
export function inflate(format: Format, bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  const { gunzip, brotliDecompress } = zlib(format);
  const run: Threaded = format === "gzip" ? gunzip : brotliDecompress;
  return new Promise((resolve, reject) => {
    run(bytes, inflateOptions(format, bytes, limit), (error, result: unknown) => {
      try {
        if (error) throw error;
        resolve(checked(format, bytes, result as Inflated, limit));
      } catch (cause) {
        reject(named(cause, limit));
      }
    });
  });
}

function checked(
  format: Format,
  source: Uint8Array,
  { buffer, engine }: Inflated,
  limit: number,
): Uint8Array {
  if (buffer.length > limit) throw overLimit(limit);
  const rest = source.subarray(engine.bytesWritten);
  if (rest.length > 0 && (format !== "gzip" || rest.some((b) => b !== 0)))
    corrupt(`Something else follows the ${format} data`);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

function named(error: unknown, limit: number): unknown {
  return (error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE" ? overLimit(limit) : error;
}

function brotliOptions(bytes: Uint8Array, level: number): object {
  const { constants } = zlib("br");
  return {
    params: { [constants.BROTLI_PARAM_QUALITY]: level, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  };
}

export function brotliSync(bytes: Uint8Array, level: number): Uint8Array {
  const out = zlib("br").brotliCompressSync(bytes, brotliOptions(bytes, level));
  return new Uint8Array(out.buffer, out.byteOffset, out.length);
}

export function brotli(bytes: Uint8Array, level: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    zlib("br").brotliCompress(bytes, brotliOptions(bytes, level), (error, out) => {
      if (error) reject(error);
      else resolve(new Uint8Array(out.buffer, out.byteOffset, out.length));
    });
  });
}
