import { UnsupportedCompressionType } from "../../base/errors.js";
import { nodeZlib } from "../zlib.node.js";

/** zstd of newer Node versions (22.15 and up); the types of the oldest supported version lack it. */
interface NativeZstd {
  readonly constants: { readonly ZSTD_c_compressionLevel: number };
  zstdCompressSync(
    bytes: Uint8Array,
    options: { params: Record<number, number>; pledgedSrcSize: number },
  ): Uint8Array;
}

function native(): NativeZstd | undefined {
  const zlib = nodeZlib() as Partial<NativeZstd> | undefined;
  return zlib?.zstdCompressSync === undefined ? undefined : (zlib as NativeZstd);
}

/** Whether zstd is written on the calling thread here. */
export function hasSyncZstd(): boolean {
  return native() !== undefined;
}

/** @throws UnsupportedCompressionType where the platform has no zstd of its own. */
export function encodeZstdSync(bytes: Uint8Array, level: number): Uint8Array {
  const zstd = native();
  if (zstd === undefined) {
    throw new UnsupportedCompressionType("zstd cannot be written synchronously here", {
      expected: "Node 22.15 or newer",
      fix: "Use compress() instead of compressSync()",
    });
  }
  const params = { [zstd.constants.ZSTD_c_compressionLevel]: level };
  const out = zstd.zstdCompressSync(bytes, { params, pledgedSrcSize: bytes.length });
  return new Uint8Array(out.buffer, out.byteOffset, out.length);
}

/** One frame with its content size, as zstd's simple API writes it. */
export async function encodeZstd(bytes: Uint8Array, level: number): Promise<Uint8Array> {
  if (hasSyncZstd()) return encodeZstdSync(bytes, level);
  const { default: Zstd } = await import("numcodecs/zstd");
  return await Zstd.fromConfig({ id: "zstd", level }).encode(bytes);
}
