import { collect } from "./distinct";
import {
  BLOCK, CAPACITY, CHANNELS, OK, OUTPUT_FULL, SCRATCH, SHAPE, SOURCE, TABLE_TOO_FAR, TARGET, WRITTEN,
} from "./job";
import { clear, identifiers, ranks, sorted, tableSlots, tableMask, open } from "./scratch";

const MAX_TABLE: u32 = 1 << 24;

/** Encodes all channels, byte for byte as the C++ of compressedseg does. T: the label's type. */
export function encode<T>(job: usize): i32 {
  const sx = load<u32>(job, SHAPE);
  const sy = load<u32>(job, SHAPE + 4);
  const sz = load<u32>(job, SHAPE + 8);
  const channels = load<u32>(job, CHANNELS);
  const bx = load<u32>(job, BLOCK);
  const by = load<u32>(job, BLOCK + 4);
  const bz = load<u32>(job, BLOCK + 8);
  const gx: u32 = (sx + bx - 1) / bx;
  const gy: u32 = (sy + by - 1) / by;
  const gz: u32 = (sz + bz - 1) / bz;
  const target = <usize>load<u32>(job, TARGET);
  const capacity = load<u32>(job, CAPACITY) >> 2;
  const headers: u32 = 2 * gx * gy * gz;
  open(load<u32>(job, SCRATCH), min(bx, sx) * min(by, sy) * min(bz, sz), gx * gy * gz);
  if (channels > capacity) return OUTPUT_FULL;

  let at = channels;
  for (let c: u32 = 0; c < channels; c++) {
    store<u32>(target + (c << 2), at);
    if (headers > capacity - at) return OUTPUT_FULL;
    const base = target + (at << 2);
    const source: usize = load<u32>(job, SOURCE) + c * sx * sy * sz * <u32>sizeof<T>();
    clear();
    let end = headers;
    let header = base;
    for (let z: u32 = 0; z < sz; z += bz)
      for (let y: u32 = 0; y < sy; y += by)
        for (let x: u32 = 0; x < sx; x += bx, header += 8) {
          const nx = min(bx, sx - x);
          const ny = min(by, sy - y);
          const nz = min(bz, sz - z);
          const n = collect<T>(source + (x + sx * (y + sy * z)) * <u32>sizeof<T>(), sx, sx * sy, nx, ny, nz);
          const bits = bitsFor(n);
          const indexWords = <u32>((<u64>bits * bx * by * bz + 31) >> 5);
          const tableWords = n * (sizeof<T>() >> 2);
          if (<u64>at + end + indexWords + tableWords > <u64>capacity) return OUTPUT_FULL;
          const index = base + (end << 2);
          memory.fill(index, 0, indexWords << 2);
          if (bits != 0) pack(index, bits, bx, by, nx, ny, nz);
          const table = placeTable<T>(base, end + indexWords, n);
          if (table >= MAX_TABLE) return TABLE_TOO_FAR;
          store<u32>(header, table | (bits << 24));
          store<u32>(header, end, 4);
          end += indexWords;
          if (table == end) end += tableWords;
        }
    at += end;
  }
  store<u32>(job, at << 2, WRITTEN);
  return OK;
}

@inline
function bitsFor(n: u32): u32 {
  if (n <= 1) return 0;
  let bits: u32 = 1;
  while (bits < 32 && <u32>1 << bits < n) bits <<= 1;
  return bits;
}

/** Writes the ranks of a block's voxels; what lies outside the volume stays 0. */
function pack(index: usize, bits: u32, bx: u32, by: u32, nx: u32, ny: u32, nz: u32): void {
  let id = identifiers;
  for (let z: u32 = 0; z < nz; z++)
    for (let y: u32 = 0; y < ny; y++) {
      const bit = <u64>bx * (y + by * z) * bits;
      let word = index + (<usize>(bit >> 5) << 2);
      let shift = <u32>bit & 31;
      let value = load<u32>(word);
      for (let x: u32 = 0; x < nx; x++, id += 4) {
        if (shift == 32) {
          store<u32>(word, value);
          word += 4;
          shift = 0;
          value = 0;
        }
        value |= load<u32>(ranks + (load<u32>(id) << 2)) << shift;
        shift += bits;
      }
      store<u32>(word, value);
    }
}

/** Where the sorted labels lie as a table: an identical one of this channel, else written at word `free`. */
function placeTable<T>(base: usize, free: u32, n: u32): u32 {
  let hash: u64 = n;
  for (let i: u32 = 0; i < n; i++) hash = rotl((hash ^ load<u64>(sorted + (i << 3))) * 0x9e37_79b9_7f4a_7c15, 29);
  let slot = <u32>(hash >> 32) & tableMask;
  while (true) {
    const at = tableSlots + (slot << 4);
    const count = load<u32>(at, 4);
    if (count == 0) {
      store<u32>(at, free);
      store<u32>(at, n, 4);
      store<u64>(at, hash, 8);
      for (let i: u32 = 0; i < n; i++)
        store<T>(base + (free << 2) + i * sizeof<T>(), <T>load<u64>(sorted + (i << 3)));
      return free;
    }
    if (count == n && load<u64>(at, 8) == hash && sameTable<T>(base + (load<u32>(at) << 2), n)) return load<u32>(at);
    slot = (slot + 1) & tableMask;
  }
}

function sameTable<T>(table: usize, n: u32): bool {
  for (let i: u32 = 0; i < n; i++)
    if (<u64>load<T>(table + i * sizeof<T>()) != load<u64>(sorted + (i << 3))) return false;
  return true;
}
