/** How a compression is called: in options, as a file's suffix, as an HTTP Content-Encoding. */
import { UnsupportedCompressionType } from "../base/errors.js";
import type { Compression } from "./compression.js";

/** Suffix of a file on disk, in CloudVolume's order of looking for them. */
export const SUFFIXES: Readonly<Record<Compression, string>> = {
  none: "",
  gzip: ".gz",
  br: ".br",
  zstd: ".zstd",
  xz: ".xz",
  bz2: ".bz2",
};

export const COMPRESSIONS: readonly Compression[] = Object.keys(SUFFIXES) as Compression[];

const BY_NAME: ReadonlyMap<string, Compression> = new Map([
  ["", "none"],
  ["none", "none"],
  ["gzip", "gzip"],
  ["br", "br"],
  ["zstd", "zstd"],
  ["xz", "xz"],
  ["lzma", "xz"],
  ["bz2", "bz2"],
  ["bzip2", "bz2"],
]);

/**
 * CloudVolume's `compress` option: true is gzip, false and "" are none, "lzma" is xz.
 * @returns undefined for null and undefined: the default of the encoding.
 * @throws UnsupportedCompressionType for anything else.
 */
export function parseCompress(value: unknown, where = "compress"): Compression | undefined {
  if (value === undefined || value === null) return undefined;
  const name = value === true ? "gzip" : value === false ? "none" : value;
  const found = typeof name === "string" ? BY_NAME.get(name.toLowerCase()) : undefined;
  if (found !== undefined) return found;
  throw new UnsupportedCompressionType("Unknown compression", {
    where,
    expected: `true, false, null, ${COMPRESSIONS.join(", ")}`,
    got: String(value),
  });
}

/** A stored name as a logical name and its compression: `a.gz` is `a` in gzip. */
export function splitSuffix(name: string): { readonly name: string; readonly compression: Compression } {
  for (const compression of COMPRESSIONS) {
    const suffix = SUFFIXES[compression];
    if (suffix !== "" && name.endsWith(suffix)) return { name: name.slice(0, -suffix.length), compression };
  }
  return { name, compression: "none" };
}

const BY_ENCODING: ReadonlyMap<string, Compression> = new Map([
  ...BY_NAME,
  ["x-gzip", "gzip"],
  ["identity", "none"],
]);

/** The Content-Encoding of a compression; undefined: no header. */
export function contentEncoding(compression: Compression): string | undefined {
  return compression === "none" ? undefined : compression;
}

/**
 * The compression that a Content-Encoding header names. `aws-chunked` (a trace of how an object was uploaded) and
 * `identity` do not count. @throws UnsupportedCompressionType for an unknown encoding, and for several.
 */
export function parseContentEncoding(header: string | undefined, where?: string): Compression {
  const names = (header ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "aws-chunked" && name !== "identity");
  const found = names.length === 0 ? "none" : names.length === 1 ? BY_ENCODING.get(names[0]!) : undefined;
  if (found !== undefined) return found;
  throw new UnsupportedCompressionType(
    names.length > 1 ? "An object is encoded several times over" : "Unknown Content-Encoding",
    { ...(where === undefined ? {} : { where }), expected: COMPRESSIONS.join(", "), got: header ?? "" },
  );
}

const MAGIC: Readonly<Partial<Record<Compression, readonly (readonly number[])[]>>> = {
  gzip: [[0x1f, 0x8b, 0x08]],
  // A frame, or a skippable frame before it.
  zstd: [[0x28, 0xb5, 0x2f, 0xfd], ...Array.from({ length: 16 }, (_, n) => [0x50 + n, 0x2a, 0x4d, 0x18])],
  xz: [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  bz2: [[0x42, 0x5a, 0x68]],
};

/** Whether bytes contradict their compression by their first bytes. Brotli has no mark; short ones may be cut. */
export function contradicts(compression: Compression, bytes: Uint8Array): boolean {
  const marks = MAGIC[compression];
  if (marks === undefined) return false;
  return !marks.some((mark) => mark.slice(0, bytes.length).every((m, i) => bytes[i] === m));
}
