import { DecodingError } from "../../base/errors.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { inflateZlib } from "../zlib-stream.js";

/**
 * Inflates the zlib stream (RFC 1950) whose pieces the IDAT chunks are. It has to give exactly `length` bytes:
 * never more are written. @throws DecodingError, also for a wrong Adler-32.
 */
export function inflateData(ws: Workspace, pieces: readonly Region[], length: number): Region {
  const stream = join(ws, pieces);
  const out = inflateZlib(ws, stream, {
    limit: length,
    scratch: "png.filtered",
    what: "PNG image",
    tail: true,
  });
  if (out.length === length) return out;
  throw new DecodingError("Corrupt PNG image data", { expected: `${length} bytes`, got: `${out.length}` });
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
