// A slice's rows, run by run: the components for the checksum, the labels for the box.
import { crc32c } from "../../crc32c/assembly/crc32c";
import { rows, runs } from "./components";
import {
  BOX_H, BOX_W, BOX_X, BOX_Y, CRC_TABLES, IDS, IDS_ROWS, STEP_Y,
} from "./job";
import { inverted, lastMask, rowBytes, sides, startsOf, sx, sy, words } from "./planes";

/** Writes the box of a slice. `colors`: a label for each component. */
export function paint<T>(job: usize, colors: usize, target: usize): void {
  const last = words - 1;
  const mask = lastMask;
  const flip = inverted;
  const x0 = load<u32>(job, BOX_X);
  const x1 = x0 + load<u32>(job, BOX_W);
  const y0 = load<u32>(job, BOX_Y);
  const y1 = y0 + load<u32>(job, BOX_H);
  const step = load<u32>(job, STEP_Y);
  const width = <usize>(x1 - x0) << alignof<T>();
  const stop = (x1 - 1) >> 6;
  for (let y = y0; y < y1; y++, target += step) {
    const row = sides + <usize>y * rowBytes;
    const end = target + width;
    // Address that x = 0 would have.
    const base = target - (<usize>x0 << alignof<T>());
    let run = runs + (<usize>load<u32>(rows + (<usize>y << 2)) << 2);
    let from = target;
    let color = load<T>(colors + (<usize>load<u32>(run) << alignof<T>()));
    for (let k: u32 = 0; k <= stop; k++) {
      let starts = startsOf(row, k, last, mask, flip);
      if (k == 0) starts ^= 1;
      for (; starts != 0; starts &= starts - 1) {
        run += 4;
        const next = load<T>(colors + (<usize>load<u32>(run) << alignof<T>()));
        const at = base + (<usize>((k << 6) + <u32>ctz(starts)) << alignof<T>());
        if (<isize>(at - from) > 0) {
          const to = min(at, end);
          fill<T>(from, to, end, color);
          from = to;
        }
        color = next;
      }
    }
    fill<T>(from, end, end, color);
  }
}

/** Fills from `at` to `to`; what is behind that, up to `end`, may be spoilt. */
@inline
function fill<T>(at: usize, to: usize, end: usize, color: T): void {
  if (to + 16 <= end) {
    const v = v128.splat<T>(color);
    for (; at < to; at += 16) v128.store(at, v);
  } else fillExactly<T>(at, to, color);
}

function fillExactly<T>(at: usize, to: usize, color: T): void {
  if (at + 16 <= to) {
    const v = v128.splat<T>(color);
    for (; at + 16 < to; at += 16) v128.store(at, v);
    v128.store(to - 16, v);
  } else for (; at < to; at += sizeof<T>()) store<T>(at, color);
}

/** The checksum of a slice's components, u32 each. */
export function checksum(job: usize): u32 {
  const last = words - 1;
  const mask = lastMask;
  const flip = inverted;
  const tables = load<u32>(job, CRC_TABLES);
  const ids = <usize>load<u32>(job, IDS);
  const band = load<u32>(job, IDS_ROWS);
  let crc: u32 = 0;
  let run = runs;
  for (let y: u32 = 0; y < sy; y += band) {
    let out = ids;
    const stop = min(y + band, sy);
    for (let j = y; j < stop; j++) {
      const row = sides + <usize>j * rowBytes;
      let from = out;
      for (let k: u32 = 0; k < words; k++) {
        let starts = startsOf(row, k, last, mask, flip);
        if (k == 0) starts ^= 1;
        const base = out + (<usize>k << 8);
        for (; starts != 0; starts &= starts - 1) {
          const to = base + (<usize>ctz(starts) << 2);
          from = fillIds(from, to, load<u32>(run));
          run += 4;
        }
      }
      out += <usize>sx << 2;
      fillIds(from, out, load<u32>(run));
      run += 4;
    }
    crc = crc32c(ids, out - ids, crc, tables);
  }
  return crc;
}

/** May write up to 12 bytes more. @returns `to`. */
@inline
function fillIds(at: usize, to: usize, id: u32): usize {
  const v = i32x4.splat(id);
  for (; at < to; at += 16) v128.store(at, v);
  return to;
}
