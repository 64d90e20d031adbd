// Encoding: the boundary map as windows of blocks, one slice thick, and their ranks. Two sizes of blocks: 4 x 4 with windows
// of 16 bits, and 8 x 8 with windows of 64.
import { COUNTER_BYTES, sort, unique } from "../../labels/assembly/sort";
import { maskOf, pitch, sx, sy, sz, words } from "./frame";
import { BITS, RESULT, SCRATCH } from "./job";

/** Flags, ranks and a list of all windows of 16 bits. */
const SEEN_BYTES: usize = 65536 >> 3;
const TABLE_BYTES: usize = 65536 << 1;

/** The windows of all blocks, x fastest. */
export let windows: usize = 0;
export let windowCount: u32 = 0;
/** The distinct ones in ascending order. */
export let values: usize = 0;
export let valueCount: u32 = 0;
let ranks: usize = 0;

/** Bytes of scratch for `blocks` windows. */
export function windowScratch(blocks: usize, side: u32): usize {
  return side == 4 ? SEEN_BYTES + 2 * TABLE_BYTES + 2 * blocks : COUNTER_BYTES + 3 * 8 * blocks;
}

/** A word of row `i` of a row of blocks; 0 below the slice. */
@inline
function rowWord(row: usize, word: u32, i: u32, rows: u32): u64 {
  return i < rows ? load<u64>(row + i * pitch + (word << 3)) & maskOf(word) : 0;
}

/** Windows of 4 x 4. The result is the number of distinct ones. */
export function windows4(job: usize): void {
  const seen: usize = load<u32>(job, SCRATCH);
  ranks = seen + SEEN_BYTES;
  values = ranks + TABLE_BYTES;
  windows = values + TABLE_BYTES;
  memory.fill(seen, 0, SEEN_BYTES);
  const nx = (sx + 3) >> 2;
  let to = windows;
  for (let z: u32 = 0; z < sz; z++)
    for (let y: u32 = 0; y < sy; y += 4) {
      const row: usize = load<u32>(job, BITS) + pitch * (y + z * sy);
      for (let w: u32 = 0; w < words; w++) {
        let a = rowWord(row, w, 0, sy - y);
        let b = rowWord(row, w, 1, sy - y);
        let c = rowWord(row, w, 2, sy - y);
        let d = rowWord(row, w, 3, sy - y);
        const end = to + (<usize>min<u32>(16, nx - (w << 4)) << 1);
        for (; to < end; to += 2, a >>= 4, b >>= 4, c >>= 4, d >>= 4) {
          const v = (<u32>a & 15) | ((<u32>b & 15) << 4) | ((<u32>c & 15) << 8) | ((<u32>d & 15) << 12);
          store<u16>(to, <u16>v);
          const flags = seen + (v >> 3);
          store<u8>(flags, load<u8>(flags) | <u8>(<u32>1 << (v & 7)));
        }
      }
    }
  windowCount = <u32>((to - windows) >> 1);
  valueCount = 0;
  for (let word: u32 = 0; word < 1024; word++)
    for (let flags = load<u64>(seen + (word << 3)); flags != 0; flags &= flags - 1) {
      const v = (word << 6) + <u32>ctz(flags);
      store<u16>(ranks + (v << 1), <u16>valueCount);
      store<u16>(values + (valueCount << 1), <u16>v);
      valueCount++;
    }
  store<u32>(job, valueCount, RESULT);
}

/** Windows of 8 x 8, of which there are `blocks`. The result is the number of distinct ones. */
export function windows8(job: usize, blocks: u32): void {
  const counters: usize = load<u32>(job, SCRATCH);
  windows = counters + COUNTER_BYTES;
  windowCount = blocks;
  const nx = (sx + 7) >> 3;
  let to = windows;
  for (let z: u32 = 0; z < sz; z++)
    for (let y: u32 = 0; y < sy; y += 8) {
      const row: usize = load<u32>(job, BITS) + pitch * (y + z * sy);
      const rows = min<u32>(8, sy - y);
      for (let x: u32 = 0; x < nx; x++, to += 8) {
        let v: u64 = 0;
        for (let i: u32 = 0; i < rows; i++) v |= <u64>load<u8>(row + i * pitch + x) << (i << 3);
        store<u64>(to, v);
      }
    }
  const copy = windows + (<usize>blocks << 3);
  memory.copy(copy, windows, <usize>blocks << 3);
  values = sort(copy, copy + (<usize>blocks << 3), blocks, counters);
  valueCount = unique(values, blocks);
  store<u32>(job, valueCount, RESULT);
}

/** Rank of a window among the distinct ones. */
@inline
export function rankOf<W>(window: W): u32 {
  if (sizeof<W>() == 2) return <u32>load<u16>(ranks + (<usize>window << 1));
  let low: u32 = 0;
  let high = valueCount;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<u64>(values + (<usize>middle << 3)) <= <u64>window) low = middle;
    else high = middle;
  }
  return low;
}
