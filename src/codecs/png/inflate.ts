import { DecodingError } from "../../base/errors.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { inflateRegion } from "../../compression/gunzip-workspace.js";
import { png } from "../../kernels/png.js";

/** What the inflate kernel answers, by number. */
const FAILURES = [
  "",
  "the data ends in the middle",
  "it is longer than the image",
  "a block of unknown type",
  "a stored block of contradictory length",
  "an invalid code",
  "an invalid symbol",
  "a distance before the start",
];

/**
 * Inflates the zlib stream (RFC 1950) whose pieces the IDAT chunks are. It has to give exactly `length` bytes:
 * never more are written. @throws DecodingError, also for a wrong Adler-32.
 */
export function inflateData(ws: Workspace, pieces: readonly Region[], length: number): Region {
  const stream = join(ws, pieces);
  const bytes = ws.bytes();
  const [method = 0, flags = 0] = bytes.subarray(stream.ptr, stream.ptr + Math.min(2, stream.length));
  if ((method & 15) !== 8 || method >> 4 > 7 || ((method << 8) | flags) % 31 !== 0 || (flags & 32) !== 0)
    throw broken("a zlib header without dictionary", `${method}, ${flags}`);
  if (stream.length < 6) throw broken("a zlib stream", `${stream.length} bytes`);
  const out = ws.scratch("png.filtered", length);
  const body = { ptr: stream.ptr + 2, length: stream.length - 6 };
  const { status, consumed, produced } = inflateRegion(ws, body, out);
  if (status !== 0) throw broken(`${length} bytes`, FAILURES[status] ?? `failure ${status}`);
  if (produced !== length) throw broken(`${length} bytes`, `${produced}`);
  const stored = new DataView(ws.bytes().buffer).getUint32(body.ptr + consumed);
  const computed = ws.kernel(png).adler32(out.ptr, length, 1) >>> 0;
  if (stored !== computed) throw broken(`an Adler-32 of ${stored.toString(16)}`, computed.toString(16));
  return out;
}

function join(ws: Workspace, pieces: readonly Region[]): Region {
  if (pieces.length === 1) return pieces[0]!;
  const joined = ws.scratch(
    "png.stream",
    pieces.reduce((sum, { length }) => sum + length, 0),
  );
  let at = joined.ptr;
  for (const { ptr, length } of pieces) {
    ws.bytes().copyWithin(at, ptr, ptr + length);
    at += length;
  }
  return joined;
}

function broken(expected: string, got: string): DecodingError {
  return new DecodingError("Corrupt image data in a PNG file", { expected, got });
}
