// Blocks of four samples along each axis, and where they lie.
import { AXES, CORNER, FROM, OFFSETS, REVERSED, SAMPLES, SCRATCH, SHAPE, SIZE, STRIDE, TARGET } from "./job";

/** Moves to the next block, along the stream's x axis first. @returns whether there is one. */
export function nextBlock(job: usize): bool {
  const axes = load<u32>(job, AXES);
  const reversed = load<u32>(job, REVERSED) != 0;
  const corner: usize = load<u32>(job, SCRATCH) + <u32>CORNER;
  for (let i: u32 = 0; i < axes; i++) {
    const axis: usize = (reversed ? axes - 1 - i : i) << 2;
    const next = load<u32>(corner + axis) + 4;
    if (next < load<u32>(job + axis, SHAPE)) {
      store<u32>(corner + axis, next);
      return true;
    }
    store<u32>(corner + axis, 0);
  }
  return false;
}

/** Whether the box is the whole array. */
export function boxIsWhole(job: usize): bool {
  for (let axis: usize = 0; axis < 16; axis += 4)
    if (load<u32>(job + axis, SIZE) != load<u32>(job + axis, SHAPE)) return false;
  return true;
}

/** Whether the block and the box have samples in common. */
export function meetsBox(job: usize): bool {
  const corner: usize = load<u32>(job, SCRATCH) + <u32>CORNER;
  for (let axis: usize = 0; axis < 16; axis += 4) {
    const at = load<u32>(corner + axis);
    const from = load<u32>(job + axis, FROM);
    if (at + 4 <= from || at >= from + load<u32>(job + axis, SIZE)) return false;
  }
  return true;
}

/** Whether the block lies inside of the array, and its rows are dense in memory. */
@inline
function plain<T>(job: usize, corner: usize): bool {
  return load<u32>(job, STRIDE) == <u32>sizeof<T>() &&
    load<u32>(corner) + 4 <= load<u32>(job, SHAPE) &&
    (load<u32>(job, AXES) < 2 || load<u32>(corner, 4) + 4 <= load<u32>(job, SHAPE + 4)) &&
    (load<u32>(job, AXES) < 3 || load<u32>(corner, 8) + 4 <= load<u32>(job, SHAPE + 8)) &&
    (load<u32>(job, AXES) < 4 || load<u32>(corner, 12) + 4 <= load<u32>(job, SHAPE + 12));
}

@inline
function copyRow<T>(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
  if (sizeof<T>() == 8) v128.store(to, v128.load(from, 16), 16);
}

/** As `scatter`, for a box that is the whole array. */
export function scatterWhole<T>(job: usize, block: usize): void {
  const corner: usize = load<u32>(job, SCRATCH) + <u32>CORNER;
  if (!plain<T>(job, corner)) {
    scatter<T>(job, block);
    return;
  }
  const sy: usize = load<u32>(job, STRIDE + 4);
  const sz: usize = load<u32>(job, STRIDE + 8);
  const sw: usize = load<u32>(job, STRIDE + 12);
  let to: usize = load<u32>(job, TARGET) + load<u32>(corner) * <u32>sizeof<T>() + load<u32>(corner, 4) * <u32>sy +
    load<u32>(corner, 8) * <u32>sz + load<u32>(corner, 12) * <u32>sw;
  const end = block + (<usize>4 * sizeof<T>() << ((load<u32>(job, AXES) - 1) << 1));
  const row = 4 * sizeof<T>();
  for (;; to += sw) {
    for (let z: usize = to; ; z += sz) {
      copyRow<T>(block, z);
      if ((block += row) == end) return;
      copyRow<T>(block, z + sy);
      copyRow<T>(block + row, z + 2 * sy);
      copyRow<T>(block + 2 * row, z + 3 * sy);
      if ((block += 3 * row) == end) return;
      if ((end - block & (16 * row - 1)) == 0) break;
    }
  }
}

/** Puts what the block and the box have in common in its place. `block`: where the samples are. */
export function scatter<T>(job: usize, block: usize): void {
  const corner: usize = load<u32>(job, SCRATCH) + <u32>CORNER;
  let to: usize = load<u32>(job, TARGET);
  for (let axis: usize = 0; axis < 16; axis += 4)
    to += (load<u32>(corner + axis) - load<u32>(job + axis, FROM)) * load<u32>(job + axis, STRIDE);
  const x0 = first(job, corner, 0);
  const x1 = last(job, corner, 0);
  const y0 = first(job, corner, 4);
  const y1 = last(job, corner, 4);
  const z0 = first(job, corner, 8);
  const z1 = last(job, corner, 8);
  const w1 = last(job, corner, 12);
  const sx: usize = load<u32>(job, STRIDE);
  const sy: usize = load<u32>(job, STRIDE + 4);
  const sz: usize = load<u32>(job, STRIDE + 8);
  const sw: usize = load<u32>(job, STRIDE + 12);
  const rows = sx == sizeof<T>() && x1 - x0 == 4;
  for (let w = first(job, corner, 12); w < w1; w++)
    for (let z = z0; z < z1; z++)
      for (let y = y0; y < y1; y++) {
        const from = block + (y + (z << 2) + (w << 4)) * 4 * sizeof<T>();
        const row = to + y * sy + z * sz + w * sw;
        if (rows) {
          v128.store(row, v128.load(from));
          if (sizeof<T>() == 8) v128.store(row, v128.load(from, 16), 16);
        } else for (let x = x0; x < x1; x++) store<T>(row + x * sx, load<T>(from + x * sizeof<T>()));
      }
}

/** The first of four samples along an axis that is in the box; 0 to 4. */
function first(job: usize, corner: usize, axis: usize): usize {
  const at = load<u32>(corner + axis);
  const from = load<u32>(job + axis, FROM);
  return <usize>(from > at ? from - at : 0);
}

function last(job: usize, corner: usize, axis: usize): usize {
  return min<u32>(4, load<u32>(job + axis, FROM) + load<u32>(job + axis, SIZE) - load<u32>(corner + axis));
}

function gatherPlain<T>(job: usize, from: usize, block: usize): void {
  const corner: usize = load<u32>(job, SCRATCH) + <u32>CORNER;
  const sy: usize = load<u32>(job, STRIDE + 4);
  const sz: usize = load<u32>(job, STRIDE + 8);
  const sw: usize = load<u32>(job, STRIDE + 12);
  from += load<u32>(corner) * <u32>sizeof<T>() + load<u32>(corner, 4) * <u32>sy +
    load<u32>(corner, 8) * <u32>sz + load<u32>(corner, 12) * <u32>sw;
  const end = block + (<usize>4 * sizeof<T>() << ((load<u32>(job, AXES) - 1) << 1));
  const row = 4 * sizeof<T>();
  for (;; from += sw) {
    for (let z: usize = from; ; z += sz) {
      copyRow<T>(z, block);
      if ((block += row) == end) return;
      copyRow<T>(z + sy, block);
      copyRow<T>(z + 2 * sy, block + row);
      copyRow<T>(z + 3 * sy, block + 2 * row);
      if ((block += 3 * row) == end) return;
      if ((end - block & (16 * row - 1)) == 0) break;
    }
  }
}

/** Collects a block; what is outside of the array is made up of the samples inside. `block`: where to. */
export function gather<T>(job: usize, from: usize, block: usize): void {
  const scratch: usize = load<u32>(job, SCRATCH);
  if (plain<T>(job, scratch + CORNER)) {
    gatherPlain<T>(job, from, block);
    return;
  }
  for (let axis: usize = 0; axis < 16; axis += 4) {
    const at = load<u32>(scratch + axis, CORNER);
    const stride = load<u32>(job + axis, STRIDE);
    const count = load<u32>(job + axis, SHAPE) - at;
    const offsets = scratch + (axis << 2);
    from += at * stride;
    // One sample is repeated, two are mirrored, of three the first comes again.
    store<u32>(offsets, 0, OFFSETS);
    store<u32>(offsets, count > 1 ? stride : 0, OFFSETS + 4);
    store<u32>(offsets, count > 2 ? 2 * stride : count > 1 ? stride : 0, OFFSETS + 8);
    store<u32>(offsets, count > 3 ? 3 * stride : 0, OFFSETS + 12);
  }
  const axes = load<u32>(job, AXES) << 2;
  const ny: usize = axes > 4 ? 16 : 4;
  const nz: usize = axes > 8 ? 16 : 4;
  const nw: usize = axes > 12 ? 16 : 4;
  const x1 = load<u32>(scratch, OFFSETS + 4);
  const x2 = load<u32>(scratch, OFFSETS + 8);
  const x3 = load<u32>(scratch, OFFSETS + 12);
  const rows = x1 == <u32>sizeof<T>() && x3 == <u32>(3 * sizeof<T>());
  for (let w: usize = 0; w < nw; w += 4)
    for (let z: usize = 0; z < nz; z += 4)
      for (let y: usize = 0; y < ny; y += 4) {
        const row = from + load<u32>(scratch + y, OFFSETS + 16) + load<u32>(scratch + z, OFFSETS + 32) +
          load<u32>(scratch + w, OFFSETS + 48);
        if (rows) {
          v128.store(block, v128.load(row));
          if (sizeof<T>() == 8) v128.store(block, v128.load(row, 16), 16);
        } else {
          store<T>(block, load<T>(row));
          store<T>(block, load<T>(row + x1), sizeof<T>());
          store<T>(block, load<T>(row + x2), 2 * sizeof<T>());
          store<T>(block, load<T>(row + x3), 3 * sizeof<T>());
        }
        block += 4 * sizeof<T>();
      }
}
