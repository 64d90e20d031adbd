// Which entries of tables are in use, without the voxels.
import { nextBit, setBit } from "./bitmap";
import { BAD_BITS, BAD_INDEX, BAD_TABLE, BLOCK, CHANNELS, OK, SCRATCH, SHAPE, SOURCE, SOURCE_LENGTH, TRUNCATED, WRITTEN } from "./job";

let bx: u32 = 0;
let by: u32 = 0;
let bz: u32 = 0;
let gx: u32 = 0;
let gy: u32 = 0;
let blocks: u32 = 0;
/** Words of a channel: where it starts, and how many there are until the end of the input. */
let base: usize = 0;
let words: u32 = 0;
/** Entries in use, by the number of their first word in the input; and where tables and indices of a channel start. */
let used: usize = 0;
let starts: usize = 0;

/** Bytes of each of the two bitmaps. */
@inline
export function bitmapBytes(words: u32): usize {
  return (<usize>(words + 63) >> 6) << 3;
}

/** Marks the entries that voxels of any channel have; the result (WRITTEN) is their number. T: the label's type. */
export function mark<T>(job: usize): i32 {
  const source: usize = load<u32>(job, SOURCE);
  const total = load<u32>(job, SOURCE_LENGTH) >> 2;
  const channels = load<u32>(job, CHANNELS);
  bx = load<u32>(job, BLOCK);
  by = load<u32>(job, BLOCK + 4);
  bz = load<u32>(job, BLOCK + 8);
  gx = (load<u32>(job, SHAPE) + bx - 1) / bx;
  gy = (load<u32>(job, SHAPE + 4) + by - 1) / by;
  const gz: u32 = (load<u32>(job, SHAPE + 8) + bz - 1) / bz;
  used = load<u32>(job, SCRATCH);
  starts = used + bitmapBytes(total);
  store<u32>(job, 0, WRITTEN);
  if (total < channels) return TRUNCATED;
  memory.fill(used, 0, bitmapBytes(total));
  if (gx == 0 || gy == 0 || gz == 0) return OK;
  const plane = <u64>gx * gy;
  for (let c: u32 = 0; c < channels; c++) {
    const start = load<u32>(source + (c << 2));
    if (start > total) return TRUNCATED;
    base = source + (start << 2);
    words = total - start;
    if (plane > words || 2 * plane * gz > <u64>words) return TRUNCATED;
    blocks = <u32>plane * gz;
    let end = total;
    for (let d: u32 = 0; d < channels; d++) {
      const other = load<u32>(source + (d << 2));
      if (other > start) end = min(end, other);
    }
    if (plainTables<T>(end - start)) markTables<T>(start, end - start);
    else {
      const status = markIndices<T>(job, start);
      if (status != OK) return status;
    }
  }
  let count: u32 = 0;
  for (let at = used; at < starts; at += 8) count += <u32>popcnt(load<u64>(at));
  store<u32>(job, count, WRITTEN);
  return OK;
}

@inline
function tableAt(block: u32): u32 {
  return load<u32>(base + (block << 3)) & 0xff_ffff;
}

@inline
function bitsOf(block: u32): u32 {
  return load<u32>(base + (block << 3)) >> 24;
}

@inline
function indexAt(block: u32): u32 {
  return load<u32>(base + (block << 3), 4);
}

@inline
function indexWords(bits: u32): u64 {
  return (<u64>bits * bx * by * bz + 31) >> 5;
}

@inline
function areBits(bits: u32): bool {
  return bits <= 32 && (bits & (bits - 1)) == 0;
}

/**
 * Whether the channel is as encoders write it: headers, indices and tables side by side, each table ascending and just as
 * long as its blocks' indices can tell. Then every entry of a table is in use, and a table ends where something else starts.
 */
function plainTables<T>(end: u32): bool {
  const step: u32 = sizeof<T>() >> 2;
  const headers = blocks << 1;
  memory.fill(starts, 0, bitmapBytes(end));
  for (let block: u32 = 0; block < blocks; block++) {
    const table = tableAt(block);
    const bits = bitsOf(block);
    if (table < headers || table >= end || !areBits(bits)) return false;
    setBit(starts, table);
    if (bits == 0) continue;
    const index = indexAt(block);
    if (index < headers || index >= end || indexWords(bits) > <u64>(end - index)) return false;
    setBit(starts, index);
  }
  for (let block: u32 = 0; block < blocks; block++) {
    const table = tableAt(block);
    const bits = bitsOf(block);
    if (bits != 0) {
      const index = indexAt(block);
      if (<u64>(nextBit(starts, index + 1, end) - index) < indexWords(bits)) return false;
    }
    const n = nextBit(starts, table + 1, end) - table;
    const entries = n / step;
    if (entries * step != n || entries == 0) return false;
    if (bits < 32 && entries > <u32>1 << bits) return false;
    if (bits == 1 ? entries < 2 : bits > 1 && entries <= <u32>1 << (bits >> 1)) return false;
    let last = load<T>(base + (table << 2));
    for (let at = base + ((table + step) << 2), stop = base + ((table + n) << 2); at < stop; at += sizeof<T>()) {
      const label = load<T>(at);
      if (label <= last) return false;
      last = label;
    }
  }
  return true;
}

function markTables<T>(start: u32, end: u32): void {
  const step: u32 = sizeof<T>() >> 2;
  for (let block: u32 = 0; block < blocks; block++) {
    const table = tableAt(block);
    const stop = nextBit(starts, table + 1, end);
    for (let at = table; at < stop; at += step) setBit(used, start + at);
  }
}

/** Marks what the indices lead to, voxel by voxel. */
function markIndices<T>(job: usize, start: u32): i32 {
  const step: u32 = sizeof<T>() >> 2;
  for (let block: u32 = 0; block < blocks; block++) {
    const table = tableAt(block);
    const bits = bitsOf(block);
    const index = indexAt(block);
    if (table >= words) return BAD_TABLE;
    const entries = (words - table) / step;
    if (entries == 0) return BAD_TABLE;
    if (!areBits(bits)) return BAD_BITS;
    if (bits == 0) {
      setBit(used, start + table);
      continue;
    }
    if (index > words || indexWords(bits) > <u64>(words - index)) return TRUNCATED;
    const x = (block % gx) * bx;
    const y = (block / gx % gy) * by;
    const z = (block / gx / gy) * bz;
    const nx = min(bx, load<u32>(job, SHAPE) - x);
    const ny = min(by, load<u32>(job, SHAPE + 4) - y);
    const nz = min(bz, load<u32>(job, SHAPE + 8) - z);
    const mask = <u32>(((<u64>1) << bits) - 1);
    for (let k: u32 = 0; k < nz; k++)
      for (let j: u32 = 0; j < ny; j++) {
        let bit = <u64>bx * (j + by * k) * bits;
        for (let i: u32 = 0; i < nx; i++, bit += bits) {
          const word = load<u32>(base + ((index + <u32>(bit >> 5)) << 2));
          const entry = (word >> (<u32>bit & 31)) & mask;
          if (entry >= entries) return BAD_INDEX;
          setBit(used, start + table + entry * step);
        }
      }
  }
  return OK;
}

/** Copies the marked entries, in the order of their words, from the input to `list`, or back from it to a copy of the input. */
export function exchange<T>(job: usize, input: usize, list: usize, back: bool): void {
  const total = load<u32>(job, SOURCE_LENGTH) >> 2;
  const bitmap: usize = load<u32>(job, SCRATCH);
  for (let at = nextBit(bitmap, 0, total); at < total; at = nextBit(bitmap, at + 1, total), list += sizeof<T>()) {
    if (back) store<T>(input + (at << 2), load<T>(list));
    else store<T>(list, load<T>(input + (at << 2)));
  }
}
