/**
 * `pixels` pixels of `channels` samples of `bytes` (1 or 2) bytes, to one plane for each channel. `swap` turns
 * the bytes of 16-bit samples round. The regions must not overlap.
 */
export function deinterleave(
  src: usize,
  dst: usize,
  pixels: usize,
  channels: u32,
  bytes: u32,
  swap: u32,
): void {
  if (bytes == 2) {
    if (channels == 1) return copy16(src, dst, pixels, swap);
    for (let c: u32 = 0; c < channels; c++) {
      const plane = dst + c * pixels * 2;
      let from = src + c * 2;
      for (let i: usize = 0; i < pixels; i++) {
        const v = load<u16>(from);
        store<u16>(plane + i * 2, swap ? bswap(v) : v);
        from += channels * 2;
      }
    }
  } else if (channels == 3) {
    deinterleave3(src, dst, pixels);
  } else if (channels == 4) {
    deinterleave4(src, dst, pixels);
  } else if (channels == 1) {
    memory.copy(dst, src, pixels);
  } else
    for (let c: u32 = 0; c < channels; c++) {
      const plane = dst + c * pixels;
      let from = src + c;
      for (let i: usize = 0; i < pixels; i++) {
        store<u8>(plane + i, load<u8>(from));
        from += channels;
      }
    }
}

/** The other way: planes to pixels. */
export function interleave(
  src: usize,
  dst: usize,
  pixels: usize,
  channels: u32,
  bytes: u32,
  swap: u32,
): void {
  if (bytes == 2) {
    if (channels == 1) return copy16(src, dst, pixels, swap);
    for (let c: u32 = 0; c < channels; c++) {
      const plane = src + c * pixels * 2;
      let to = dst + c * 2;
      for (let i: usize = 0; i < pixels; i++) {
        const v = load<u16>(plane + i * 2);
        store<u16>(to, swap ? bswap(v) : v);
        to += channels * 2;
      }
    }
  } else if (channels == 1) {
    memory.copy(dst, src, pixels);
  } else
    for (let c: u32 = 0; c < channels; c++) {
      const plane = src + c * pixels;
      let to = dst + c;
      for (let i: usize = 0; i < pixels; i++) {
        store<u8>(to, load<u8>(plane + i));
        to += channels;
      }
    }
}

function copy16(src: usize, dst: usize, pixels: usize, swap: u32): void {
  const length = pixels * 2;
  if (swap == 0) return memory.copy(dst, src, length);
  for (let i: usize = 0; i < length; i += 16) {
    const v = v128.load(src + i);
    v128.store(dst + i, i8x16.shuffle(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
  }
}

/** Sixteen pixels at a time. */
function deinterleave3(src: usize, dst: usize, pixels: usize): void {
  const wide = pixels & ~15;
  const green = dst + pixels;
  const blue = green + pixels;
  let i: usize = 0;
  for (; i < wide; i += 16) {
    const p = v128.load(src);
    const q = v128.load(src, 16);
    const r = v128.load(src, 32);
    const pqR = i8x16.shuffle(p, q, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0);
    v128.store(dst + i, i8x16.shuffle(pqR, r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29));
    const pqG = i8x16.shuffle(p, q, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0);
    v128.store(green + i, i8x16.shuffle(pqG, r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30));
    const pqB = i8x16.shuffle(p, q, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0);
    v128.store(blue + i, i8x16.shuffle(pqB, r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31));
    src += 48;
  }
  for (; i < pixels; i++) {
    store<u8>(dst + i, load<u8>(src));
    store<u8>(green + i, load<u8>(src, 1));
    store<u8>(blue + i, load<u8>(src, 2));
    src += 3;
  }
}

function deinterleave4(src: usize, dst: usize, pixels: usize): void {
  const wide = pixels & ~15;
  const green = dst + pixels;
  const blue = green + pixels;
  const alpha = blue + pixels;
  let i: usize = 0;
  for (; i < wide; i += 16) {
    const p = v128.load(src);
    const q = v128.load(src, 16);
    const r = v128.load(src, 32);
    const s = v128.load(src, 48);
    const a = i8x16.shuffle(p, q, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
    const b = i8x16.shuffle(r, s, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
    const c = i8x16.shuffle(p, q, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
    const d = i8x16.shuffle(r, s, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
    v128.store(dst + i, i64x2.shuffle(a, b, 0, 2));
    v128.store(green + i, i64x2.shuffle(a, b, 1, 3));
    v128.store(blue + i, i64x2.shuffle(c, d, 0, 2));
    v128.store(alpha + i, i64x2.shuffle(c, d, 1, 3));
    src += 64;
  }
  for (; i < pixels; i++) {
    store<u8>(dst + i, load<u8>(src));
    store<u8>(green + i, load<u8>(src, 1));
    store<u8>(blue + i, load<u8>(src, 2));
    store<u8>(alpha + i, load<u8>(src, 3));
    src += 4;
  }
}
