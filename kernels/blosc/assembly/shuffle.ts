// Byte shuffle: the first bytes of all elements, then the second ones. What is left of a last element stays as it is.

export function shuffle(src: usize, dst: usize, length: usize, size: usize): void {
  const n = length / size;
  let done: usize = 0;
  if (size == 2) done = shuffle2(src, dst, n);
  else if (size == 4) done = shuffle4(src, dst, n);
  else if (size == 8) done = shuffle8(src, dst, n);
  for (let j: usize = 0; j < size; j++) {
    let from = src + done * size + j;
    const to = dst + j * n;
    for (let i = done; i < n; i++, from += size) store<u8>(to + i, load<u8>(from));
  }
  memory.copy(dst + n * size, src + n * size, length - n * size);
}

// Interleaving the first half of sixteen elements with the second four times over brings equal places in them together.

/** Sixteen elements at a time. @returns how many were done. */
function shuffle2(src: usize, dst: usize, n: usize): usize {
  let i: usize = 0;
  for (; i + 16 <= n; i += 16, src += 32) {
    let a = v128.load(src), b = v128.load(src, 16);
    for (let turn = 0; turn < 4; turn++) {
      const a1 = low(a, b), b1 = high(a, b);
      a = a1;
      b = b1;
    }
    v128.store(dst + i, a);
    v128.store(dst + n + i, b);
  }
  return i;
}

function shuffle4(src: usize, dst: usize, n: usize): usize {
  let i: usize = 0;
  for (; i + 16 <= n; i += 16, src += 64) {
    let a = v128.load(src), b = v128.load(src, 16), c = v128.load(src, 32), d = v128.load(src, 48);
    for (let turn = 0; turn < 4; turn++) {
      const a1 = low(a, c), b1 = high(a, c), c1 = low(b, d), d1 = high(b, d);
      a = a1;
      b = b1;
      c = c1;
      d = d1;
    }
    const to = dst + i;
    v128.store(to, a);
    v128.store(to + n, b);
    v128.store(to + 2 * n, c);
    v128.store(to + 3 * n, d);
  }
  return i;
}

function shuffle8(src: usize, dst: usize, n: usize): usize {
  let i: usize = 0;
  for (; i + 16 <= n; i += 16, src += 128) {
    let a = v128.load(src), b = v128.load(src, 16), c = v128.load(src, 32), d = v128.load(src, 48);
    let e = v128.load(src, 64), f = v128.load(src, 80), g = v128.load(src, 96), h = v128.load(src, 112);
    for (let turn = 0; turn < 4; turn++) {
      const a1 = low(a, e), b1 = high(a, e), c1 = low(b, f), d1 = high(b, f);
      const e1 = low(c, g), f1 = high(c, g), g1 = low(d, h), h1 = high(d, h);
      a = a1;
      b = b1;
      c = c1;
      d = d1;
      e = e1;
      f = f1;
      g = g1;
      h = h1;
    }
    const to = dst + i;
    v128.store(to, a);
    v128.store(to + n, b);
    v128.store(to + 2 * n, c);
    v128.store(to + 3 * n, d);
    v128.store(to + 4 * n, e);
    v128.store(to + 5 * n, f);
    v128.store(to + 6 * n, g);
    v128.store(to + 7 * n, h);
  }
  return i;
}

export function unshuffle(src: usize, dst: usize, length: usize, size: usize): void {
  const n = length / size;
  let i: usize = 0;
  if (size == 2) i = unshuffle2(src, dst, n);
  else if (size == 4) i = unshuffle4(src, dst, n);
  else if (size == 8) i = unshuffle8(src, dst, n);
  for (let j: usize = 0; j < size; j++) {
    const from = src + j * n;
    let to = dst + i * size + j;
    for (let k = i; k < n; k++, to += size) store<u8>(to, load<u8>(from + k));
  }
  memory.copy(dst + n * size, src + n * size, length - n * size);
}

@inline
function low(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

@inline
function high(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

@inline
function low16(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

@inline
function high16(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

@inline
function low32(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 0, 4, 1, 5);
}

@inline
function high32(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 2, 6, 3, 7);
}

/** Sixteen elements at a time. @returns how many were done. */
function unshuffle2(src: usize, dst: usize, n: usize): usize {
  let i: usize = 0;
  for (; i + 16 <= n; i += 16, dst += 32) {
    const a = v128.load(src + i);
    const b = v128.load(src + n + i);
    v128.store(dst, low(a, b));
    v128.store(dst, high(a, b), 16);
  }
  return i;
}

function unshuffle4(src: usize, dst: usize, n: usize): usize {
  let i: usize = 0;
  for (; i + 16 <= n; i += 16, dst += 64) {
    const a = v128.load(src + i);
    const b = v128.load(src + n + i);
    const c = v128.load(src + 2 * n + i);
    const d = v128.load(src + 3 * n + i);
    const ab0 = low(a, b), ab1 = high(a, b), cd0 = low(c, d), cd1 = high(c, d);
    v128.store(dst, low16(ab0, cd0));
    v128.store(dst, high16(ab0, cd0), 16);
    v128.store(dst, low16(ab1, cd1), 32);
    v128.store(dst, high16(ab1, cd1), 48);
  }
  return i;
}

function unshuffle8(src: usize, dst: usize, n: usize): usize {
  let i: usize = 0;
  for (; i + 16 <= n; i += 16, dst += 128) {
    const p = src + i;
    const a = v128.load(p), b = v128.load(p + n), c = v128.load(p + 2 * n), d = v128.load(p + 3 * n);
    const e = v128.load(p + 4 * n), f = v128.load(p + 5 * n), g = v128.load(p + 6 * n), h = v128.load(p + 7 * n);
    const ab0 = low(a, b), ab1 = high(a, b), cd0 = low(c, d), cd1 = high(c, d);
    const ef0 = low(e, f), ef1 = high(e, f), gh0 = low(g, h), gh1 = high(g, h);
    put(dst, low16(ab0, cd0), low16(ef0, gh0));
    put(dst + 32, high16(ab0, cd0), high16(ef0, gh0));
    put(dst + 64, low16(ab1, cd1), low16(ef1, gh1));
    put(dst + 96, high16(ab1, cd1), high16(ef1, gh1));
  }
  return i;
}

@inline
function put(dst: usize, x: v128, y: v128): void {
  v128.store(dst, low32(x, y));
  v128.store(dst, high32(x, y), 16);
}
