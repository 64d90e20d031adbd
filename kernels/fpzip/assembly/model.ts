// The adaptive model: frequencies of symbols that sum to 2^16, brought up to date every `period` symbols.
// In scratch: u32 period, pending, left, increment; then cumulative frequencies, frequencies, look-up table.

const PERIOD: usize = 0;
const PENDING: usize = 4;
/** Symbols until the next `renew`, and what each adds to its frequency. */
export const LEFT: usize = 8;
export const INCREMENT: usize = 12;
/** u32 each: sums of the frequencies before a symbol, as of the last renewal; one more than there are symbols. */
export const CUMULATIVE: usize = 16;
/** u32 each: the frequencies to come. */
export const FREQUENCY: usize = 2080;
/** u16 for every 16 of 2^16: the symbol to which the first of them belongs. */
const TABLE: usize = 4128;
const TABLE_SHIFT: u32 = 4;
export const MODEL_BYTES: usize = 12352;

const TOTAL: u32 = 65536;
const LONGEST_PERIOD: u32 = 1024;

/** A fresh model: all of `symbols` (at most 511) alike. */
export function start(model: usize, symbols: u32, searched: bool): void {
  store<u32>(model, symbols >> 4 | 2, PERIOD);
  store<u32>(model, 0, PENDING);
  store<u32>(model + (symbols << 2), TOTAL, CUMULATIVE);
  const each = TOTAL / symbols;
  const more = TOTAL % symbols;
  for (let i: u32 = 0; i < symbols; i++)
    store<u32>(model + (i << 2), each + u32(i < more), FREQUENCY);
  renew(model, symbols, searched);
}

/** To be called when `left` is 0. `searched`: the table is needed. */
export function renew(model: usize, symbols: u32, searched: bool): void {
  const pending = load<u32>(model, PENDING);
  if (pending != 0) {
    store<u32>(model, 0, PENDING);
    store<u32>(model, pending, LEFT);
    store<u32>(model, load<u32>(model, INCREMENT) + 1, INCREMENT);
    return;
  }
  let period = load<u32>(model, PERIOD);
  if (period != LONGEST_PERIOD) {
    period = min(period << 1, LONGEST_PERIOD);
    store<u32>(model, period, PERIOD);
  }
  let sum = TOTAL;
  let rest = TOTAL;
  for (let at = model + (symbols << 2); at > model; ) {
    at -= 4;
    const frequency = load<u32>(at, FREQUENCY);
    const halved = frequency >> 1 | 1;
    sum -= frequency;
    rest -= halved;
    store<u32>(at, sum, CUMULATIVE);
    store<u32>(at, halved, FREQUENCY);
  }
  store<u32>(model, rest / period, INCREMENT);
  store<u32>(model, rest % period, PENDING);
  store<u32>(model, period - rest % period, LEFT);
  if (searched) fillTable(model, symbols);
}

/** Eight entries at a time; what is too much is overwritten by the next symbol, or lies behind the table. */
function fillTable(model: usize, symbols: u32): void {
  const table = model + TABLE;
  let at = table;
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const next = load<u32>(model + (symbol << 2), CUMULATIVE + 4);
    const stop = table + ((next + (1 << TABLE_SHIFT) - 1) >> TABLE_SHIFT << 1);
    const entry = i16x8.splat(<i16>symbol);
    for (; at < stop; at += 16) v128.store(at, entry);
    at = stop;
  }
}

/** The symbol, or one before it, to which `target` (below 2^16) belongs. */
@inline
export function nearSymbol(model: usize, target: u32): u32 {
  return load<u16>(model + (target >> TABLE_SHIFT << 1), TABLE);
}
