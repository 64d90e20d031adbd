/**
 * Compression of objects at rest, bytes to bytes: gzip, br, zstd, xz and bz2 are read; gzip, br and zstd are
 * written. Every decompressor stops at the caller's limit while it runs, checks what checksums there are,
 * and refuses data that end early or that something else follows.
 */
import { type Abortable, throwIfAborted } from "../base/abort.js";
import {
  ArgumentError,
  CloudVolumeError,
  CompressionError,
  DecompressionError,
  describe,
  UnsupportedCompressionType,
} from "../base/errors.js";
import type { Workspace } from "../base/workspace.js";
import type { Compression } from "./compression.js";
import { deflateInTurns, deflateWith } from "./deflate-workspace.js";
import { overLimit } from "./output.js";
import { brotli, brotliSync, hasZlib, inflate, inflateSync } from "./zlib.js";
import { encodeZstd, encodeZstdSync, hasSyncZstd } from "./zstd/encode.js";

export type { Compression } from "./compression.js";
export * from "./names.js";

export interface DecompressOptions {
  /** Most bytes that may come out. Memory use stays within about twice of it. */
  readonly limit: number;
  /** The object, for messages. */
  readonly where: string;
}

export interface CompressOptions {
  /** gzip 0-9 (default 6), br 0-11 (default 5), zstd 1-22 (default 3). */
  readonly level?: number | undefined;
}

export interface CompressSyncOptions extends CompressOptions {
  /** The workspace to compress gzip in; bytes that lie in its memory are not copied. Default: one for all. */
  readonly workspace?: Workspace | undefined;
}

type Decoder = (bytes: Uint8Array, limit: number) => Uint8Array;

const decoders = new Map<Compression, Decoder>();
const LOADERS: Readonly<Partial<Record<Compression, () => Promise<Decoder>>>> = {
  zstd: async () => (await import("./zstd/decode.js")).decodeZstd,
  xz: async () => (await import("./xz/decode.js")).decodeXz,
  bz2: async () => (await import("./bz2/decode.js")).decodeBzip2,
};

/** Brings a compression's code; afterwards its synchronous forms work, as far as the platform has them. */
export async function loadCompression(compression: Compression): Promise<void> {
  const load = LOADERS[compression];
  if (load !== undefined && !decoders.has(compression)) decoders.set(compression, await load());
}

/** Whether {@link decompressSync} works: gzip and br with Node's zlib, the others once loaded. */
export function isSyncDecompression(compression: Compression): boolean {
  if (compression === "none") return true;
  return compression === "gzip" || compression === "br" ? hasZlib() : decoders.has(compression);
}

/** Whether {@link compressSync} works: gzip always, br with Node's zlib, zstd from Node 22.15 on. */
export function isSyncCompression(compression: Compression): boolean {
  if (compression === "gzip") return true;
  if (compression === "zstd") return hasSyncZstd();
  return compression === "none" || (compression === "br" && hasZlib());
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
  if (compression === "gzip" || compression === "br") {
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
    if (compression === "gzip" || compression === "br") return inflateSync(compression, bytes, limit);
    const decode = decoders.get(compression);
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

const LEVELS: Readonly<Partial<Record<Compression, { least: number; most: number; usual: number }>>> = {
  gzip: { least: 0, most: 9, usual: 6 },
  br: { least: 0, most: 11, usual: 5 },
  zstd: { least: 1, most: 22, usual: 3 },
};

/** The level to use. @throws ArgumentError out of range, UnsupportedCompressionType for what is only read. */
export function compressionLevel(compression: Compression, level: number | undefined): number {
  if (compression === "none") return 0;
  const levels = LEVELS[compression];
  if (levels === undefined) {
    throw new UnsupportedCompressionType(`${compression} can be read but not written`, {
      expected: "none, gzip, br or zstd",
    });
  }
  if (level === undefined) return levels.usual;
  if (Number.isInteger(level) && level >= levels.least && level <= levels.most) return level;
  throw new ArgumentError("Compression level is out of range", {
    where: compression,
    expected: `a whole number from ${levels.least} to ${levels.most}`,
    got: String(level),
  });
}

/**
 * Compresses a whole object: br on zlib's threads, gzip on this one with turns for others.
 * @throws UnsupportedCompressionType for xz and bz2, ArgumentError for a level out of range.
 */
export async function compress(
  compression: Compression,
  bytes: Uint8Array,
  options: CompressOptions & Abortable = {},
): Promise<Uint8Array> {
  throwIfAborted(options.signal);
  const level = compressionLevel(compression, options.level);
  if (compression === "none") return bytes;
  try {
    const out =
      compression === "gzip"
        ? await deflateInTurns("gzip", bytes, level)
        : await (compression === "zstd" ? encodeZstd(bytes, level) : brotli(bytes, level));
    throwIfAborted(options.signal);
    return out;
  } catch (error) {
    throw compressionFailure(error, compression);
  }
}

/**
 * The same on the calling thread. @throws UnsupportedCompressionType, CloudVolumeError where {@link isSyncCompression} is false.
 */
export function compressSync(
  compression: Compression,
  bytes: Uint8Array,
  options: CompressSyncOptions = {},
): Uint8Array {
  const level = compressionLevel(compression, options.level);
  if (compression === "none") return bytes;
  try {
    if (compression === "zstd") return encodeZstdSync(bytes, level);
    if (compression === "br") return brotliSync(bytes, level);
    return deflateWith(options.workspace, "gzip", bytes, level);
  } catch (error) {
    throw compressionFailure(error, compression);
  }
}

/** A zlib stream (RFC 1950), as Zarr's and N5's chunks hold them. `level` 0 to 9. */
export async function compressZlib(bytes: Uint8Array, level: number): Promise<Uint8Array> {
  return await deflateInTurns("zlib", bytes, level);
}

function compressionFailure(error: unknown, compression: Compression): CloudVolumeError {
  if (error instanceof CloudVolumeError) return error;
  return new CompressionError(`Cannot compress with ${compression}`, { got: describe(error), cause: error });
}
