// Voxels of 4 or 8 bytes as numbers of one or two bytes into a table of their distinct values.

/**
 * Numbers the values of `count` voxels in the order in which they appear: `table` gets the values (u64 each, room for `most`),
 * `codes` a u16 for each voxel. `slots`: room for 1 << bits u16, at least twice `most`.
 * @returns how many values there are; 0 if more than `most`, of which at most 65535.
 */
export function pack(
  source: usize, count: u32, bytes: u32, most: u32, table: usize, codes: usize, slots: usize, bits: u32,
): u32 {
  memory.fill(slots, 0, <usize>2 << bits);
  return bytes == 4
    ? number<u32>(source, count, most, table, codes, slots, bits)
    : number<u64>(source, count, most, table, codes, slots, bits);
}

function number<T>(source: usize, count: u32, most: u32, table: usize, codes: usize, slots: usize, bits: u32): u32 {
  if (count == 0) return 0;
  const mask: usize = ((<usize>1 << bits) - 1) << 1;
  let n: u32 = 0;
  let last = ~load<T>(source); // Not the first value.
  let code: u32 = 0;
  for (const end = codes + (<usize>count << 1); codes < end; codes += 2, source += sizeof<T>()) {
    const value = load<T>(source);
    if (value != last) {
      last = value;
      let slot = <usize>((<u64>value * 0x9e37_79b9_7f4a_7c15) >> (64 - bits)) << 1;
      while (true) {
        code = load<u16>(slots + slot);
        if (code == 0) {
          if (n == most) return 0;
          store<u64>(table + (<usize>n << 3), <u64>value);
          store<u16>(slots + slot, ++n);
          code = n;
          break;
        }
        if (load<u64>(table + (<usize>(code - 1) << 3)) == <u64>value) break;
        slot = (slot + 2) & mask;
      }
      code--;
    }
    store<u16>(codes, code);
  }
  return n;
}

/** Writes `count` codes of two bytes as such of one. */
export function narrow(codes: usize, count: u32, to: usize): void {
  const end = to + count;
  for (; to + 16 <= end; to += 16, codes += 32)
    v128.store(to, i8x16.narrow_i16x8_u(v128.load(codes), v128.load(codes, 16)));
  for (; to < end; to++, codes += 2) store<u8>(to, load<u8>(codes));
}

/** Puts the values of nc * nz * ny rows of `nx` codes to their place. Strides are bytes, of the codes and of the place. */
export function placeCodes(
  codes: usize, width: u32, fromY: usize, fromZ: usize, fromC: usize, table: usize, bytes: u32,
  to: usize, toY: usize, toZ: usize, toC: usize, nx: usize, ny: usize, nz: usize, nc: usize,
): void {
  for (let c: usize = 0; c < nc; c++)
    for (let z: usize = 0; z < nz; z++) {
      const from = codes + c * fromC + z * fromZ;
      const at = to + c * toC + z * toZ;
      if (bytes == 4) {
        if (width == 1) rows<u8, u32>(from, fromY, table, at, toY, nx, ny);
        else rows<u16, u32>(from, fromY, table, at, toY, nx, ny);
      } else if (width == 1) rows<u8, u64>(from, fromY, table, at, toY, nx, ny);
      else rows<u16, u64>(from, fromY, table, at, toY, nx, ny);
    }
}

function rows<C, T>(from: usize, fromY: usize, table: usize, at: usize, toY: usize, nx: usize, ny: usize): void {
  const step = sizeof<C>() << 2;
  const each = sizeof<T>();
  for (; ny != 0; ny--, from += fromY, at += toY) {
    let s = from;
    let d = at;
    const end = s + nx * sizeof<C>();
    for (; s + step <= end; s += step, d += 4 * each) {
      const a = look<T>(table, load<C>(s));
      const b = look<T>(table, load<C>(s, sizeof<C>()));
      const e = look<T>(table, load<C>(s, 2 * sizeof<C>()));
      const f = look<T>(table, load<C>(s, 3 * sizeof<C>()));
      store<T>(d, a);
      store<T>(d, b, sizeof<T>());
      store<T>(d, e, 2 * sizeof<T>());
      store<T>(d, f, 3 * sizeof<T>());
    }
    for (; s < end; s += sizeof<C>(), d += each) store<T>(d, look<T>(table, load<C>(s)));
  }
}

@inline
function look<T>(table: usize, code: u32): T {
  return load<T>(table + (<usize>code << 3));
}
