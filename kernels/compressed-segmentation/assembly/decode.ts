import { copyPlane } from "../../place/assembly/rows";
import { decodeBlock } from "./block";
import {
  BAND_BYTES, BLOCK, CHANNELS, FROM, OK, SCRATCH, SHAPE, SIZE, SOURCE, SOURCE_LENGTH, STRIDE, TARGET, TRUNCATED,
} from "./job";

/** Decodes the sub-box of all channels. T: the label's type. */
export function decode<T>(job: usize): i32 {
  const words: u32 = load<u32>(job, SOURCE_LENGTH) >> 2;
  const channels = load<u32>(job, CHANNELS);
  if (load<u32>(job, SIZE) == 0 || load<u32>(job, SIZE + 4) == 0 || load<u32>(job, SIZE + 8) == 0) return OK;
  if (words < channels) return TRUNCATED;
  for (let c: u32 = 0; c < channels; c++) {
    const start = load<u32>(load<u32>(job, SOURCE) + (c << 2));
    if (start > words) return TRUNCATED;
    const status = decodeChannel<T>(
      job, load<u32>(job, SOURCE) + (start << 2), words - start, load<u32>(job, TARGET) + c * load<u32>(job, STRIDE + 8),
    );
    if (status != OK) return status;
  }
  return OK;
}

/** `base`: the channel's first word; `words`: how many there are until the end of the input. */
function decodeChannel<T>(job: usize, base: usize, words: u32, target: usize): i32 {
  const bx = load<u32>(job, BLOCK);
  const by = load<u32>(job, BLOCK + 4);
  const bz = load<u32>(job, BLOCK + 8);
  const gx: u32 = (load<u32>(job, SHAPE) + bx - 1) / bx;
  const gy: u32 = (load<u32>(job, SHAPE + 4) + by - 1) / by;
  const gz: u32 = (load<u32>(job, SHAPE + 8) + bz - 1) / bz;
  const plane = <u64>gx * gy;
  if (plane > words || 2 * plane * gz > <u64>words) return TRUNCATED;

  const fx = load<u32>(job, FROM);
  const fy = load<u32>(job, FROM + 4);
  const fz = load<u32>(job, FROM + 8);
  const ex = fx + load<u32>(job, SIZE);
  const ey = fy + load<u32>(job, SIZE + 4);
  const ez = fz + load<u32>(job, SIZE + 8);
  const dstY = load<u32>(job, STRIDE);
  const dstZ = load<u32>(job, STRIDE + 4);
  const band = load<u32>(job, SCRATCH);
  const perBand = max<u32>(1, <u32>BAND_BYTES / sizeof<T>() / (bx * by * bz));

  for (let k = fz / bz; k * bz < ez; k++) {
    const z0 = max(fz, k * bz);
    const z1 = min(ez, (k + 1) * bz);
    for (let j = fy / by; j * by < ey; j++) {
      const y0 = max(fy, j * by);
      const y1 = min(ey, (j + 1) * by);
      let header = base + (((fx / bx + gx * (j + gy * k))) << 3);
      let out = target + (y0 - fy) * dstY + (z0 - fz) * dstZ;
      for (let x = fx; x < ex; ) {
        const end = min(ex, (x / bx + perBand) * bx);
        // Several blocks: first into a band that stays in the cache, then as long rows.
        const direct = end <= (x / bx + 1) * bx;
        const pitch = (end - x) * <u32>sizeof<T>();
        const stepY = direct ? dstY : pitch;
        const stepZ = direct ? dstZ : pitch * (y1 - y0);
        let to = direct ? out : band;
        while (x < end) {
          const corner = x / bx * bx;
          const x1 = min(end, corner + bx);
          const status = decodeBlock<T>(
            base, words, header, bx, by, bz,
            x - corner, x1 - corner, y0 - j * by, y1 - j * by, z0 - k * bz, z1 - k * bz, to, stepY, stepZ, band + BAND_BYTES,
          );
          if (status != OK) return status;
          to += (x1 - x) * sizeof<T>();
          x = x1;
          header += 8;
        }
        if (!direct) {
          // Rows without gaps are one.
          const whole = pitch == dstY;
          const row = whole ? stepZ : pitch;
          const rows = whole ? 1 : y1 - y0;
          for (let z: u32 = 0; z < z1 - z0; z++) copyPlane(band + z * stepZ, pitch, out + z * dstZ, dstY, row, rows);
        }
        out += pitch;
      }
    }
  }
  return OK;
}
