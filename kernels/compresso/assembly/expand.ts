import { pitch, sliceBytes, sx, sy, sz } from "./frame";
import { BAD_WINDOW, BITS, OK, STEPS, TOO_MANY_WINDOWS, VALUES, VALUE_COUNT, WINDOWS, WINDOW_COUNT, Z_FROM, Z_TO } from "./job";

let xs: u32 = 0;
let ys: u32 = 0;
let zs: u32 = 0;
let nx: u32 = 0;
let ny: u32 = 0;
let from: u32 = 0;
let to: u32 = 0;
let bits: usize = 0;
let rowMask: u64 = 0;
/** Number of the first block in the row of blocks that was put last, and where that row is. */
let rowStart: u64 = 0;
let rowY: u32 = 0;
let rowZ: u32 = 0;

/** Boundary map of the slices Z_FROM to Z_TO from run-length coded ranks of windows. W: the type of a window. */
export function expand<W>(job: usize): i32 {
  xs = load<u32>(job, STEPS);
  ys = load<u32>(job, STEPS + 4);
  zs = load<u32>(job, STEPS + 8);
  from = load<u32>(job, Z_FROM);
  to = load<u32>(job, Z_TO);
  bits = load<u32>(job, BITS);
  nx = (sx + xs - 1) / xs;
  ny = (sy + ys - 1) / ys;
  rowMask = <u64>-1 >> (64 - xs);
  memory.fill(bits, 0, <usize>sliceBytes * (to - from) + 8);

  const layer = <u64>nx * ny;
  const total = layer * ((sz + zs - 1) / zs);
  rowStart = total; // Behind all blocks: none was put.
  const first = layer * (from / zs);
  const stop = layer * ((to + zs - 1) / zs);
  const values: usize = load<u32>(job, VALUES);
  const valueCount = load<u32>(job, VALUE_COUNT);
  const windows: usize = load<u32>(job, WINDOWS);
  const end = windows + <usize>load<u32>(job, WINDOW_COUNT) * sizeof<W>();
  const lowest: u64 = valueCount == 0 ? 0 : <u64>load<W>(values);
  let block: u64 = 0;
  for (let at = windows; at < end; at += sizeof<W>()) {
    const entry = <u64>load<W>(at);
    const n = entry >> 1;
    if ((entry & 1) != 0) {
      if (n > total - block) return TOO_MANY_WINDOWS;
      if (lowest != 0) for (let b = max(block, first); b < min(block + n, stop); b++) put(b, lowest);
      block += n;
    } else {
      if (n >= <u64>valueCount) return BAD_WINDOW;
      if (block >= total) return TOO_MANY_WINDOWS;
      if (block >= first) put(block, <u64>load<W>(values + <usize>n * sizeof<W>()));
      block++;
    }
    if (block >= stop && stop < total) return OK;
  }
  if (lowest != 0) for (let b = max(block, first); b < stop; b++) put(b, lowest);
  return OK;
}

/** Sets the bits of a block's window that are inside of the slices. */
@inline
function put(block: u64, window: u64): void {
  if (window != 0) putSome(block, window);
}

function putSome(block: u64, window: u64): void {
  if (block - rowStart >= <u64>nx) {
    const row = block / nx;
    rowStart = row * nx;
    rowY = <u32>(row % ny) * ys;
    rowZ = <u32>(row / ny) * zs;
  }
  const x = <u32>(block - rowStart) * xs;
  const shift = x & 7;
  const mask = sx - x < xs ? <u64>-1 >> (64 - (sx - x)) : rowMask;
  for (let z = rowZ; z < rowZ + zs; z++) {
    let at = bits + (z - from) * sliceBytes + rowY * pitch + (x >> 3);
    for (let y = rowY; y < rowY + ys; y++, at += pitch, window = xs == 64 ? 0 : window >> xs) {
      const part = window & mask;
      if (part == 0 || z < from || z >= to || y >= sy) continue;
      if (shift + xs <= 8) store<u8>(at, load<u8>(at) | <u8>(part << shift));
      else {
        store<u64>(at, load<u64>(at) | (part << shift));
        if (shift + xs > 64) store<u8>(at + 8, load<u8>(at + 8) | <u8>(part >> (64 - shift)));
      }
    }
  }
}
