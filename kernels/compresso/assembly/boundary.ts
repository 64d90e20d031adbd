import { openFrame, pitch, sx, sy, sz, words } from "./frame";
import { BITS, RESULT, SHAPE, SOURCE } from "./job";

/**
 * Boundary map of dense voxels: a voxel is on a boundary if its neighbour at x + 1 or y + 1 has another label. Results: runs
 * of free voxels, boundary voxels without a free neighbour at x - 1 or y - 1.
 */
export function survey<T>(job: usize): void {
  openFrame(load<u32>(job, SHAPE), load<u32>(job, SHAPE + 4), load<u32>(job, SHAPE + 8));
  const rowBytes = <usize>sx << alignof<T>();
  let source: usize = load<u32>(job, SOURCE);
  let row: usize = load<u32>(job, BITS);
  let runs: u32 = 0;
  let stuck: u32 = 0;
  for (let z: u32 = 0; z < sz; z++)
    for (let y: u32 = 0; y < sy; y++, row += pitch, source += rowBytes) {
      const below = y + 1 < sy ? rowBytes : 0;
      let carry: u64 = 0;
      for (let w: u32 = 0; w < words; w++) {
        const at = source + (<usize>w << (6 + alignof<T>()));
        const n = min<u32>(64, sx - (w << 6));
        let boundary = differ<T>(at, at + below, n);
        boundary |= (w + 1 == words ? differ<T>(at, at + sizeof<T>(), n - 1) : differ<T>(at, at + sizeof<T>(), n));
        store<u64>(row + (w << 3), boundary);
        const mask = <u64>-1 >> (64 - n);
        const free = ~boundary & mask;
        const left = (free << 1) | carry;
        runs += <u32>popcnt(free & ~left);
        let rest = boundary & ~left;
        if (y != 0) rest &= load<u64>(row - pitch + (w << 3));
        stuck += <u32>popcnt(rest);
        carry = free >> 63;
      }
    }
  store<u32>(job, runs, RESULT);
  store<u32>(job, stuck, RESULT + 4);
}

/** A bit for each of `n` <= 64 voxels that differs from its counterpart. */
@inline
function differ<T>(a: usize, b: usize, n: u32): u64 {
  const lanes: u32 = 16 / sizeof<T>();
  let out: u64 = 0;
  let i: u32 = 0;
  for (; i + lanes <= n; i += lanes, a += 16, b += 16)
    out |= <u64>(<u32>v128.bitmask<T>(v128.ne<T>(v128.load(a), v128.load(b)))) << i;
  for (; i < n; i++, a += sizeof<T>(), b += sizeof<T>()) out |= <u64>(load<T>(a) != load<T>(b)) << i;
  return out;
}
