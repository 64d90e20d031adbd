// Crack codes: chains of moves along the corners of pixels, that mark the edges they pass.
import { expand } from "./markov";
import { BAD_START, CODE_ENDS, OK, OUTSIDE } from "./job";
import { rowBytes, sides, sx, sy, tops } from "./planes";

/** Bytes of values up to `most`. */
@inline
export function bytesFor(most: u64): u32 {
  return most < 256 ? 1 : most < 65536 ? 2 : most < 0x1_0000_0000 ? 4 : 8;
}

/** A number of 1, 2, 4 or 8 bytes. */
@inline
export function loadNumber(at: usize, bytes: u32): u64 {
  return bytes == 1 ? <u64>load<u8>(at) : bytes == 2 ? <u64>load<u16>(at) : bytes == 4 ? <u64>load<u32>(at) : load<u64>(at);
}

@inline
export function storeNumber(at: usize, bytes: u32, value: u64): void {
  if (bytes == 1) store<u8>(at, <u8>value);
  else if (bytes == 2) store<u16>(at, <u16>value);
  else if (bytes == 4) store<u32>(at, <u32>value);
  else store<u64>(at, value);
}

/**
 * Draws the chains of a slice. `stack`: room for `limit` corners; `differences`: with a Markov model twice the bytes of the
 * code. @returns a status.
 */
export function drawCracks(
  code: usize, length: u32, stack: usize, limit: u32, order: u32, model: usize, differences: usize,
): i32 {
  if (length < 4) return CODE_ENDS;
  const index = load<u32>(code);
  if (index > length - 4) return CODE_ENDS;
  let node = code + 4;
  const nodesEnd = node + index;
  let moves = nodesEnd;
  let count = (<u64>length - 4 - index) << 2;
  if (order != 0) {
    const expanded = expand(moves, length - 4 - index, order, model, differences);
    if (expanded < 0) return -<i32>expanded;
    count = <u64>expanded;
    moves = differences;
  }
  const wide = bytesFor(<u64>sx + 1);
  const high = bytesFor(<u64>sy + 1);
  const pitch = rowBytes << 3;
  // A row of corners has sx + 1 bits.
  const total = pitch * (sy + 1);
  const side = sides;
  const top = tops;
  let word: u64 = 0;
  let i: u64 = 0;
  let move: u32 = 0;
  let y: u64 = 0;

  if (index < high) return CODE_ENDS;
  let rowsLeft = loadNumber(node, high);
  node += high;
  for (; rowsLeft != 0; rowsLeft--) {
    if (<u32>(nodesEnd - node) < high + wide) return CODE_ENDS;
    y += loadNumber(node, high);
    let inRow = loadNumber(node + high, wide);
    node += high + wide;
    if (y > sy) return BAD_START;
    if (<u64>(nodesEnd - node) < inRow * wide) return CODE_ENDS;
    let x: u64 = 0;
    for (; inRow != 0; inRow--) {
      x += loadNumber(node, wide);
      node += wide;
      if (x > sx) return BAD_START;
      let at = <u32>y * pitch + <u32>x;
      let open: u32 = 1;
      let depth: u32 = 0;
      // A move counts once the next one is not its opposite; 4: none.
      let pending: u32 = 4;
      while (true) {
        if (i == count) return CODE_ENDS;
        if ((i & 31) == 0) word = load<u64>(moves + <usize>(i >> 2));
        i++;
        move = (move + <u32>word) & 3;
        word >>= 2;
        if ((move ^ pending) == 2) {
          pending = 4;
          if (((move + 1) & 2) == 0) {
            if (depth != 0) at = load<u32>(stack + (<usize>(--depth) << 2));
            if (--open == 0) break;
          } else {
            if (depth == limit) return OUTSIDE;
            store<u32>(stack + (<usize>depth << 2), at);
            depth++;
            open++;
          }
          continue;
        }
        if (pending != 4) {
          const step: u32 = pending & 1 ? 1 : pitch;
          // 1 and 2 lead right and down.
          const forward = ((pending + 1) & 2) != 0;
          const to = forward ? at + step : at - step;
          if (to >= total) return OUTSIDE;
          const mark = forward ? at : to;
          const byte = (pending & 1 ? top : side) + (mark >> 3);
          store<u8>(byte, load<u8>(byte) | (<u32>1 << (mark & 7)));
          at = to;
        }
        pending = move;
      }
    }
  }
  return node == nodesEnd ? OK : CODE_ENDS;
}
