// The transforms of a block along an axis: four values to an average and three details, and back. All wrap around.

/** Applies a transform along `axis` of a block of 4^axes integers. */
@inline
function alongAxis<I>(block: usize, axes: u32, axis: u32, inverse: bool, reversible: bool): void {
  const n: usize = sizeof<I>() << (axes << 1);
  const step: usize = sizeof<I>() << (axis << 1);
  if (axis == 0) {
    if (sizeof<I>() == 4 && axes > 1) {
      for (let at: usize = 0; at < n; at += 64) {
        turn(block + at);
        vectors<I>(block + at, 16, inverse, reversible);
        turn(block + at);
      }
    } else for (let at: usize = 0; at < n; at += 4 * sizeof<I>()) line<I>(block + at, sizeof<I>(), inverse, reversible);
  } else {
    // Few processors shift vectors of 64-bit integers arithmetically.
    for (let outer: usize = 0; outer < n; outer += step << 2) {
      if (sizeof<I>() == 8 && !reversible)
        for (let at: usize = 0; at < step; at += 8) line<I>(block + outer + at, step, inverse, reversible);
      else for (let at: usize = 0; at < step; at += 16) vectors<I>(block + outer + at, step, inverse, reversible);
    }
  }
}

/** From samples to coefficients: the stream's x axis first. */
export function forward<I>(block: usize, axes: u32, reversed: bool, reversible: bool): void {
  for (let i: u32 = 0; i < axes; i++) {
    const axis = reversed ? axes - 1 - i : i;
    if (reversible) alongAxis<I>(block, axes, axis, false, true);
    else alongAxis<I>(block, axes, axis, false, false);
  }
}

/** From coefficients to samples: the stream's x axis last. */
export function inverse<I>(block: usize, axes: u32, reversed: bool, reversible: bool): void {
  for (let i: u32 = 0; i < axes; i++) {
    const axis = reversed ? i : axes - 1 - i;
    if (reversible) alongAxis<I>(block, axes, axis, true, true);
    else alongAxis<I>(block, axes, axis, true, false);
  }
}

/** Four values `step` bytes apart. */
@inline
function line<I>(at: usize, step: usize, inverse: bool, reversible: bool): void {
  let x = load<I>(at);
  let y = load<I>(at + step);
  let z = load<I>(at + 2 * step);
  let w = load<I>(at + 3 * step);
  if (reversible) {
    if (inverse) {
      w += z;
      z += y;
      y += x;
      w += z;
      z += y;
      w += z;
    } else {
      w -= z;
      z -= y;
      y -= x;
      w -= z;
      z -= y;
      w -= z;
    }
  } else if (inverse) {
    y += w >> 1;
    w -= y >> 1;
    y += w;
    w = (w << 1) - y;
    z += x;
    x = (x << 1) - z;
    y += z;
    z = (z << 1) - y;
    w += x;
    x = (x << 1) - w;
  } else {
    x += w;
    x >>= 1;
    w -= x;
    z += y;
    z >>= 1;
    y -= z;
    x += z;
    x >>= 1;
    z -= x;
    w += y;
    w >>= 1;
    y -= w;
    w += y >> 1;
    y -= w >> 1;
  }
  store<I>(at, x);
  store<I>(at + step, y);
  store<I>(at + 2 * step, z);
  store<I>(at + 3 * step, w);
}

/** As `line`, for as many lines side by side as a vector holds. */
@inline
function vectors<I>(at: usize, step: usize, inverse: bool, reversible: bool): void {
  let x = v128.load(at);
  let y = v128.load(at + step);
  let z = v128.load(at + 2 * step);
  let w = v128.load(at + 3 * step);
  if (reversible) {
    if (inverse) {
      w = v128.add<I>(w, z);
      z = v128.add<I>(z, y);
      y = v128.add<I>(y, x);
      w = v128.add<I>(w, z);
      z = v128.add<I>(z, y);
      w = v128.add<I>(w, z);
    } else {
      w = v128.sub<I>(w, z);
      z = v128.sub<I>(z, y);
      y = v128.sub<I>(y, x);
      w = v128.sub<I>(w, z);
      z = v128.sub<I>(z, y);
      w = v128.sub<I>(w, z);
    }
  } else if (inverse) {
    y = v128.add<I>(y, v128.shr<I>(w, 1));
    w = v128.sub<I>(w, v128.shr<I>(y, 1));
    y = v128.add<I>(y, w);
    w = v128.sub<I>(v128.add<I>(w, w), y);
    z = v128.add<I>(z, x);
    x = v128.sub<I>(v128.add<I>(x, x), z);
    y = v128.add<I>(y, z);
    z = v128.sub<I>(v128.add<I>(z, z), y);
    w = v128.add<I>(w, x);
    x = v128.sub<I>(v128.add<I>(x, x), w);
  } else {
    x = v128.shr<I>(v128.add<I>(x, w), 1);
    w = v128.sub<I>(w, x);
    z = v128.shr<I>(v128.add<I>(z, y), 1);
    y = v128.sub<I>(y, z);
    x = v128.shr<I>(v128.add<I>(x, z), 1);
    z = v128.sub<I>(z, x);
    w = v128.shr<I>(v128.add<I>(w, y), 1);
    y = v128.sub<I>(y, w);
    w = v128.add<I>(w, v128.shr<I>(y, 1));
    y = v128.sub<I>(y, v128.shr<I>(w, 1));
  }
  v128.store(at, x);
  v128.store(at + step, y);
  v128.store(at + 2 * step, z);
  v128.store(at + 3 * step, w);
}

/** Four rows of four 32-bit values, to columns. */
@inline
function turn(at: usize): void {
  const a = v128.load(at);
  const b = v128.load(at, 16);
  const c = v128.load(at, 32);
  const d = v128.load(at, 48);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const AB = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const CD = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(at, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(at, v128.shuffle<i64>(ab, cd, 1, 3), 16);
  v128.store(at, v128.shuffle<i64>(AB, CD, 0, 2), 32);
  v128.store(at, v128.shuffle<i64>(AB, CD, 1, 3), 48);
}
