/** The general compressors: those of `src/compression`, and zlib, as chunks hold them. */
import type { Region, Workspace } from "../../base/workspace.js";
import { deflateWith, hasDeflate } from "../../compression/deflate.js";
import { gunzipInto } from "../../compression/gunzip-workspace.js";
import { type Compression, compress, compressZlib, decompressSync } from "../../compression/index.js";
import { inflateZlib } from "../zlib-stream.js";
import { type ByteCodec, corruptBytes, integerOf, intoRegion, viewOf } from "./byte-codec.js";

/** N5 writes zlib where `useZlib` is set. */
export const gzip: ByteCodec = {
  decode(ws, source, step) {
    if (step.config.useZlib === true) return zlib.decode(ws, source, step);
    return moved(ws, gunzipInto(ws, source, step.limit, "gzip"), step.scratch);
  },
  encode(_, bytes, config) {
    if (config.useZlib === true) return compressZlib(bytes, gzipLevel(config.level));
    return compress("gzip", bytes, { level: gzipLevel(config.level) });
  },
  encodeNow(ws, bytes, config) {
    const format = config.useZlib === true ? "zlib" : "gzip";
    return hasDeflate ? deflateWith(ws, format, bytes, gzipLevel(config.level)) : undefined;
  },
};

export const zlib: ByteCodec = {
  decode: (ws, source, { limit, scratch }) => inflateZlib(ws, source, { limit, scratch, what: "zlib" }),
  encode: (_, bytes, config) => compressZlib(bytes, gzipLevel(config.level ?? 1)),
  encodeNow: (ws, bytes, config) =>
    hasDeflate ? deflateWith(ws, "zlib", bytes, gzipLevel(config.level ?? 1)) : undefined,
};

export const zstd: ByteCodec = {
  decode: unpacks("zstd"),
  // Levels below 1 (0 is zstd's default, negative ones are faster) are written as theirs of the same meaning here.
  encode: (_, bytes, config) => {
    const level = integerOf(config, "level", 3, -131072, 22);
    return compress("zstd", bytes, { level: level === 0 ? 3 : Math.max(1, level) });
  },
};

export const br: ByteCodec = { decode: unpacks("br"), encode: (_, bytes) => compress("br", bytes) };
export const bz2: ByteCodec = { decode: unpacks("bz2") };

/** The container .xz (format 1), which numcodecs and N5 write unless told otherwise. */
export const xz: ByteCodec = {
  decode(ws, source, step) {
    const format = step.config.format ?? 1;
    if (format !== 1) throw corruptBytes("lzma", "the format .xz (1)", JSON.stringify(format));
    return unpacks("xz")(ws, source, step);
  },
};

function unpacks(compression: Compression): ByteCodec["decode"] {
  return (ws, source, { limit, scratch }) =>
    intoRegion(ws, decompressSync(compression, viewOf(ws, source), { limit, where: compression }), scratch);
}

/** gunzipInto has a region of its own, which a second gzip of the chain would overwrite. */
function moved(ws: Workspace, from: Region, scratch: string): Region {
  if (scratch === "bytes.0") return from; // The first of a chain: nothing else uses its region before it is read.
  const to = ws.scratch(scratch, from.length);
  ws.bytes().copyWithin(to.ptr, from.ptr, from.ptr + from.length);
  return to;
}

/** N5's and Java's -1 is the default. */
function gzipLevel(level: unknown): number {
  return typeof level === "number" && Number.isInteger(level) && level >= 0 && level <= 9 ? level : 6;
}
