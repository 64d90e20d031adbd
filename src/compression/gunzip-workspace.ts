import type { Region, Workspace } from "../base/workspace.js";
import { inflate } from "../kernels/inflate.js";
import { crc32Region } from "./crc32-workspace.js";
import {
  broken,
  checkTrailer,
  failed,
  isPadding,
  OUTPUT_FULL,
  skipHeader,
  TRAILER_BYTES,
  u32,
  view,
} from "./gzip-file.js";

/** Deflate turns 258 bytes into at least two bits. */
const MOST_PER_BYTE = 1032;

/**
 * Decompresses a gzip file (RFC 1952): every header flag, several members, zeros as padding at the end. Checks
 * each member's CRC-32 and length. The result lies in the scratch region "inflated" until that is used again.
 * `source` must be followed by 8 readable bytes. @throws DecompressionError naming `where`, also for output longer than `limit`.
 */
export function gunzipInto(ws: Workspace, source: Region, limit: number, where: string): Region {
  if (source.length === 0) throw broken(where, "it is empty");
  let at = 0;
  let out = ws.scratch("inflated", Math.min(limit, firstGuess(ws, source)));
  let length = 0;
  while (at < source.length) {
    if (at > 0 && isPadding(ws, source, at)) break;
    at = skipHeader(view(ws, source), at, where);
    for (;;) {
      const rest = { ptr: source.ptr + at, length: source.length - at };
      const room = { ptr: out.ptr + length, length: out.length - length };
      const member = inflateRegion(ws, rest, room);
      if (member.status === OUTPUT_FULL && out.length < limit) {
        out = grown(ws, out, length, limit);
        continue;
      }
      if (member.status !== 0) throw failed(member.status, limit, where);
      at += member.consumed;
      const made = { ptr: room.ptr, length: member.produced };
      checkTrailer(ws, source, at, made.length, () => crc32Region(ws, made), where);
      at += TRAILER_BYTES;
      length += member.produced;
      break;
    }
  }
  return { ptr: out.ptr, length };
}

/** Decodes a raw deflate stream into `target`, exactly bounded by both regions. `status` 0 is success. */
export function inflateRegion(
  ws: Workspace,
  source: Region,
  target: Region,
): { status: number; consumed: number; produced: number } {
  const kernel = ws.kernel(inflate);
  const tables = ws.scratch("inflate.tables", kernel.tablesSize()).ptr;
  const status = kernel.inflate(source.ptr, source.length, target.ptr, target.length, tables);
  const result = new Uint32Array(ws.memory.buffer, tables, 2);
  return { status, consumed: result[0]!, produced: result[1]! };
}

/** The last member's length where deflate could make so much of this input; else four times the input. */
function firstGuess(ws: Workspace, source: Region): number {
  const { length } = source;
  const size = length < 18 ? 0 : u32(view(ws, source), length - 4);
  return size > 0 && size <= length * MOST_PER_BYTE ? size : 4 * length;
}

function grown(ws: Workspace, out: Region, used: number, limit: number): Region {
  const kept = ws.bytes().slice(out.ptr, out.ptr + used);
  const larger = ws.scratch("inflated", Math.min(limit, Math.max(2 * out.length, 65536)));
  ws.bytes().set(kept, larger.ptr);
  return larger;
}
