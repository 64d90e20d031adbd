/** Chains of byte codecs: packing in the order given, unpacking the other way round. */
import { UnsupportedFormatError } from "../../base/errors.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { isSyncDecompression, loadCompression } from "../../compression/index.js";
import { blosc } from "./blosc.js";
import { type ByteCodec, type ByteCodecConfig, notWritten } from "./byte-codec.js";
import { adler32, crc32, crc32c } from "./checksums.js";
import { delta, fixedScaleOffset, packBits, quantize, shuffle } from "./filters.js";
import { br, bz2, gzip, xz, zlib, zstd } from "./general.js";
import { lz4 } from "./lz4.js";
import { lz4Block } from "./lz4-block.js";

const CODECS: ReadonlyMap<string, ByteCodec> = new Map([
  ["gzip", gzip],
  ["zlib", zlib],
  ["zstd", zstd],
  ["blosc", blosc],
  ["lz4", lz4],
  ["lz4-block", lz4Block],
  ["bz2", bz2],
  ["lzma", xz],
  ["br", br],
  ["crc32c", crc32c],
  ["crc32", crc32],
  ["adler32", adler32],
  ["delta", delta],
  ["fixedscaleoffset", fixedScaleOffset],
  ["quantize", quantize],
  ["packbits", packBits],
  ["shuffle", shuffle],
]);

export const BYTE_CODECS: readonly string[] = [...CODECS.keys()];

/** @throws UnsupportedFormatError for a codec that is not known. */
export function checkByteCodec(name: string, where: string): void {
  if (!CODECS.has(name))
    throw new UnsupportedFormatError("Unknown codec", { where, expected: BYTE_CODECS.join(", "), got: name });
}

/** Whether a codec can be written. */
export function isWritten(name: string): boolean {
  return CODECS.get(name)?.encode !== undefined;
}

/** Brings the code of the codecs that is loaded on first use. */
export async function loadByteCodecs(): Promise<void> {
  await Promise.all((["zstd", "xz", "bz2"] as const).map(loadCompression));
  if (!isSyncDecompression("br")) await loadCompression("br");
}

/**
 * Undoes a chain. `limit`: most bytes at its end. The result lies in a scratch region, or in `source` itself.
 * `source` must be followed by 8 readable bytes. @throws DecodingError, DecompressionError.
 */
export function unpack(
  ws: Workspace,
  source: Region,
  chain: readonly ByteCodecConfig[],
  limit: number,
): Region {
  let at = source;
  for (let i = chain.length - 1, n = 0; i >= 0; i--, n++) {
    const config = chain[i] as ByteCodecConfig;
    // What comes in between may be a little larger than its content.
    const most = i === 0 ? limit : limit + (limit >> 2) + 4096 * (i + 1);
    at = codecOf(config).decode(ws, at, { config, limit: most, scratch: `bytes.${n}` });
  }
  return at;
}

/** Packs bytes by a chain. @throws EncodingError for a codec that is only read. */
export async function pack(
  ws: Workspace,
  bytes: Uint8Array,
  chain: readonly ByteCodecConfig[],
): Promise<Uint8Array> {
  let out = bytes;
  for (const config of chain) {
    const { encode } = codecOf(config);
    if (encode === undefined) throw notWritten(config.name);
    out = await encode(ws, out, config);
  }
  return out;
}

/** The same without waiting, for bytes that may lie in the workspace's memory; undefined where a codec has to wait. */
export function packNow(
  ws: Workspace,
  bytes: Uint8Array,
  chain: readonly ByteCodecConfig[],
): Uint8Array | undefined {
  let out: Uint8Array | undefined = bytes;
  for (const config of chain) out = out && codecOf(config).encodeNow?.(ws, out, config);
  return out === bytes ? bytes.slice() : out;
}

function codecOf({ name }: ByteCodecConfig): ByteCodec {
  const codec = CODECS.get(name);
  if (codec !== undefined) return codec;
  throw new UnsupportedFormatError("Unknown codec", { expected: BYTE_CODECS.join(", "), got: name });
}
