import {
  AT, BAD_CODE, DISTANCE, FROM, LOW, OK, PRECISION, RANGE, SCRATCH, SHAPE, SHIFTED, SIZE, SOURCE, SOURCE_LENGTH,
  STRIDE, TARGET, TRUNCATED,
} from "./job";
import { CUMULATIVE, FREQUENCY, INCREMENT, LEFT, MODEL_BYTES, nearSymbol, renew, start } from "./model";
import { predictBits, shifted } from "./predict";

/** Decodes the box, after `readHeader`. F: the samples' type, U: the unsigned integer of its size. */
export function decode<F, U>(job: usize): i32 {
  const precision = load<u32>(job, PRECISION);
  return precision == 0 || precision == <u32>sizeof<U>() << 3
    ? decodeBits<F, U>(job, sizeof<U>() << 3)
    : decodeBits<F, U>(job, precision);
}

/** `bits` of a sample. The coder's state is kept in locals throughout, so all of it is one function. */
@inline
function decodeBits<F, U>(job: usize, bits: u32): i32 {
  const nx = load<u32>(job, SHAPE);
  const ny = load<u32>(job, SHAPE + 4);
  const nz = load<u32>(job, SHAPE + 8);
  const endY = load<u32>(job, FROM + 4) + load<u32>(job, SIZE + 4);
  const endZ = load<u32>(job, FROM + 8) + load<u32>(job, SIZE + 8);
  const endF = load<u32>(job, FROM + 12) + load<u32>(job, SIZE + 12);

  const wide = bits > 8;
  const symbols: u32 = wide ? 2 * bits + 1 : (2 << bits) - 1;
  const bias: u32 = wide ? bits : (1 << bits) - 1;
  const top = <U>(bits - 1);
  const lower: U = (<U>1 << top) - 1;
  const every: U = lower << 1 | 1;
  const dropped = <U>((sizeof<U>() << 3) - bits);

  const model: usize = load<u32>(job, SCRATCH);
  const ring = model + MODEL_BYTES;
  const rowBytes: usize = (<usize>nx + 1) * sizeof<F>();
  const ringEnd = ring + rowBytes * (<usize>ny + 3);
  const planeBytes = rowBytes * (<usize>ny + 1);

  const end: usize = load<u32>(job, SOURCE) + load<u32>(job, SOURCE_LENGTH);
  let at: usize = load<u32>(job, AT);
  let low = load<u32>(job, LOW);
  let range = load<u32>(job, RANGE);
  let distance = load<u32>(job, DISTANCE);

  for (let f: u32 = 0; f < endF; f++) {
    start(model, symbols, true);
    let left = load<u32>(model, LEFT);
    let increment = load<u32>(model, INCREMENT);
    memory.fill(ring, 0, ringEnd - ring);
    let row = ring;
    const lastField = f == endF - 1;
    const stopZ = lastField ? endZ : nz;
    for (let z: u32 = 0; z < stopZ; z++) {
      memory.fill(row, 0, rowBytes);
      row += rowBytes;
      if (row == ringEnd) row = ring;
      const stop = lastField && z == endZ - 1 ? endY : ny;
      for (let y: u32 = 0; y < stop; y++) {
        // The rows before in y, in z, and in both.
        const rowY = (row == ring ? ringEnd : row) - rowBytes;
        let rowZ = row - planeBytes;
        if (row < ring + planeBytes) rowZ += ringEnd - ring;
        const rowYZ = (rowZ == ring ? ringEnd : rowZ) - rowBytes;
        store<F>(row, 0);
        let n100: F = 0;
        let n110: F = 0;
        let n101: F = 0;
        let n111: F = 0;
        for (let x: usize = sizeof<F>(); x < rowBytes; x += sizeof<F>()) {
          const n010 = load<F>(rowY + x);
          const n001 = load<F>(rowZ + x);
          const n011 = load<F>(rowYZ + x);
          const sum: F = n100 - n011 + n010 - n101 + n001 - n110 + n111;
          let p = reinterpret<U>(sum);
          if (sum != sum) p = predictBits<F, U>(n100, n011, n010, n101, n001, n110, n111);
          p = ~p >> dropped;
          p ^= (0 - (p >> top)) & lower;

          // The symbol.
          range >>= 16;
          const target = distance / range;
          if (target > 0xffff) return BAD_CODE;
          let symbol = nearSymbol(model, target);
          while (load<u32>(model + (symbol << 2), CUMULATIVE + 4) <= target) symbol++;
          const before = load<u32>(model + (symbol << 2), CUMULATIVE);
          const width = load<u32>(model + (symbol << 2), CUMULATIVE + 4) - before;
          low += range * before;
          distance -= range * before;
          range *= width;
          let shift = clz(low ^ (low + range)) & 24;
          distance = <u32>((<u64>distance << 32 | bswap(load<u32>(at))) << shift >> 32);
          low <<= shift;
          range <<= shift;
          at += shift >> 3;
          if (range < 65536) {
            distance = distance << 16 | <u32>load<u8>(at) << 8 | load<u8>(at, 1);
            low <<= 16;
            range = 0 - low;
            at += 2;
            if (range == 0) return BAD_CODE;
          }
          if (left == 0) {
            renew(model, symbols, true);
            left = load<u32>(model, LEFT);
            increment = load<u32>(model, INCREMENT);
          }
          left--;
          store<u32>(model + (symbol << 2), load<u32>(model + (symbol << 2), FREQUENCY) + increment, FREQUENCY);

          if (!wide) p += <U>symbol - <U>bias;
          else if (symbol != bias) {
            // The difference below its highest bit, in parts of up to 16 bits, lowest first.
            const negative: U = 0 - <U>(symbol < bias);
            let count = (symbol < bias ? bias - symbol : symbol - bias) - 1;
            let difference: U = <U>1 << <U>count;
            let place: U = 0;
            while (count > 0) {
              const part = min<u32>(count, 16);
              range >>= part;
              const value = distance / range;
              if (value >> part != 0) return BAD_CODE;
              low += range * value;
              distance -= range * value;
              shift = clz(low ^ (low + range)) & 24;
              distance = <u32>((<u64>distance << 32 | bswap(load<u32>(at))) << shift >> 32);
              low <<= shift;
              range <<= shift;
              at += shift >> 3;
              if (range < 65536) {
                distance = distance << 16 | <u32>load<u8>(at) << 8 | load<u8>(at, 1);
                low <<= 16;
                range = 0 - low;
                at += 2;
                if (range == 0) return BAD_CODE;
              }
              difference |= <U>value << place;
              place += 16;
              count -= part;
            }
            p += (difference ^ negative) - negative;
          }
          if (at > end) return TRUNCATED;
          p &= every;
          p ^= (0 - (p >> top)) & lower;
          p = ~p << dropped;
          store<U>(row + x, p);
          n100 = reinterpret<F>(p);
          n110 = n010;
          n101 = n001;
          n111 = n011;
        }
        putRow<F, U>(job, row + sizeof<F>(), y, z, f);
        row += rowBytes;
        if (row == ringEnd) row = ring;
      }
    }
  }
  return OK;
}

/** Puts the part of a row that is in the box in its place. */
function putRow<F, U>(job: usize, row: usize, y: u32, z: u32, f: u32): void {
  const by = y - load<u32>(job, FROM + 4);
  const bz = z - load<u32>(job, FROM + 8);
  const bf = f - load<u32>(job, FROM + 12);
  if (by >= load<u32>(job, SIZE + 4) || bz >= load<u32>(job, SIZE + 8) || bf >= load<u32>(job, SIZE + 12)) return;
  const from = row + <usize>load<u32>(job, FROM) * sizeof<F>();
  const length = <usize>load<u32>(job, SIZE) * sizeof<F>();
  const to: usize = load<u32>(job, TARGET) +
    by * load<u32>(job, STRIDE) + bz * load<u32>(job, STRIDE + 4) + bf * load<u32>(job, STRIDE + 8);
  if (load<u32>(job, SHIFTED) == 0) memory.copy(to, from, length);
  else for (let i: usize = 0; i < length; i += sizeof<F>()) store<U>(to + i, shifted<F, U>(load<U>(from + i), -2));
}
