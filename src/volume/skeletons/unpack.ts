/** Small gzip files without zlib, whose set-up costs more than their content. */
import type { Workspace } from "../../base/workspace.js";
import { gunzipInto } from "../../compression/gunzip-workspace.js";
import { decompressSync } from "../../compression/index.js";
import type { Stored } from "../../stores/store.js";

/** Above this the workspace would stay large for nothing. */
const LARGEST = 4 << 20;
/** What the kernel may read behind its input. */
const BEHIND = 8;

/**
 * The content of an object. It may lie in the workspace, valid until that is used again: decode it at once.
 * The compression must be one that runs synchronously. @throws DecompressionError.
 */
export function unpack(
  ws: Workspace,
  { bytes, compression }: Pick<Stored, "bytes" | "compression">,
  limit: number,
  where: string,
): Uint8Array {
  if (compression !== "gzip" || bytes.length > LARGEST)
    return decompressSync(compression, bytes, { limit, where });
  const { ptr } = ws.scratch("stored", bytes.length + BEHIND);
  ws.bytes().set(bytes, ptr);
  const out = gunzipInto(ws, { ptr, length: bytes.length }, limit, where);
  return ws.bytes().subarray(out.ptr, out.ptr + out.length);
}
