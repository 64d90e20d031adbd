// CRC-32 (polynomial 0x04c11db7, reflected) of gzip, by tables and for long input by folding.

/** Slicing tables, 16 of 256 u32. */
const SLICES: usize = 16384;
/** Vectors that the fold keeps: the degree of the multiple below. */
const KEPT: usize = 300;
const RING: usize = SLICES;
/** Bytes that are left after the fold by vectors, and after the fold by two bytes. */
const LONG: usize = KEPT * 16;
const SHORT: usize = KEPT * 2;
/** SHORT zeros, LONG bytes, room for a vector; then SHORT bytes, rounded up. */
const LAST: usize = RING + LONG + 640;
const END: usize = LAST + LONG + 16;
const TABLES_SIZE: usize = END + 640;
/** Below this many bytes tables are faster than the fold. */
const FOLD_FROM: usize = 6144;

/** Bytes that the `tables` region needs. */
export function tablesSize(): usize {
  return TABLES_SIZE;
}

/** Fills the tables: once for a region. */
export function prepare(tables: usize): void {
  for (let n: u32 = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    store<u32>(tables + (n << 2), c);
  }
  for (let n: usize = 256; n < 4096; n++) {
    const c = load<u32>(tables + ((n - 256) << 2));
    store<u32>(tables + (n << 2), (c >>> 8) ^ load<u32>(tables + ((c & 255) << 2)));
  }
}

/** Checksum of `length` bytes that follow those with checksum `crc` (0 at the start). */
export function crc32(ptr: usize, length: usize, crc: u32, tables: usize): u32 {
  if (length < FOLD_FROM) return ~byTable(ptr, length, ~crc, tables);
  begin(crc, tables);
  const turns = length / LONG - 1;
  absorb(ptr, turns, tables);
  return finish(ptr + turns * LONG, length - turns * LONG, tables);
}

/** Bytes of one turn of `absorb`. */
export function turnSize(): usize {
  return LONG;
}

/** Starts a checksum that is made piece by piece, after bytes with checksum `crc`. `tables` then hold its state. */
export function begin(crc: u32, tables: usize): void {
  const ring = tables + RING;
  memory.fill(ring, 0, LONG);
  // What is xored to the first vector goes through the ring: vector 0 finds it in place of vector -300.
  store<u32>(ring, ~crc);
}

/** Takes `turns` times LONG bytes. At least LONG bytes must come behind them, in `finish`. */
export function absorb(from: usize, turns: usize, tables: usize): void {
  const ring = tables + RING;
  for (; turns != 0; turns--, from += LONG) {
    segment(from, ring, 0, 145, 155, 117, 89);
    segment(from, ring, 145, 183, -145, 117, 89);
    segment(from, ring, 183, 211, -145, -183, 89);
    segment(from, ring, 211, 300, -145, -183, -211);
  }
}

/** The checksum of everything since `begin`, with these last `length` bytes, of which there must be LONG to 2 * LONG. */
export function finish(from: usize, length: usize, tables: usize): u32 {
  return ~byTable(from + (length & ~15), length & 15, foldLast(from, length >> 4, tables), tables);
}

@inline
function slice(tables: usize, index: u32, k: usize): u32 {
  return load<u32>(tables + ((index & 255) << 2) + (k << 10));
}

@inline
function word(tables: usize, value: u32, k: usize): u32 {
  return (
    slice(tables, value, k + 3) ^ slice(tables, value >> 8, k + 2) ^ slice(tables, value >> 16, k + 1) ^
    slice(tables, value >> 24, k)
  );
}

function byTable(from: usize, length: usize, crc: u32, tables: usize): u32 {
  const end = from + length;
  for (; from + 16 <= end; from += 16)
    crc =
      word(tables, load<u32>(from) ^ crc, 12) ^ word(tables, load<u32>(from, 4), 8) ^
      word(tables, load<u32>(from, 8), 4) ^ word(tables, load<u32>(from, 12), 0);
  for (; from < end; from++) crc = (crc >> 8) ^ load<u32>(tables + ((crc ^ <u32>load<u8>(from)) & 255) * 4);
  return crc;
}

/**
 * The polynomial divides x^300 + x^155 + x^117 + x^89 + 1, hence (squared seven times) the same sum in y = x^128. So a
 * vector of 16 bytes can be replaced by itself 145, 183, 211 and 300 vectors further on: four exclusive ors for
 * each vector, until the last 300 are left, whose checksum is that of all. 300 <= `count` < 600.
 */
function foldLast(from: usize, count: usize, tables: usize): u32 {
  const ring = tables + RING;
  const left = count - KEPT;
  for (let i: usize = 0; i < left; i++, from += 16) {
    const w = v128.xor(v128.xor(at(ring, i + 155), at(ring, i + 117)), v128.xor(at(ring, i + 89), at(ring, i)));
    v128.store(ring + (i << 4), v128.xor(v128.load(from), w));
  }
  const last = tables + LAST;
  for (let i: usize = 0; i < KEPT; i++, from += 16) {
    let w = v128.xor(v128.load(from), at(ring, left + i));
    if (i < 145) w = v128.xor(w, at(ring, left + i + 155));
    if (i < 183) w = v128.xor(w, at(ring, left + i + 117));
    if (i < 211) w = v128.xor(w, at(ring, left + i + 89));
    v128.store(last + (i << 4), w);
  }
  return foldShort(tables);
}

/**
 * The same by units of two bytes (y = x^16), eight at a time, on the LONG bytes at LAST: for these the table would take
 * longer than everything before.
 */
function foldShort(tables: usize): u32 {
  const start = tables + LAST;
  const stop = start + LONG - SHORT;
  const end = tables + END;
  memory.fill(start - SHORT, 0, SHORT);
  memory.copy(end, stop, SHORT);
  memory.fill(stop, 0, SHORT + 16);
  let p = start;
  for (; p + 16 <= stop; p += 16) v128.store(p, v128.xor(v128.load(p), earlier(p)));
  store<u64>(p, load<u64>(p) ^ i64x2.extract_lane(earlier(p), 0));
  // Behind `stop` are zeros: only what was replaced counts.
  for (let i: usize = 0; i < SHORT; i += 16) v128.store(end + i, v128.xor(v128.load(end + i), earlier(stop + i)));
  return byTable(end, SHORT, 0, tables);
}

/** The four vectors that come to the one at `p`. */
@inline
function earlier(p: usize): v128 {
  return v128.xor(
    v128.xor(v128.load(p - 290), v128.load(p - 366)),
    v128.xor(v128.load(p - 422), v128.load(p - 600)),
  );
}

@inline
function at(ring: usize, index: usize): v128 {
  const i = index >= 2 * KEPT ? index - 2 * KEPT : index >= KEPT ? index - KEPT : index;
  return v128.load(ring + (i << 4));
}

/**
 * Vectors `start` to `end` of a turn of the ring; a, b, c: where the three others lie, in vectors from here. Four at a time:
 * offsets cost nothing, sums of addresses do.
 */
@inline
function segment(from: usize, ring: usize, start: usize, end: usize, a: isize, b: isize, c: isize): void {
  let p = ring + (start << 4);
  let m = from + (start << 4);
  let pa = p + (a << 4);
  let pb = p + (b << 4);
  let pc = p + (c << 4);
  const stop = ring + (end << 4);
  for (const last = stop - 64; p <= last; p += 64, m += 64, pa += 64, pb += 64, pc += 64) {
    v128.store(
      p,
      v128.xor(
        v128.xor(v128.load(m, 0), v128.load(p, 0)),
        v128.xor(v128.xor(v128.load(pa, 0), v128.load(pb, 0)), v128.load(pc, 0)),
      ),
      0,
    );
    v128.store(
      p,
      v128.xor(
        v128.xor(v128.load(m, 16), v128.load(p, 16)),
        v128.xor(v128.xor(v128.load(pa, 16), v128.load(pb, 16)), v128.load(pc, 16)),
      ),
      16,
    );
    v128.store(
      p,
      v128.xor(
        v128.xor(v128.load(m, 32), v128.load(p, 32)),
        v128.xor(v128.xor(v128.load(pa, 32), v128.load(pb, 32)), v128.load(pc, 32)),
      ),
      32,
    );
    v128.store(
      p,
      v128.xor(
        v128.xor(v128.load(m, 48), v128.load(p, 48)),
        v128.xor(v128.xor(v128.load(pa, 48), v128.load(pb, 48)), v128.load(pc, 48)),
      ),
      48,
    );
  }
  for (; p < stop; p += 16, m += 16, pa += 16, pb += 16, pc += 16)
    v128.store(
      p,
      v128.xor(
        v128.xor(v128.load(m, 0), v128.load(p, 0)),
        v128.xor(v128.xor(v128.load(pa, 0), v128.load(pb, 0)), v128.load(pc, 0)),
      ),
      0,
    );
}
