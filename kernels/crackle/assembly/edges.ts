// The marks of a volume: where labels differ from those to the left and above.
import { OK, PLANES, RESULT, SLICES, SOURCE, Z_TO } from "./job";
import { placePlanes, planesSize, rowBytes, sides, startsOf, sx, sy, tops, words, lastMask } from "./planes";
import { SLICE_BYTES, SLICE_EDGES, SLICE_RUNS } from "./slice";

/** Marks all slices, each in planes of its own. RESULT: voxels that differ from the one before them in memory. */
export function findEdges<T>(job: usize): void {
  let source = <usize>load<u32>(job, SOURCE);
  let base = <usize>load<u32>(job, PLANES);
  let record = <usize>load<u32>(job, SLICES);
  const slices = load<u32>(job, Z_TO);
  let unequal: u32 = 0;
  for (let z: u32 = 0; z < slices; z++, record += SLICE_BYTES) {
    placePlanes(job, base, false);
    const size = planesSize(sx, sy);
    memory.fill(base, 0, size);
    base += size;
    const pitch = <usize>sx << alignof<T>();
    let edges: u32 = 0;
    let runs: u32 = 0;
    for (let y: u32 = 0; y < sy; y++, source += pitch) {
      const side = sides + <usize>y * rowBytes;
      unequal += differences<T>(source, source - sizeof<T>(), side);
      const first = load<u8>(side);
      if (z == 0 && y == 0) unequal -= first & 1;
      store<u8>(side, first & 0xfe);
      for (let k: u32 = 0; k < words; k++) runs += <u32>popcnt(startsOf(side, k, words - 1, lastMask, 0));
      if (y != 0) edges += differences<T>(source, source - pitch, tops + <usize>y * rowBytes);
    }
    store<u32>(record, runs, SLICE_RUNS);
    // Every run but a row's first starts at an edge.
    store<u32>(record, edges + runs - sy, SLICE_EDGES);
  }
  store<u32>(job, unequal, RESULT);
}

/** Sets the bits where a row differs from another one. @returns how many. */
@inline
function differences<T>(a: usize, b: usize, out: usize): u32 {
  let count: u32 = 0;
  let x: u32 = 0;
  for (; x + 16 <= sx; x += 16, a += 16 << alignof<T>(), b += 16 << alignof<T>(), out += 2) {
    const bits = sixteen<T>(a, b);
    store<u16>(out, <u16>bits);
    count += popcnt(bits);
  }
  let bits: u32 = 0;
  for (let i: u32 = 0; x + i < sx; i++, a += sizeof<T>(), b += sizeof<T>())
    bits |= <u32>(load<T>(a) != load<T>(b)) << i;
  for (let rest = bits; rest != 0; rest >>= 8, out++) store<u8>(out, <u8>rest);
  return count + popcnt(bits);
}

/** One bit for each of 16 voxels that differs. */
@inline
function sixteen<T>(a: usize, b: usize): u32 {
  if (sizeof<T>() == 1) return i8x16.bitmask(i8x16.ne(v128.load(a), v128.load(b)));
  if (sizeof<T>() == 2) return i8x16.bitmask(narrow16(differ<u16>(a, b, 0), differ<u16>(a, b, 16)));
  if (sizeof<T>() == 4)
    return i8x16.bitmask(
      narrow16(
        narrow32(differ<u32>(a, b, 0), differ<u32>(a, b, 16)), narrow32(differ<u32>(a, b, 32), differ<u32>(a, b, 48)),
      ),
    );
  return i8x16.bitmask(
    narrow16(
      narrow32(narrow64(a, b, 0), narrow64(a, b, 32)), narrow32(narrow64(a, b, 64), narrow64(a, b, 96)),
    ),
  );
}

@inline
function differ<T>(a: usize, b: usize, at: usize): v128 {
  return v128.ne<T>(v128.load(a + at), v128.load(b + at));
}

@inline
function narrow16(a: v128, b: v128): v128 {
  return i8x16.narrow_i16x8_s(a, b);
}

@inline
function narrow32(a: v128, b: v128): v128 {
  return i16x8.narrow_i32x4_s(a, b);
}

@inline
function narrow64(a: usize, b: usize, at: usize): v128 {
  return v128.shuffle<u32>(differ<u64>(a, b, at), differ<u64>(a, b, at + 16), 0, 2, 4, 6);
}
