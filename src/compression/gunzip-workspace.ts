import { DecompressionError } from "../base/errors.js";
import type { Region, Workspace } from "../base/workspace.js";
import { inflate } from "../kernels/inflate.js";
import { crc32Region } from "./crc32-workspace.js";

const FTEXT_TO_FCOMMENT = 0x1f;
const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const OUTPUT_FULL = 2;
/** Deflate turns 258 bytes into at least two bits. */
const MOST_PER_BYTE = 1032;

const WRONG: readonly string[] = [
  "",
  "the stream ends early",
  "",
  "a block of a reserved type",
  "a stored block's length does not match its complement",
  "a set of code lengths that no encoder makes",
  "a codeword without a symbol",
  "a distance that reaches before the start",
];

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
      checkTrailer(ws, source, at, { ptr: room.ptr, length: member.produced }, where);
      at += 8;
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

function skipHeader(bytes: Uint8Array, start: number, where: string): number {
  const byte = (at: number): number => {
    if (at >= bytes.length) throw broken(where, "a header is cut off");
    return bytes[at]!;
  };
  if (byte(start) !== 0x1f || byte(start + 1) !== 0x8b)
    throw broken(where, start === 0 ? "it does not start with 1f 8b" : "there is something else behind it");
  if (byte(start + 2) !== 8) throw broken(where, `method ${byte(start + 2)} is not deflate`);
  const flags = byte(start + 3);
  if (flags > FTEXT_TO_FCOMMENT) throw broken(where, "reserved header flags are set");
  let at = start + 10;
  if (flags & FEXTRA) at += 2 + byte(at) + 256 * byte(at + 1);
  for (const flag of [FNAME, FCOMMENT]) if (flags & flag) while (byte(at++) !== 0);
  if (flags & FHCRC) at += 2;
  byte(at);
  return at;
}

/** Writers such as tape tools pad files with zeros. */
function isPadding(ws: Workspace, source: Region, at: number): boolean {
  return view(ws, source)
    .subarray(at)
    .every((b) => b === 0);
}

function checkTrailer(ws: Workspace, source: Region, at: number, member: Region, where: string): void {
  if (at + 8 > source.length) throw broken(where, "it ends before its checksum");
  const bytes = view(ws, source);
  const size = u32(bytes, at + 4);
  if (size !== member.length % 2 ** 32) throw mismatch(where, "length", size, member.length);
  const expected = u32(bytes, at);
  const crc = crc32Region(ws, member); // May grow the memory, which detaches `bytes`.
  if (crc !== expected) throw mismatch(where, "CRC-32", expected.toString(16), crc.toString(16));
}

function view(ws: Workspace, { ptr, length }: Region): Uint8Array {
  return ws.bytes().subarray(ptr, ptr + length);
}

function u32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

function failed(status: number, limit: number, where: string): DecompressionError {
  if (status !== OUTPUT_FULL) return broken(where, WRONG[status] ?? `status ${status}`);
  return new DecompressionError("The decompressed content is longer than it may be", {
    where,
    expected: `at most ${limit} bytes`,
    fix: "The file is damaged or hostile, or the chunk is larger than the metadata say.",
  });
}

function broken(where: string, what: string): DecompressionError {
  return new DecompressionError("The gzip data is damaged", { where, got: what });
}

function mismatch(
  where: string,
  what: string,
  expected: string | number,
  got: string | number,
): DecompressionError {
  return new DecompressionError(`The ${what} of gzip data does not match`, {
    where,
    expected: String(expected),
    got: String(got),
  });
}
