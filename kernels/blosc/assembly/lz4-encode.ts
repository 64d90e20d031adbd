// LZ4 block format, one hash of four bytes, as fast encoders do.
/** Of places as 32-bit numbers, and as 16-bit ones, which short blocks need. */
const HASH_BITS: u32 = 14;
const SHORT_BITS: u32 = 13;
const SHORT: usize = 65536;
/** A block ends with five literals at least, and the last match starts twelve bytes before its end. */
const LAST_LITERALS: usize = 5;
const MATCH_LIMIT: usize = 12;
const FARTHEST: usize = 65535;

/** Bytes that the `table` of `lz4Encode` needs. */
export function lz4TableSize(): usize {
  return 4 << HASH_BITS;
}

/**
 * Encodes one block. Up to 16 bytes behind the source are read, to no effect.
 * @returns its length, or 0 if it would not fit into `capacity`.
 */
export function lz4Encode(src: usize, length: usize, dst: usize, capacity: usize, table: usize): u32 {
  const outEnd = dst + capacity;
  const end = src + length;
  if (length <= MATCH_LIMIT) return lengthOf(dst, sequence(src, length, dst, outEnd, 0, 0));
  let anchor = src;
  let to = dst;
  // Whole blocks of one value are common: a run at the start needs no table.
  const run = matchEnd(src + 1, src, end - LAST_LITERALS);
  if (run - src > 16) {
    to = sequence(src, 1, dst, outEnd, 1, run - src - 1);
    anchor = run;
  }
  if (to == 0) return 0;
  if (anchor + MATCH_LIMIT > end) to = sequence(anchor, end - anchor, to, outEnd, 0, 0);
  else if (length <= SHORT) to = sequences<u16>(src, anchor, end, to, outEnd, table);
  else to = sequences<u32>(src, anchor, end, to, outEnd, table);
  return lengthOf(dst, to);
}

@inline
function lengthOf(dst: usize, end: usize): u32 {
  return end == 0 ? 0 : <u32>(end - dst);
}

@inline
function slotOf<Place>(table: usize, word: u32): usize {
  const bits = sizeof<Place>() == 2 ? SHORT_BITS : HASH_BITS;
  return table + (<usize>((word * 2654435761) >> (32 - bits)) << alignof<Place>());
}

/** The sequences of [anchor, end) in the block that begins with `start`. @returns the end, or 0 if there is no room. */
@inline
function sequences<Place>(
  start: usize, anchor: usize, end: usize, dst: usize, outEnd: usize, table: usize,
): usize {
  memory.fill(table, 0, sizeof<Place>() << (sizeof<Place>() == 2 ? SHORT_BITS : HASH_BITS));
  const limit = end - MATCH_LIMIT;
  const last = end - LAST_LITERALS;
  let misses: usize = 1 << 6;
  let at = max(anchor, start + 1);
  while (at <= limit) {
    const word = load<u32>(at);
    const slot = slotOf<Place>(table, word);
    const candidate = start + <usize>load<Place>(slot);
    store<Place>(slot, <Place>(at - start));
    if (load<u32>(candidate) != word || candidate >= at || at - candidate > FARTHEST) {
      at += misses++ >> 6;
      continue;
    }
    misses = 1 << 6;
    let from = candidate;
    while (at > anchor && from > start && load<u8>(at - 1) == load<u8>(from - 1)) {
      at--;
      from--;
    }
    const to = matchEnd(at + 4, from + 4, last);
    dst = sequence(anchor, at - anchor, dst, outEnd, at - from, to - at);
    if (dst == 0) return 0;
    anchor = at = to;
    if (to <= limit) store<Place>(slotOf<Place>(table, load<u32>(to - 2)), <Place>(to - 2 - start));
  }
  return sequence(anchor, end - anchor, dst, outEnd, 0, 0);
}

/** Where [at, last) first differs from what is at `other`. */
@inline
function matchEnd(at: usize, other: usize, last: usize): usize {
  while (at < last) {
    const differ = ~i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(other))) & 0xffff;
    if (differ != 0) return min(at + <usize>ctz(differ), last);
    at += 16;
    other += 16;
  }
  return last;
}

/** Writes literals and a match (none for a distance of 0). @returns the end, or 0 if there is no room. */
@inline
function sequence(literals: usize, count: usize, dst: usize, end: usize, distance: usize, match: usize): usize {
  if (count < 15 && match < 19 && distance != 0 && end - dst >= 20) {
    store<u8>(dst, <u8>((count << 4) | (match - 4)));
    v128.store(dst + 1, v128.load(literals));
    store<u16>(dst + 1 + count, <u16>distance);
    return dst + 3 + count;
  }
  if (1 + count + count / 255 + 1 + 2 + match / 255 + 1 > end - dst) return 0;
  const token = dst++;
  const extra = distance == 0 ? 0 : match - 4;
  store<u8>(token, <u8>((min<usize>(count, 15) << 4) | min<usize>(extra, 15)));
  if (count >= 15) dst = rest(dst, count - 15);
  if (count <= 16 && end - dst >= 16) v128.store(dst, v128.load(literals));
  else memory.copy(dst, literals, count);
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
