/** Reading what is compressed. See `index.ts`. */
import { type Abortable, throwIfAborted } from "../base/abort.js";
import { CloudVolumeError, DecompressionError, describe } from "../base/errors.js";
import type { Compression } from "./compression.js";
import { overLimit } from "./output.js";
import { hasZlib, inflate, inflateSync, ZLIB_LOADERS } from "./zlib.js";

export interface DecompressOptions {
  /** Most bytes that may come out. Memory use stays within about twice of it. */
  readonly limit: number;
  /** The object, for messages. */
  readonly where: string;
}

type Decoder = (bytes: Uint8Array, limit: number) => Uint8Array;

const decoders = new Map<Compression, Decoder>();
const LOADERS: Readonly<Partial<Record<Compression, () => Promise<Decoder>>>> = {
  zstd: async () => (await import("./zstd/decode.js")).decodeZstd,
  xz: async () => (await import("./xz/decode.js")).decodeXz,
  bz2: async () => (await import("./bz2/decode.js")).decodeBzip2,
  ...ZLIB_LOADERS,
};

/** Brings a compression's code; afterwards its synchronous forms work, as far as the platform has them. */
export async function loadCompression(compression: Compression): Promise<void> {
  const load = LOADERS[compression];
  if (load !== undefined && !decoders.has(compression)) decoders.set(compression, await load());
}

/** Whether {@link decompressSync} works: gzip and br with Node's zlib, the others once loaded. */
export function isSyncDecompression(compression: Compression): boolean {
  if (compression === "none" || decoders.has(compression)) return true;
  return (compression === "gzip" || compression === "br") && hasZlib();
}

/** Bytes of input from which on zlib's threads are worth the way there. */
const THREAD_BYTES = 1 << 16;

/**
 * Decompresses a whole object: small ones and zstd, xz and bz2 on the calling thread, larger gzip and br ones
 * on zlib's threads. `none` gives the bytes themselves.
 * @throws DecompressionError for data that are empty, damaged, cut, followed by something else, or too long.
 */
export async function decompress(
  compression: Compression,
  bytes: Uint8Array,
  options: DecompressOptions & Abortable,
): Promise<Uint8Array> {
  throwIfAborted(options.signal);
  if ((compression === "gzip" || compression === "br") && hasZlib()) {
    if (bytes.length < THREAD_BYTES) return decompressSync(compression, bytes, options);
    const content = await inflate(compression, bytes, options.limit).catch((error: unknown) => {
      throw located(error, compression, options.where);
    });
    throwIfAborted(options.signal);
    return content;
  }
  await loadCompression(compression);
  throwIfAborted(options.signal);
  return decompressSync(compression, bytes, options);
}

/** The same on the calling thread. @throws CloudVolumeError if {@link loadCompression} is still to be called. */
export function decompressSync(
  compression: Compression,
  bytes: Uint8Array,
  { limit, where }: DecompressOptions,
): Uint8Array {
  try {
    if (compression === "none") {
      if (bytes.length > limit) throw overLimit(limit);
      return bytes;
    }
    if (bytes.length === 0) throw new DecompressionError("A compressed object is empty");
    const decode = decoders.get(compression);
    if (decode === undefined && (compression === "gzip" || compression === "br"))
      return inflateSync(compression, bytes, limit);
    if (decode === undefined)
      throw new CloudVolumeError(`${compression} is not loaded; call loadCompression first`);
    return decode(bytes, limit);
  } catch (error) {
    throw located(error, compression, where);
  }
}

/** Every failure as a typed error that names the object. */
function located(error: unknown, compression: Compression, where: string): CloudVolumeError {
  if (error instanceof DecompressionError) {
    const { what, expected, got, fix } = error;
    return new DecompressionError(what, {
      where,
      ...(expected === undefined ? {} : { expected }),
      ...(got === undefined ? {} : { got }),
      ...(fix === undefined ? {} : { fix }),
    });
  }
  if (error instanceof CloudVolumeError) return error;
  return new DecompressionError(`Damaged ${compression} data`, { where, got: describe(error), cause: error });
}
