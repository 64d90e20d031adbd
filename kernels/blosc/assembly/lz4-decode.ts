// LZ4 block format. A block ends with a sequence of literals only.
import { copyMatch } from "./copy";

/** The input ends early. */
const TRUNCATED: i32 = -1;
/** More comes out than there is room for. */
const FULL: i32 = -2;
/** A match reaches before the start of the output. */
const BAD_DISTANCE: i32 = -3;

/**
 * Decodes one block, or its first `enough` bytes and perhaps some more; 0: all of it.
 * @returns the bytes written, or a negative status.
 */
export function lz4Decode(src: usize, srcLength: usize, dst: usize, capacity: usize, enough: usize): i32 {
  const srcEnd = src + srcLength;
  const end = dst + capacity;
  const last: usize = enough == 0 ? <usize>u32.MAX_VALUE : dst + enough;
  let at = dst;
  while (src < srcEnd) {
    const token: u32 = load<u8>(src++);
    let literals: usize = token >> 4;
    if (literals == 15) {
      let more: u32;
      do {
        if (src >= srcEnd) return TRUNCATED;
        more = load<u8>(src++);
        literals += more;
      } while (more == 255);
    }
    if (literals > srcEnd - src) return TRUNCATED;
    if (literals > end - at) return FULL;
    if (literals <= 16 && srcEnd - src >= 16 && end - at >= 16) v128.store(at, v128.load(src));
    else memory.copy(at, src, literals);
    src += literals;
    at += literals;
    if (src == srcEnd) return <i32>(at - dst);
    if (srcEnd - src < 2) return TRUNCATED;
    const distance: usize = load<u16>(src);
    src += 2;
    let length: usize = (token & 15) + 4;
    if (length == 19) {
      let more: u32;
      do {
        if (src >= srcEnd) return TRUNCATED;
        more = load<u8>(src++);
        length += more;
      } while (more == 255);
    }
    if (distance == 0 || distance > at - dst) return BAD_DISTANCE;
    if (length > end - at) return FULL;
    copyMatch(at, distance, length, end);
    at += length;
    if (at >= last) return <i32>(at - dst);
  }
  return TRUNCATED;
}
