import { corrupt, type Output } from "../output.js";
import { Lzma } from "./lzma.js";

/**
 * Decodes one LZMA2 stream that begins at `bytes[at]`, behind what `out` holds.
 * @returns where the next byte behind it is.
 */
export function decodeLzma2(bytes: Uint8Array, at: number, dictionary: number, out: Output): number {
  const lzma = new Lzma();
  let reach = -1;
  let hasProperties = false;
  let hasState = false;
  for (;;) {
    const control = byteAt(bytes, at);
    if (control === 0) return at + 1;
    if (control === 1 || control >= 0xe0) {
      reach = out.length;
      hasProperties = false;
    } else if (reach < 0 || (control > 2 && control < 0x80)) {
      corrupt("LZMA2 chunk does not begin as it must");
    }
    const low = (byteAt(bytes, at + 1) << 8) | byteAt(bytes, at + 2);
    if (control < 0x80) {
      const size = low + 1;
      at += 3;
      if (at + size > bytes.length) corrupt("xz data ends early");
      out.reserve(size).set(bytes.subarray(at, at + size), out.length);
      out.length += size;
      at += size;
      continue;
    }
    const size = ((control & 0x1f) << 16) + low + 1;
    const packed = ((byteAt(bytes, at + 3) << 8) | byteAt(bytes, at + 4)) + 1;
    at += 5;
    if (control >= 0xc0) {
      lzma.setProperties(byteAt(bytes, at++));
      hasProperties = true;
    }
    if (control >= 0xa0) {
      lzma.resetState();
      hasState = true;
    }
    if (!hasProperties || !hasState) corrupt("LZMA2 chunk lacks its properties");
    if (at + packed > bytes.length) corrupt("xz data ends early");
    const to = out.reserve(size);
    lzma.decode(bytes.subarray(at, at + packed), to, out.length, out.length + size, reach, dictionary);
    out.length += size;
    at += packed;
  }
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? corrupt("xz data ends early");
}
