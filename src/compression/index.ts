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
  describe,
  UnsupportedCompressionType,
} from "../base/errors.js";
import type { Compression } from "./compression.js";
import { deflate, deflateSync, hasZlib } from "./zlib.js";
import { encodeZstd, encodeZstdSync, hasSyncZstd } from "./zstd/encode.js";

export type { Compression } from "./compression.js";
export * from "./decompress.js";
export * from "./names.js";

export interface CompressOptions {
  /** gzip 0-9 (default 6), br 0-11 (default 5), zstd 1-22 (default 3). */
  readonly level?: number | undefined;
}

/** Whether {@link compressSync} works: gzip and br with Node's zlib, zstd from Node 22.15 on. */
export function isSyncCompression(compression: Compression): boolean {
  if (compression === "zstd") return hasSyncZstd();
  return compression === "none" || ((compression === "gzip" || compression === "br") && hasZlib());
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
 * Compresses a whole object; gzip and br on zlib's threads.
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
    const out = await (compression === "zstd"
      ? encodeZstd(bytes, level)
      : deflate(compression as "gzip" | "br", bytes, level));
    throwIfAborted(options.signal);
    return out;
  } catch (error) {
    throw compressionFailure(error, compression);
  }
}

/** The same on the calling thread. @throws UnsupportedCompressionType where {@link isSyncCompression} is false. */
export function compressSync(
  compression: Compression,
  bytes: Uint8Array,
  options: CompressOptions = {},
): Uint8Array {
  const level = compressionLevel(compression, options.level);
  if (compression === "none") return bytes;
  try {
    if (compression === "zstd") return encodeZstdSync(bytes, level);
    return deflateSync(compression as "gzip" | "br", bytes, level);
  } catch (error) {
    throw compressionFailure(error, compression);
  }
}

function compressionFailure(error: unknown, compression: Compression): CloudVolumeError {
  if (error instanceof CloudVolumeError) return error;
  return new CompressionError(`Cannot compress with ${compression}`, { got: describe(error), cause: error });
}
