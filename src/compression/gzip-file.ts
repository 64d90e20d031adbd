/** The parts of a gzip file (RFC 1952) around its deflate streams, and what is said of damaged ones. */
import { DecompressionError } from "../base/errors.js";
import type { Region, Workspace } from "../base/workspace.js";

const FTEXT_TO_FCOMMENT = 0x1f;
const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
/** The status of an inflate kernel that ran out of room. */
export const OUTPUT_FULL = 2;
/** Checksum and length behind a stream. */
export const TRAILER_BYTES = 8;

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

/** @returns where the stream begins whose member begins at `start`. */
export function skipHeader(bytes: Uint8Array, start: number, where: string): number {
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
export function isPadding(ws: Workspace, source: Region, at: number): boolean {
  return view(ws, source)
    .subarray(at)
    .every((b) => b === 0);
}

/** @throws DecompressionError unless the trailer at `at` has this length and checksum. */
export function checkTrailer(
  ws: Workspace,
  source: Region,
  at: number,
  length: number,
  crc: () => number,
  where: string,
): void {
  if (at + TRAILER_BYTES > source.length) throw broken(where, "it ends before its checksum");
  const bytes = view(ws, source);
  const [expected, size] = [u32(bytes, at), u32(bytes, at + 4)];
  if (size !== length % 2 ** 32) throw mismatch(where, "length", size, length);
  const got = crc(); // May grow the memory, which detaches `bytes`.
  if (got !== expected) throw mismatch(where, "CRC-32", expected.toString(16), got.toString(16));
}

export function view(ws: Workspace, { ptr, length }: Region): Uint8Array {
  return ws.bytes().subarray(ptr, ptr + length);
}

export function u32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

export function failed(status: number, limit: number, where: string): DecompressionError {
  if (status !== OUTPUT_FULL) return broken(where, WRONG[status] ?? `status ${status}`);
  return new DecompressionError("The decompressed content is longer than it may be", {
    where,
    expected: `at most ${limit} bytes`,
    fix: "The file is damaged or hostile, or the chunk is larger than the metadata say.",
  });
}

export function broken(where: string, what: string): DecompressionError {
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
