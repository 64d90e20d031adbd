// LZ4 block format, one hash of four bytes, as fast encoders do.
const HASH_BITS: u32 = 14;
/** A block ends with five literals at least, and the last match starts twelve bytes before its end. */
const LAST_LITERALS: usize = 5;
const MATCH_LIMIT: usize = 12;
const FARTHEST: usize = 65535;

/** Bytes that the `table` of `lz4Encode` needs. */
export function lz4TableSize(): usize {
  return 4 << HASH_BITS;
}

@inline
function hash(x: u32): usize {
  return (<usize>((x * 2654435761) >> (32 - HASH_BITS))) << 2;
}

/** Encodes one block. @returns its length, or 0 if it would not fit into `capacity`. */
export function lz4Encode(src: usize, length: usize, dst: usize, capacity: usize, table: usize): u32 {
  const start = src;
  const end = src + length;
  const out = dst;
  const outEnd = dst + capacity;
  let anchor = src;
  if (length > MATCH_LIMIT) {
    memory.fill(table, 0, lz4TableSize());
    const limit = end - MATCH_LIMIT;
    let misses: usize = 1 << 6;
    let at = src + 1;
    while (at <= limit) {
      const word = load<u32>(at);
      const slot = table + hash(word);
      const candidate = start + load<u32>(slot);
      store<u32>(slot, <u32>(at - start));
      if (candidate >= at || at - candidate > FARTHEST || load<u32>(candidate) != word) {
        at += misses++ >> 6;
        continue;
      }
      misses = 1 << 6;
      let from = candidate;
      while (at > anchor && from > start && load<u8>(at - 1) == load<u8>(from - 1)) {
        at--;
        from--;
      }
      let to = at + 4;
      let other = from + 4;
      const last = end - LAST_LITERALS;
      while (to + 8 <= last) {
        const differ = load<u64>(to) ^ load<u64>(other);
        if (differ != 0) {
          to += <usize>(ctz(differ) >> 3);
          break;
        }
        to += 8;
        other += 8;
      }
      if (to + 8 > last) {
        other = from + (to - at);
        while (to < last && load<u8>(to) == load<u8>(other)) {
          to++;
          other++;
        }
      }
      dst = sequence(anchor, at - anchor, dst, outEnd, at - from, to - at);
      if (dst == 0) return 0;
      anchor = to;
      if (to - 2 > start && to <= limit) store<u32>(table + hash(load<u32>(to - 2)), <u32>(to - 2 - start));
      at = to;
    }
  }
  dst = sequence(anchor, end - anchor, dst, outEnd, 0, 0);
  return dst == 0 ? 0 : <u32>(dst - out);
}

/** Writes literals and a match (none for a distance of 0). @returns the end, or 0 if there is no room. */
function sequence(literals: usize, count: usize, dst: usize, end: usize, distance: usize, match: usize): usize {
  if (1 + count + count / 255 + 1 + 2 + match / 255 + 1 > end - dst) return 0;
  const token = dst++;
  const extra = distance == 0 ? 0 : match - 4;
  store<u8>(token, <u8>((min<usize>(count, 15) << 4) | min<usize>(extra, 15)));
  if (count >= 15) dst = rest(dst, count - 15);
  memory.copy(dst, literals, count);
  dst += count;
  if (distance == 0) return dst;
  store<u16>(dst, <u16>distance);
  dst += 2;
  return extra >= 15 ? rest(dst, extra - 15) : dst;
}

function rest(dst: usize, n: usize): usize {
  for (; n >= 255; n -= 255) store<u8>(dst++, 255);
  store<u8>(dst++, <u8>n);
  return dst;
}
