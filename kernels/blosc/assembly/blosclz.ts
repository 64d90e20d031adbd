// BloscLZ: FastLZ with far matches.
import { copyMatch } from "./copy";

const TRUNCATED: i32 = -1;
const FULL: i32 = -2;
const BAD_DISTANCE: i32 = -3;
const FAR: usize = 8191;

/** Decodes one stream. @returns the bytes written, or a negative status. */
export function blosclzDecode(src: usize, srcLength: usize, dst: usize, capacity: usize): i32 {
  const srcEnd = src + srcLength;
  const end = dst + capacity;
  let at = dst;
  if (srcLength == 0) return 0;
  let control: u32 = load<u8>(src++) & 31;
  while (true) {
    if (control >= 32) {
      let length: usize = (control >> 5) - 1;
      const high: usize = (control & 31) << 8;
      let code: u32;
      if (length == 6) {
        do {
          if (src >= srcEnd) return TRUNCATED;
          code = load<u8>(src++);
          length += code;
        } while (code == 255);
      }
      if (src >= srcEnd) return TRUNCATED;
      code = load<u8>(src++);
      length += 3;
      let distance: usize = high + code + 1;
      if (code == 255 && high == 31 << 8) {
        if (srcEnd - src < 2) return TRUNCATED;
        distance = (<usize>load<u8>(src) << 8) + load<u8>(src + 1) + FAR + 1;
        src += 2;
      }
      if (distance > at - dst) return BAD_DISTANCE;
      if (length > end - at) return FULL;
      copyMatch(at, distance, length, end);
      at += length;
    } else {
      const literals: usize = control + 1;
      if (literals > srcEnd - src) return TRUNCATED;
      if (literals > end - at) return FULL;
      memory.copy(at, src, literals);
      src += literals;
      at += literals;
    }
    if (src >= srcEnd) return <i32>(at - dst);
    control = load<u8>(src++);
  }
}
