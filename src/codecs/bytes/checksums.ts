/** Checksums as codecs: four bytes behind the data (Zarr 3's crc32c), or before them (numcodecs' crc32, adler32). */
import type { Region, Workspace } from "../../base/workspace.js";
import { crc32Region } from "../../compression/crc32-workspace.js";
import { crc32cRegion } from "../../compression/crc32c-workspace.js";
import { png } from "../../kernels/png.js";
import { type ByteCodec, type ByteCodecConfig, corruptBytes, regionOf, viewOf } from "./byte-codec.js";

type Sum = (ws: Workspace, region: Region) => number;

function checksum(name: string, sum: Sum, usual: "start" | "end"): ByteCodec {
  const encode = (ws: Workspace, bytes: Uint8Array, config: ByteCodecConfig): Uint8Array => {
    const first = (config.location ?? usual) === "start";
    const region = regionOf(ws, bytes, "bytes.sum");
    const value = sum(ws, region) >>> 0;
    const out = new Uint8Array(region.length + 4);
    out.set(viewOf(ws, region), first ? 4 : 0);
    new DataView(out.buffer).setUint32(first ? 0 : region.length, value, true);
    return out;
  };
  return {
    decode(ws, source, { config }) {
      if (source.length < 4) throw corruptBytes(name, "a checksum of four bytes", `${source.length} bytes`);
      const first = (config.location ?? usual) === "start";
      const body = { ptr: source.ptr + (first ? 4 : 0), length: source.length - 4 };
      const at = first ? source.ptr : source.ptr + body.length;
      const stored = new DataView(ws.memory.buffer).getUint32(at, true);
      const computed = sum(ws, body) >>> 0;
      if (stored !== computed)
        throw corruptBytes(name, `a checksum of ${stored.toString(16)}`, computed.toString(16));
      return body;
    },
    encode,
    encodeNow: encode,
    worst: (length) => length + 4,
  };
}

export const crc32c: ByteCodec = checksum("crc32c", (ws, region) => crc32cRegion(ws, region), "end");
export const crc32: ByteCodec = checksum("crc32", (ws, region) => crc32Region(ws, region), "start");
export const adler32: ByteCodec = checksum(
  "adler32",
  (ws, { ptr, length }) => ws.kernel(png).adler32(ptr, length, 1),
  "start",
);
