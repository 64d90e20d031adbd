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
import type { Workspace } from "../base/workspace.js";
import type { Compression } from "./compression.js";
import { deflateInTurns, deflateWith, hasDeflate } from "./deflate.js";
import { brotli, brotliSync, hasZlib } from "./zlib.js";
import { encodeZstd, encodeZstdSync, hasSyncZstd } from "./zstd/encode.js";

export type { Compression } from "./compression.js";
export * from "./decompress.js";
export * from "./names.js";

export interface CompressOptions {
  /** gzip 0-9 (default 6), br 0-11 (default 5), zstd 1-22 (default 3). */
  readonly level?: number | undefined;
}

export interface CompressSyncOptions extends CompressOptions {
  /** The workspace to compress gzip in; bytes that lie in its memory are not copied. Default: one for all. */
  readonly workspace?: Workspace | undefined;
}

/** Whether {@link compressSync} works: gzip except in a page, br with Node's zlib, zstd from Node 22.15 on. */
export function isSyncCompression(compression: Compression): boolean {
  if (compression === "gzip") return hasDeflate;
  if (compression === "zstd") return hasSyncZstd();
  return compression === "none" || (compression === "br" && hasZlib());
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
