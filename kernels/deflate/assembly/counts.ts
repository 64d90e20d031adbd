import { BLOCK_COUNTS, DISTANCES, LITERALS, MORE_COUNTS, PIECE_COUNTS, SEQUENCES } from "./layout";
import { distanceSymbol, lengthSymbol } from "./symbols";

const BYTES: usize = (LITERALS + DISTANCES) << 2;

/** Counts the symbols of the sequences from `first` to `end`, the first of which begins at `src`. */
export function countPiece(tables: usize, src: usize, first: u32, end: u32): usize {
  const counts = tables + PIECE_COUNTS;
  const more = tables + MORE_COUNTS;
  memory.fill(counts, 0, BYTES);
  memory.fill(more, 0, 3072);
  for (let i = first; i < end; i++) {
    const sequence = tables + SEQUENCES + (<usize>i << 3);
    const match = load<u32>(sequence, 4);
    const stop = src + load<u32>(sequence);
    // Neighbours are often equal: four histograms do not wait for each other.
    for (; src + 4 <= stop; src += 4) {
      const four = load<u32>(src);
      bump(counts + ((four & 255) << 2));
      bump(more + (((four >>> 8) & 255) << 2));
      bump(more + 1024 + (((four >>> 16) & 255) << 2));
      bump(more + 2048 + ((four >>> 24) << 2));
    }
    for (; src < stop; src++) bump(counts + (<usize>load<u8>(src) << 2));
    if (match == 0) continue;
    const length = (match >>> 16) - 3;
    bump(counts + ((257 + lengthSymbol(tables, length)) << 2));
    bump(counts + ((LITERALS + distanceSymbol(tables, match & 0xffff)) << 2));
    src += length + 3;
  }
  for (let at: usize = 0; at < 1024; at += 16) {
    const sum = i32x4.add(
      i32x4.add(v128.load(counts + at), v128.load(more + at)),
      i32x4.add(v128.load(more + at, 1024), v128.load(more + at, 2048)),
    );
    v128.store(counts + at, sum);
  }
  return src;
}

@inline
function bump(at: usize): void {
  store<u32>(at, load<u32>(at) + 1);
}

/** Adds the newest piece to the block. */
export function joinPiece(tables: usize): void {
  const block = tables + BLOCK_COUNTS;
  const piece = tables + PIECE_COUNTS;
  for (let at: usize = 0; at < BYTES; at += 16)
    v128.store(block + at, i32x4.add(v128.load(block + at), v128.load(piece + at)));
}

/** The block becomes the newest piece alone. */
export function beginBlock(tables: usize): void {
  memory.copy(tables + BLOCK_COUNTS, tables + PIECE_COUNTS, BYTES);
}

/** The bits that a code of its own for the newest piece would save, without its header. */
export function gain(tables: usize): i32 {
  const block = tables + BLOCK_COUNTS;
  const piece = tables + PIECE_COUNTS;
  return <i32>(
    split(block, piece, 0, <usize>LITERALS << 2) + split(block, piece, <usize>LITERALS << 2, BYTES)
  );
}

/** n log n of the sums and counts of one code. */
function split(block: usize, piece: usize, at: usize, end: usize): f32 {
  let bits = f32x4.splat(0);
  let ofBlock = i32x4.splat(0);
  let ofPiece = i32x4.splat(0);
  for (; at < end; at += 16) {
    const a = v128.load(block + at);
    const b = v128.load(piece + at);
    ofBlock = i32x4.add(ofBlock, a);
    ofPiece = i32x4.add(ofPiece, b);
    bits = f32x4.add(bits, f32x4.sub(f32x4.add(nLogN(a), nLogN(b)), nLogN(i32x4.add(a, b))));
  }
  const m = sum(ofBlock);
  const n = sum(ofPiece);
  const total = nLogN(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(m), 1, n), 2, m + n));
  return (
    f32x4.extract_lane(bits, 0) + f32x4.extract_lane(bits, 1) + f32x4.extract_lane(bits, 2) + f32x4.extract_lane(bits, 3) +
    f32x4.extract_lane(total, 2) - f32x4.extract_lane(total, 0) - f32x4.extract_lane(total, 1)
  );
}

@inline
function sum(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}

/** n log2 n of four numbers, to 0.01 n: the exponent and a parabola through the mantissa. */
@inline
function nLogN(n: v128): v128 {
  const x = f32x4.convert_i32x4_u(n);
  const exponent = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(127)));
  const mantissa = v128.or(v128.and(x, i32x4.splat(0x7fffff)), i32x4.splat(0x3f800000));
  // log2 m of 1 <= m < 2.
  const log = f32x4.sub(
    f32x4.mul(f32x4.add(f32x4.mul(mantissa, f32x4.splat(-0.34484843)), f32x4.splat(2.02466578)), mantissa),
    f32x4.splat(1.67487759),
  );
  return f32x4.mul(x, f32x4.add(exponent, log));
}

/** 16 times the bits that a literal of the block has, or `usual` if there are few. */
export function literalBits(tables: usize, usual: i32): i32 {
  let weight = f32x4.splat(0);
  let count = i32x4.splat(0);
  const block = tables + BLOCK_COUNTS;
  for (let at: usize = 0; at < 1024; at += 16) {
    const n = v128.load(block + at);
    count = i32x4.add(count, n);
    weight = f32x4.add(weight, nLogN(n));
  }
  const n = sum(count);
  if (n < 256) return usual;
  const sums =
    f32x4.extract_lane(weight, 0) + f32x4.extract_lane(weight, 1) + f32x4.extract_lane(weight, 2) + f32x4.extract_lane(weight, 3);
  return <i32>((<f32>16 * (f32x4.extract_lane(nLogN(i32x4.splat(n)), 0) - sums)) / <f32>n);
}
