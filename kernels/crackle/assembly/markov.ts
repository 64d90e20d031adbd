// Moves by a Markov model: the last `order` differences choose a row, whose permutation ranks the next one.
import { BAD_MODEL } from "./job";

/** Permutations of 0, 1, 2, 3 in lexicographic order, two bits for each rank. */
@inline
function permutation(index: u32): u32 {
  const a = index / 6;
  const b = (index % 6) >> 1;
  let left: u32 = 0b11_10_01_00;
  // Takes one out of those that are left.
  left = (left & ((<u32>1 << (2 * a)) - 1)) | ((left >> (2 * a + 2)) << (2 * a));
  const second = (left >> (2 * b)) & 3;
  left = (left & ((<u32>1 << (2 * b)) - 1)) | ((left >> (2 * b + 2)) << (2 * b));
  const c = index & 1;
  const third = (left >> (2 * c)) & 3;
  const fourth = (left >> (2 - 2 * c)) & 3;
  return a | (second << 2) | (third << 4) | (fourth << 6);
}

/** Bytes of a model. */
export function modelBytes(order: u32): u64 {
  return ((<u64>5 << (2 * order)) + 7) >> 3;
}

/**
 * The differences of a code, two bits each; `out` has twice its bytes. What the last bits give after the last chain means
 * nothing. @returns how many, or a negative status.
 */
export function expand(code: usize, length: u32, order: u32, model: usize, out: usize): i64 {
  if (length == 0) return 0;
  const bits = <u64>length << 3;
  const shift = 2 * (order - 1);
  let difference = <u32>load<u8>(code) & 3;
  let context = difference << shift;
  let count: u64 = 1;
  let word = <u64>difference;
  let at: u64 = 2;
  while (at < bits) {
    const ones = min<u32>(<u32>ctz(~(load<u32>(code + <usize>(at >> 3)) >> (<u32>at & 7))), 3);
    at += min<u32>(ones + 1, 3);
    if (at > bits) break;
    const row = <u64>context * 5;
    const index = (<u32>load<u16>(model + <usize>(row >> 3)) >> (<u32>row & 7)) & 31;
    if (index > 23) return -BAD_MODEL;
    difference = (permutation(index) >> (2 * ones)) & 3;
    context = (context >> 2) | (difference << shift);
    word |= <u64>difference << ((count & 31) << 1);
    if ((++count & 31) == 0) {
      store<u64>(out, word);
      out += 8;
      word = 0;
    }
  }
  store<u64>(out, word);
  return <i64>count;
}
