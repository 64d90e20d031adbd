/** zlib streams (RFC 1950) inside of chunks, decompressed within the workspace. */
import { DecodingError } from "../base/errors.js";
import type { Region, Workspace } from "../base/workspace.js";
import { inflateRegion } from "../compression/gunzip-workspace.js";
import { png } from "../kernels/png.js";

/** What the inflate kernel answers, by number. */
const FAILURES = [
  "",
  "the data ends in the middle",
  "it is longer than expected",
  "a block of unknown type",
  "a stored block of contradictory length",
  "an invalid code",
  "an invalid symbol",
  "a distance before the start",
];
const OUTPUT_FULL = 2;

export interface InflateOptions {
  /** Most bytes that may come out; never more are written. */
  readonly limit: number;
  /** Name of the scratch region that gets them. */
  readonly scratch: string;
  /** The format, for messages. */
  readonly what: string;
  /** Whether something may follow the stream. */
  readonly tail?: boolean;
}

/**
 * Inflates `source`, which must be followed by 8 readable bytes. The result lies in the scratch region until its
 * name is asked for again. @throws DecodingError, also for a wrong Adler-32 and, unless `tail`, for anything behind it.
 */
export function inflateZlib(
  ws: Workspace,
  source: Region,
  { limit, scratch, what, tail = false }: InflateOptions,
): Region {
  const broken = (expected: string, got: string): DecodingError =>
    new DecodingError(`Corrupt ${what} data`, { expected, got });
  const { ptr, length } = source;
  const [method = 0, flags = 0] = ws.bytes().subarray(ptr, ptr + Math.min(2, length));
  if ((method & 15) !== 8 || method >> 4 > 7 || ((method << 8) | flags) % 31 !== 0 || (flags & 32) !== 0)
    throw broken("a zlib header without dictionary", length < 2 ? `${length} bytes` : `${method}, ${flags}`);
  if (length < 6) throw broken("a zlib stream", `${length} bytes`);
  const out = ws.scratch(scratch, limit);
  const body = { ptr: ptr + 2, length: length - 6 };
  const { status, consumed, produced } = inflateRegion(ws, body, out);
  if (status === OUTPUT_FULL) throw broken(`at most ${limit} bytes`, "more");
  if (status !== 0) throw broken("a deflate stream", FAILURES[status] ?? `failure ${status}`);
  if (consumed !== body.length && !tail) throw broken("nothing behind it", `${body.length - consumed} bytes`);
  const stored = new DataView(ws.bytes().buffer).getUint32(body.ptr + consumed);
  const computed = ws.kernel(png).adler32(out.ptr, produced, 1) >>> 0;
  if (stored !== computed) throw broken(`an Adler-32 of ${stored.toString(16)}`, computed.toString(16));
  return { ptr: out.ptr, length: produced };
}
