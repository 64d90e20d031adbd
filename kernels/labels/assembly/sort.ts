/** Bytes of counters that sorting needs. */
export const COUNTER_BYTES: usize = 8 * 256 * 4;

/**
 * Sorts `n` u64 by their bytes from the lowest on; bytes in which all agree cost nothing. `spare` is as long as `values`.
 * @returns where the result is: one of the two.
 */
export function sort(values: usize, spare: usize, n: u32, counters: usize): usize {
  memory.fill(counters, 0, COUNTER_BYTES);
  for (let at = values, end = values + (<usize>n << 3); at < end; at += 8) {
    let value = load<u64>(at);
    for (let row = counters; row < counters + COUNTER_BYTES; row += 1024, value >>= 8) {
      const counter = row + (<usize>(value & 255) << 2);
      store<u32>(counter, load<u32>(counter) + 1);
    }
  }
  for (let digit: u32 = 0; digit < 8; digit++) {
    const row = counters + (digit << 10);
    if (n == 0 || load<u32>(row + (<usize>load<u8>(values + digit) << 2)) == n) continue;
    let sum: u32 = 0;
    for (let counter = row; counter < row + 1024; counter += 4) {
      const count = load<u32>(counter);
      store<u32>(counter, sum);
      sum += count;
    }
    for (let at = values, end = values + (<usize>n << 3); at < end; at += 8) {
      const value = load<u64>(at);
      const counter = row + (<usize>((value >> (digit << 3)) & 255) << 2);
      const place = load<u32>(counter);
      store<u32>(counter, place + 1);
      store<u64>(spare + (<usize>place << 3), value);
    }
    const other = spare;
    spare = values;
    values = other;
  }
  return values;
}

/** Leaves one of each of the sorted values. @returns how many. */
export function unique(values: usize, n: u32): u32 {
  if (n == 0) return 0;
  let last = load<u64>(values);
  let to = values + 8;
  for (let at = to, end = values + (<usize>n << 3); at < end; at += 8) {
    const value = load<u64>(at);
    store<u64>(to, value);
    to += value != last ? 8 : 0;
    last = value;
  }
  return <u32>((to - values) >> 3);
}
