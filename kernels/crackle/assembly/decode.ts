import { findComponents, openComponents } from "./components";
import { drawCracks, loadNumber } from "./cracks";
import {
  BAD_CHECKSUM, BAD_COUNT, BAD_KEY, CHECKSUMS, CODES, COLORS, COUNT_BYTES, COUNTS, DIFFERENCES, KEY_BYTES, KEYS, LENGTHS,
  MODEL, OK, ORDER, PIN_HEADS, RESULT, ROWS, RUNS, STACK, STACK_LIMIT, STEP_Z, STORED_BYTES, TARGET, UNIQUE, UNIQUE_COUNT,
  Z_FROM, Z_TO,
} from "./job";
import { checksum, paint } from "./paint";
import { openPins, paintPins } from "./pins";
import { clearPlanes, openPlanes } from "./planes";

/** Decodes the slices of a job. T: a voxel's type. RESULT: the slice at work. */
export function decode<T>(job: usize, runLimit: u32): i32 {
  openPlanes(job);
  openComponents(load<u32>(job, RUNS), load<u32>(job, ROWS));
  const order = load<u32>(job, ORDER);
  const model = load<u32>(job, MODEL);
  const stack = load<u32>(job, STACK);
  const limit = load<u32>(job, STACK_LIMIT);
  const differences = load<u32>(job, DIFFERENCES);
  const countBytes = load<u32>(job, COUNT_BYTES);
  const pins = load<u32>(job, PIN_HEADS) != 0;
  let lengths = <usize>load<u32>(job, LENGTHS);
  let code = <usize>load<u32>(job, CODES);
  let crc = <usize>load<u32>(job, CHECKSUMS);
  let counts = <usize>load<u32>(job, COUNTS);
  let keys = <usize>load<u32>(job, KEYS);
  let colors = <usize>load<u32>(job, COLORS);
  let target = <usize>load<u32>(job, TARGET);
  const slices = load<u32>(job, Z_TO) - load<u32>(job, Z_FROM);
  if (pins) openPins(job);
  for (let z: u32 = 0; z < slices; z++) {
    store<u32>(job, z, RESULT);
    const length = load<u32>(lengths);
    clearPlanes();
    const status = drawCracks(code, length, stack, limit, order, model, differences);
    if (status != OK) return status;
    const count = findComponents(runLimit);
    if (count < 0) return -count;
    if (loadNumber(counts, countBytes) != <u64>count) return BAD_COUNT;
    if (crc != 0) {
      if (checksum(job) != load<u32>(crc)) return BAD_CHECKSUM;
      crc += 4;
    }
    if (pins) paintPins<T>(job, z, colors);
    else if (!flatColors<T>(job, keys, count, colors)) return BAD_KEY;
    paint<T>(job, colors, target);
    lengths += 4;
    code += length;
    counts += countBytes;
    target += load<u32>(job, STEP_Z);
    if (pins) colors += <usize>count << alignof<T>();
    else keys += <usize>count * load<u32>(job, KEY_BYTES);
  }
  return OK;
}

/** Labels of a slice's components. @returns false for a key that leads behind the labels. */
function flatColors<T>(job: usize, keys: usize, count: u32, colors: usize): bool {
  const keyBytes = load<u32>(job, KEY_BYTES);
  const labels = load<u32>(job, UNIQUE);
  const stored = load<u32>(job, STORED_BYTES);
  const limit = <u64>load<u32>(job, UNIQUE_COUNT);
  for (let i: u32 = 0; i < count; i++, keys += keyBytes, colors += sizeof<T>()) {
    const key = loadNumber(keys, keyBytes);
    if (key >= limit) return false;
    store<T>(colors, <T>loadNumber(labels + <u32>key * stored, stored));
  }
  return true;
}
