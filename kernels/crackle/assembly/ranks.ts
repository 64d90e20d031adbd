// Codes by a Markov model: the moves of plain codes counted, ranked and written again.
import { CODES, OUTPUT, RESULT, SLICES, Z_TO } from "./job";
import { SLICE_BYTES, SLICE_CODE, SLICE_MOVES } from "./slice";

/** Bytes of counters for a model. */
export function countersSize(order: u32): usize {
  return <usize>16 << (2 * order);
}

/**
 * Writes the codes at CODES (plain, as the slices' records say) to OUTPUT with a model of their own moves, which goes to
 * `model` (cleared before, as `counters`). RESULT: the end; the records tell the new lengths.
 */
export function rankCodes(job: usize, order: u32, counters: usize, model: usize): void {
  const slices = load<u32>(job, Z_TO);
  let record = <usize>load<u32>(job, SLICES);
  let code = <usize>load<u32>(job, CODES);
  for (let z: u32 = 0; z < slices; z++, record += SLICE_BYTES) {
    count(code, load<u32>(record, SLICE_MOVES), order, counters);
    code += load<u32>(record, SLICE_CODE);
  }
  writeModel(order, counters, model);
  record = load<u32>(job, SLICES);
  code = load<u32>(job, CODES);
  let out = <usize>load<u32>(job, OUTPUT);
  for (let z: u32 = 0; z < slices; z++, record += SLICE_BYTES) {
    const end = rewrite(code, load<u32>(record, SLICE_MOVES), order, counters, out);
    code += load<u32>(record, SLICE_CODE);
    store<u32>(record, <u32>(end - out), SLICE_CODE);
    out = end;
  }
  store<u32>(job, <u32>out, RESULT);
}

@inline
function difference(moves: usize, i: u32): u32 {
  return (<u32>load<u8>(moves + (i >> 2)) >> ((i & 3) << 1)) & 3;
}

function count(code: usize, moves: u32, order: u32, counters: usize): void {
  const from = code + 4 + load<u32>(code);
  let context: u32 = 0;
  for (let i: u32 = 0; i < moves; i++) {
    const next = difference(from, i);
    const at = counters + (<usize>context << 4) + (next << 2);
    // The first move is written as it is.
    if (i != 0) store<u32>(at, load<u32>(at) + 1);
    context = (context >> 2) | (next << (2 * (order - 1)));
  }
}

/** Numbers of permutations, 5 bits each. A row's first counter becomes the rank of each move, two bits each. */
function writeModel(order: u32, counters: usize, model: usize): void {
  const rows: u32 = 1 << (2 * order);
  for (let row: u32 = 0; row < rows; row++) {
    const at = counters + (<usize>row << 4);
    let ranks: u32 = 0;
    let index: u32 = 0;
    for (let move: u32 = 0; move < 4; move++) {
      const times = load<u32>(at + (move << 2));
      let rank: u32 = 0;
      for (let other: u32 = 0; other < 4; other++) {
        const theirs = load<u32>(at + (other << 2));
        if (theirs > times || (theirs == times && other < move)) rank++;
      }
      ranks |= rank << (2 * move);
    }
    // In lexicographic order: for each rank, how many smaller moves have a higher one.
    for (let move: u32 = 0; move < 4; move++) {
      const rank = (ranks >> (2 * move)) & 3;
      let smaller: u32 = 0;
      for (let other: u32 = 0; other < move; other++) if (((ranks >> (2 * other)) & 3) > rank) smaller++;
      index += smaller * (rank == 0 ? 6 : rank == 1 ? 2 : rank == 2 ? 1 : 0);
    }
    store<u32>(at, ranks);
    const bit = <u64>row * 5;
    const byte = model + <usize>(bit >> 3);
    store<u16>(byte, load<u16>(byte) | <u16>(index << (<u32>bit & 7)));
  }
}

/** @returns the end. */
function rewrite(code: usize, moves: u32, order: u32, counters: usize, out: usize): usize {
  const head = 4 + load<u32>(code);
  memory.copy(out, code, head);
  out += head;
  const from = code + head;
  let context: u32 = 0;
  let word: u64 = 0;
  let bits: u32 = 0;
  for (let i: u32 = 0; i < moves; i++) {
    const next = difference(from, i);
    if (i == 0) {
      word = next;
      bits = 2;
    } else {
      const rank = (load<u32>(counters + (<usize>context << 4)) >> (2 * next)) & 3;
      // As many ones as the rank says, and a zero unless it is the last.
      word |= <u64>((<u32>1 << rank) - 1) << bits;
      bits += min<u32>(rank + 1, 3);
    }
    context = (context >> 2) | (next << (2 * (order - 1)));
    if (bits >= 32) {
      store<u32>(out, <u32>word);
      out += 4;
      word >>= 32;
      bits -= 32;
    }
  }
  for (; bits > 0; bits = bits > 8 ? bits - 8 : 0, word >>= 8) store<u8>(out++, <u8>word);
  return out;
}
