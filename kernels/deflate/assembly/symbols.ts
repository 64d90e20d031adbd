import { DISTANCE_SYMBOLS, LENGTH_SYMBOLS } from "./layout";

/** Tables from lengths and distances to their symbols. */
export function prepareSymbols(tables: usize): void {
  const lengths = tables + LENGTH_SYMBOLS;
  for (let s: u32 = 0, at: u32 = 0; s < 28; s++) {
    for (const end = at + (1 << lengthBits(s)); at < end; at++) store<u8>(lengths + at, s);
  }
  store<u8>(lengths + 255, 28);
  const distances = tables + DISTANCE_SYMBOLS;
  for (let s: u32 = 0, at: u32 = 0; s < 30; s++) {
    const end = at + (1 << distanceBits(s));
    if (at < 256) for (; at < end; at++) store<u8>(distances + at, s);
    else for (; at < end; at += 128) store<u8>(distances + 256 + (at >> 7), s);
  }
}

/** Extra bits of the length symbol 257 + `s`. */
@inline
export function lengthBits(s: u32): u32 {
  return s < 8 || s == 28 ? 0 : (s >> 2) - 1;
}
@inline
export function distanceBits(s: u32): u32 {
  return s < 4 ? 0 : (s >> 1) - 1;
}
/** The first length less 3 of a symbol. */
@inline
export function lengthBase(s: u32): u32 {
  return s == 28 ? 255 : s < 8 ? s : (4 + (s & 3)) << lengthBits(s);
}
/** The first distance less 1. */
@inline
export function distanceBase(s: u32): u32 {
  return s < 4 ? s : (2 + (s & 1)) << distanceBits(s);
}
/** Symbol (less 257) of a length less 3. */
@inline
export function lengthSymbol(tables: usize, length: u32): u32 {
  return load<u8>(tables + LENGTH_SYMBOLS + length);
}
/** Symbol of a distance less 1. */
@inline
export function distanceSymbol(tables: usize, distance: u32): u32 {
  return load<u8>(tables + DISTANCE_SYMBOLS + (<usize>(distance < 256 ? distance : 256 + (distance >> 7))));
}
