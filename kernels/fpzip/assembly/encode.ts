import { putHeader } from "./header";
import {
  AT, CAPACITY, LOW, OK, OUTPUT_FULL, PRECISION, RANGE, SCRATCH, SHAPE, SHIFTED, SOURCE, STRIDE, TARGET, WRITTEN,
} from "./job";
import { CUMULATIVE, FREQUENCY, INCREMENT, LEFT, MODEL_BYTES, renew, start } from "./model";
import { predictBits, shifted } from "./predict";

/** Bytes that may be written for one sample: a symbol and up to four parts, of at most five bytes each. */
const MOST: usize = 32;

/** Encodes all samples; those of a row are adjacent. The sum of the bytes is put into the job. */
export function encode<F, U>(job: usize): i32 {
  const nx = load<u32>(job, SHAPE);
  const ny = load<u32>(job, SHAPE + 4);
  const nz = load<u32>(job, SHAPE + 8);
  const nf = load<u32>(job, SHAPE + 12);
  const plus2 = load<u32>(job, SHIFTED) != 0;
  const limit: usize = load<u32>(job, TARGET) + load<u32>(job, CAPACITY) - MOST;
  if (load<u32>(job, CAPACITY) < 3 * MOST) return OUTPUT_FULL;
  putHeader(job);

  const precision = load<u32>(job, PRECISION);
  const bits: u32 = precision == 0 ? sizeof<U>() << 3 : precision;
  const wide = bits > 8;
  const symbols: u32 = wide ? 2 * bits + 1 : (2 << bits) - 1;
  const bias: u32 = wide ? bits : (1 << bits) - 1;
  const top = <U>(bits - 1);
  const lower: U = (<U>1 << top) - 1;
  const dropped = <U>((sizeof<U>() << 3) - bits);

  const model: usize = load<u32>(job, SCRATCH);
  const ring = model + MODEL_BYTES;
  const rowBytes: usize = (<usize>nx + 1) * sizeof<F>();
  const ringEnd = ring + rowBytes * (<usize>ny + 3);
  const planeBytes = rowBytes * (<usize>ny + 1);
  let low = load<u32>(job, LOW);
  let range = load<u32>(job, RANGE);
  let to: usize = load<u32>(job, AT);

  for (let f: u32 = 0; f < nf; f++) {
    start(model, symbols, false);
    let left = load<u32>(model, LEFT);
    let increment = load<u32>(model, INCREMENT);
    memory.fill(ring, 0, ringEnd - ring);
    let row = ring;
    for (let z: u32 = 0; z < nz; z++) {
      memory.fill(row, 0, rowBytes);
      row += rowBytes;
      if (row == ringEnd) row = ring;
      for (let y: u32 = 0; y < ny; y++) {
        const rowY = (row == ring ? ringEnd : row) - rowBytes;
        let rowZ = row - planeBytes;
        if (row < ring + planeBytes) rowZ += ringEnd - ring;
        const rowYZ = (rowZ == ring ? ringEnd : rowZ) - rowBytes;
        const samples: usize = load<u32>(job, SOURCE) + y * load<u32>(job, STRIDE) +
          z * load<u32>(job, STRIDE + 4) + f * load<u32>(job, STRIDE + 8) - sizeof<F>();
        store<F>(row, 0);
        let n100: F = 0;
        let n110: F = 0;
        let n101: F = 0;
        let n111: F = 0;
        for (let x: usize = sizeof<F>(); x < rowBytes; x += sizeof<F>()) {
          if (to > limit) return OUTPUT_FULL;
          const n010 = load<F>(rowY + x);
          const n001 = load<F>(rowZ + x);
          const n011 = load<F>(rowYZ + x);
          const sum: F = n100 - n011 + n010 - n101 + n001 - n110 + n111;
          let p = reinterpret<U>(sum);
          if (sum != sum) p = predictBits<F, U>(n100, n011, n010, n101, n001, n110, n111);
          p = ~p >> dropped;
          p ^= (0 - (p >> top)) & lower;
          let r = load<U>(samples + x);
          if (plus2) r = shifted<F, U>(r, 2);
          r = ~r >> dropped;
          const kept = ~r << dropped;
          r ^= (0 - (r >> top)) & lower;

          const difference: U = r >= p ? r - p : p - r;
          const count = <u32>((sizeof<U>() << 3) - 1 - clz<U>(difference));
          const symbol: u32 = !wide ? bias + <u32>(r - p) : r == p ? bias : r > p ? bias + 1 + count : bias - 1 - count;
          const before = load<u32>(model + (symbol << 2), CUMULATIVE);
          const width = load<u32>(model + (symbol << 2), CUMULATIVE + 4) - before;
          if (left == 0) {
            renew(model, symbols, false);
            left = load<u32>(model, LEFT);
            increment = load<u32>(model, INCREMENT);
          }
          left--;
          store<u32>(model + (symbol << 2), load<u32>(model + (symbol << 2), FREQUENCY) + increment, FREQUENCY);
          range >>= 16;
          low += range * before;
          range *= width;
          let shift = clz(low ^ (low + range)) & 24;
          store<u32>(to, bswap(low));
          low <<= shift;
          range <<= shift;
          to += shift >> 3;
          if (range < 65536) {
            store<u32>(to, bswap(low));
            low <<= 16;
            range = 0 - low;
            to += 2;
          }

          if (wide && difference != 0) {
            let rest: U = difference ^ <U>1 << <U>count;
            for (let n = count; n > 0; ) {
              const part = min<u32>(n, 16);
              range >>= part;
              low += range * (<u32>rest & ((1 << part) - 1));
              shift = clz(low ^ (low + range)) & 24;
              store<u32>(to, bswap(low));
              low <<= shift;
              range <<= shift;
              to += shift >> 3;
              if (range < 65536) {
                store<u32>(to, bswap(low));
                low <<= 16;
                range = 0 - low;
                to += 2;
              }
              rest = rest >> 16;
              n -= part;
            }
          }
          store<U>(row + x, kept);
          n100 = reinterpret<F>(kept);
          n110 = n010;
          n101 = n001;
          n111 = n011;
        }
        row += rowBytes;
        if (row == ringEnd) row = ring;
      }
    }
  }
  store<u32>(to, bswap(low));
  store<u32>(job, <u32>(to + 4) - load<u32>(job, TARGET), WRITTEN);
  return OK;
}
