// The boundary map: a bit for each voxel, 1 on a boundary, rows of whole bytes, x from the lowest bit on. A row is handled in
// words of 64 voxels; what a word holds behind the row's end is masked off.

export let sx: u32 = 0;
export let sy: u32 = 0;
export let sz: u32 = 0;
/** Bytes of a row and of a slice; words of a row; the voxels of a row's last word. */
export let pitch: u32 = 0;
export let sliceBytes: u32 = 0;
export let words: u32 = 0;
export let lastMask: u64 = 0;

export function openFrame(x: u32, y: u32, z: u32): void {
  sx = x;
  sy = y;
  sz = z;
  pitch = (x + 7) >> 3;
  sliceBytes = pitch * y;
  words = (x + 63) >> 6;
  lastMask = <u64>-1 >> ((64 - (x & 63)) & 63);
}

@inline
export function maskOf(word: u32): u64 {
  return word == words - 1 ? lastMask : <u64>-1;
}

/** The free voxels (not on a boundary) of a word of a row. */
@inline
export function freeOf(row: usize, word: u32): u64 {
  return ~load<u64>(row + (word << 3)) & maskOf(word);
}

@inline
export function isFree(slice: usize, x: u32, y: u32): bool {
  return ((load<u8>(slice + y * pitch + (x >> 3)) >> <u8>(x & 7)) & 1) == 0;
}
