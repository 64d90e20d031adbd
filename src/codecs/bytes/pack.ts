/** The packers below Blosc and Zarr's own codecs. */
import type { Workspace } from "../../base/workspace.js";
import { compressZlib } from "../../compression/index.js";
import { encodeZstd } from "../../compression/zstd/encode.js";
import { blosc as kernel } from "../../kernels/blosc.js";
import { regionOf, viewOf } from "./byte-codec.js";

export async function packStream(
  inner: "zlib" | "zstd",
  bytes: Uint8Array,
  level: number,
): Promise<Uint8Array> {
  if (inner === "zlib") return await compressZlib(bytes, level);
  // c-blosc's nine levels over zstd's.
  return await encodeZstd(bytes, level === 9 ? 22 : Math.max(1, 2 * level - 1));
}

/** One LZ4 block of at most `capacity` bytes, or undefined. */
export function packLz4(ws: Workspace, bytes: Uint8Array, capacity: number): Uint8Array | undefined {
  const exports = ws.kernel(kernel);
  const source = regionOf(ws, bytes, "lz4.plain");
  const table = ws.scratch("lz4.table", exports.lz4TableSize());
  const out = ws.scratch("lz4.packed", capacity);
  const length = exports.lz4Encode(source.ptr, source.length, out.ptr, capacity, table.ptr);
  return length === 0 ? undefined : viewOf(ws, { ptr: out.ptr, length }).slice();
}
