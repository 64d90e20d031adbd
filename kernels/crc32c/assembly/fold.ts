import { byTable, KEPT, LONG, SHORT } from "./tables";

/**
 * The polynomial divides x^209 + x^144 + x^54 + x^39 + x^14 + 1, hence (squared seven times) the same sum in y = x^128. So a
 * vector of 16 bytes can be replaced by itself 65, 155, 170, 195 and 209 vectors further on: five exclusive ors for each
 * vector, until the last 209 are left, whose checksum is that of all. Needs `count` >= 209. @returns the register.
 */
export function foldLong(from: usize, count: usize, crc: u32, tables: usize, ring: usize): u32 {
  memory.fill(ring, 0, LONG);
  let left = count - KEPT;
  // What is xored to the first vector goes through the ring: vector 0 finds it in place of vector -209.
  v128.store(ring, i32x4.replace_lane(v128.splat<u32>(0), 0, crc));
  while (left >= KEPT) {
    segment(from, ring, 0, 65, 144, 54, 39, 14);
    segment(from, ring, 65, 155, -65, 54, 39, 14);
    segment(from, ring, 155, 170, -65, -155, 39, 14);
    segment(from, ring, 170, 195, -65, -155, -170, 14);
    segment(from, ring, 195, 209, -65, -155, -170, -195);
    from += LONG;
    left -= KEPT;
  }
  for (let i: usize = 0; i < left; i++, from += 16) {
    const w = v128.xor(v128.xor(at(ring, i + 144), at(ring, i + 54)), v128.xor(at(ring, i + 39), at(ring, i + 14)));
    v128.store(ring + (i << 4), v128.xor(v128.xor(v128.load(from), v128.load(ring + (i << 4))), w));
  }
  const last = ring + LONG + SHORT;
  for (let i: usize = 0; i < KEPT; i++, from += 16) {
    let w = v128.xor(v128.load(from), at(ring, left + i));
    if (i < 65) w = v128.xor(w, at(ring, left + i + 144));
    if (i < 155) w = v128.xor(w, at(ring, left + i + 54));
    if (i < 170) w = v128.xor(w, at(ring, left + i + 39));
    if (i < 195) w = v128.xor(w, at(ring, left + i + 14));
    v128.store(last + (i << 4), w);
  }
  return foldShort(last, tables);
}

/**
 * The same by units of two bytes (y = x^16), eight at a time, on the LONG bytes at `start`: for these the table would take
 * longer than the fold of a small input. SHORT bytes before `start` are cleared.
 */
function foldShort(start: usize, tables: usize): u32 {
  const stop = start + LONG - SHORT;
  const end = start + LONG + 16;
  memory.fill(start - SHORT, 0, SHORT);
  memory.copy(end, stop, SHORT);
  memory.fill(stop, 0, SHORT + 16);
  for (let p = start; p < stop; p += 16) v128.store(p, v128.xor(v128.load(p), earlier(p)));
  // Behind `stop` are zeros: only what was replaced counts.
  for (let i: usize = 0; i < SHORT; i += 16) v128.store(end + i, v128.xor(v128.load(end + i), earlier(stop + i)));
  return byTable(end, SHORT, 0, tables);
}

/** What comes to the vector at `p` from units before it. */
@inline
function earlier(p: usize): v128 {
  return v128.xor(
    v128.xor(v128.xor(v128.load(p - 130), v128.load(p - 310)), v128.xor(v128.load(p - 340), v128.load(p - 390))),
    v128.load(p - 418),
  );
}

@inline
function at(ring: usize, index: usize): v128 {
  const i = index >= 2 * KEPT ? index - 2 * KEPT : index >= KEPT ? index - KEPT : index;
  return v128.load(ring + (i << 4));
}

/** Vectors `start` to `end` of a turn of the ring; a, b, c, d: where the four others lie, in vectors from here. */
@inline
function segment(
  from: usize, ring: usize, start: usize, end: usize, a: isize, b: isize, c: isize, d: isize,
): void {
  let p = ring + (start << 4);
  let m = from + (start << 4);
  const stop = ring + (end << 4);
  for (; p < stop; p += 16, m += 16)
    v128.store(
      p,
      v128.xor(
        v128.xor(v128.xor(v128.load(m), v128.load(p)), v128.xor(v128.load(p + (a << 4)), v128.load(p + (b << 4)))),
        v128.xor(v128.load(p + (c << 4)), v128.load(p + (d << 4))),
      ),
    );
}
