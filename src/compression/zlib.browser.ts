/** gzip and brotli where there is no zlib: our own kernel and a package for reading, the browser's streams for writing. */
import { UnsupportedCompressionType } from "../base/errors.js";
import { loadGunzip } from "./gunzip.browser.js";

type Format = "gzip" | "br";
type Decoder = (bytes: Uint8Array, limit: number) => Uint8Array;

/** Decoders that are loaded on first use, as those of other compressions are. */
export const ZLIB_LOADERS: Readonly<Partial<Record<Format, () => Promise<Decoder>>>> = {
  gzip: loadGunzip,
  br: async () => (await import("./brotli/decode.js")).decodeBrotli,
};

export function hasZlib(): boolean {
  return false;
}

/** @returns nothing: a browser has no zlib. */
export function nodeZlib(): undefined {
  return undefined;
}

export function inflateSync(format: Format): never {
  throw new UnsupportedCompressionType(`${format} is not loaded; call loadCompression first`);
}

export async function inflate(format: Format, bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  const decode = await ZLIB_LOADERS[format]?.();
  return decode === undefined ? inflateSync(format) : decode(bytes, limit);
}

export function deflateSync(format: Format): never {
  throw new UnsupportedCompressionType(`${format} cannot be written synchronously in a browser`, {
    fix: "Use compress() instead of compressSync()",
  });
}

/** The level is the browser's own. */
export async function deflate(format: Format, bytes: Uint8Array): Promise<Uint8Array> {
  if (format === "gzip") return await streamed("gzip", bytes);
  throw new UnsupportedCompressionType("br cannot be written in a browser", {
    expected: "none, gzip or zstd",
  });
}

/** A zlib stream (RFC 1950), as Zarr's and N5's chunks hold them. */
export async function deflateZlib(bytes: Uint8Array): Promise<Uint8Array> {
  return await streamed("deflate", bytes);
}

async function streamed(format: CompressionFormat, bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
