/** gzip and brotli where there is no zlib: read by our own kernel and a package; brotli is not written. */
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

export function brotliSync(): never {
  throw new UnsupportedCompressionType("br cannot be written in a browser", {
    expected: "none, gzip or zstd",
  });
}

export async function brotli(): Promise<never> {
  return brotliSync();
}
