import { DecodingError } from "../../base/errors.js";
import { cutShort } from "./bits.js";

/** What a file in boxes starts with: a box "JXL " and a line of bytes that text transfers damage. */
export const SIGNATURE: readonly number[] = [0, 0, 0, 12, 0x4a, 0x58, 0x4c, 0x20, 0x0d, 0x0a, 0x87, 0x0a];
/** Far more than writers make. */
const MAX_BOXES = 1000;

/**
 * The codestream of a JPEG XL file: the file itself, or what its boxes "jxlc" or "jxlp" hold (ISO/IEC 18181-2).
 * A view of `file` unless the codestream lies in several pieces. @throws DecodingError.
 */
export function codestreamOf(file: Uint8Array): Uint8Array {
  if (file[0] === 0xff && file[1] === 0x0a) return file;
  if (SIGNATURE.some((byte, i) => file[i] !== byte))
    throw new DecodingError("Not a JPEG XL file", {
      expected: "FF 0A or a signature box at the start",
      got: `${file.length === 0 ? "no bytes" : Array.from(file.subarray(0, 4)).join(" ")}`,
    });
  const pieces: Uint8Array[] = [];
  let whole = false;
  for (const { type, content } of boxes(file)) {
    if (type !== "jxlc" && type !== "jxlp") continue;
    if (whole || (type === "jxlc" && pieces.length > 0)) throw disordered("another codestream");
    if (type === "jxlc") {
      pieces.push(content);
      whole = true;
      continue;
    }
    if (content.length < 4) throw cutShort(file.length);
    const index = new DataView(content.buffer, content.byteOffset).getUint32(0);
    if ((index & 0x7fffffff) !== pieces.length) throw disordered(`piece ${index & 0x7fffffff}`);
    pieces.push(content.subarray(4));
    whole = index >= 2 ** 31;
  }
  if (!whole) throw cutShort(file.length);
  return pieces.length === 1 ? pieces[0]! : joined(pieces);
}

/** All boxes of a file; none of a bare codestream. @throws DecodingError. */
export function boxesOf(file: Uint8Array): readonly Box[] {
  return file[0] === 0xff ? [] : [...boxes(file)];
}

export interface Box {
  readonly type: string;
  readonly content: Uint8Array;
}

function* boxes(file: Uint8Array): Generator<Box> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 0;
  for (let count = 0; at < file.length; count++) {
    if (count === MAX_BOXES) throw disordered(`more than ${MAX_BOXES} boxes`);
    if (at + 8 > file.length) throw cutShort(file.length);
    let size = view.getUint32(at);
    let head = 8;
    if (size === 1) {
      if (at + 16 > file.length) throw cutShort(file.length);
      size = view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12);
      head = 16;
    }
    const end = size === 0 ? file.length : at + size;
    if (end > file.length) throw cutShort(file.length);
    if (end < at + head) throw disordered(`a box of ${size} bytes`);
    yield {
      type: String.fromCharCode(...file.subarray(at + 4, at + 8)),
      content: file.subarray(at + head, end),
    };
    at = end;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

function disordered(got: string): DecodingError {
  return new DecodingError("Corrupt boxes in a JPEG XL file", { expected: "one codestream", got });
}
