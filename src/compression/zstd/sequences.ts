import { corrupt } from "../output.js";
import { BackwardBits } from "./bits.js";
import { buildTable, type FseTable, readTable, singleTable } from "./fse.js";

/** What one block leaves to the next ones of its frame. */
export interface SequencesState {
  literalLengths: FseTable | undefined;
  offsets: FseTable | undefined;
  matchLengths: FseTable | undefined;
  /** The last three offsets. */
  recent: [number, number, number];
}

export interface SequencesSection {
  readonly count: number;
  readonly literalLengths: FseTable;
  readonly offsets: FseTable;
  readonly matchLengths: FseTable;
}

const LITERAL_BITS: Uint8Array = Uint8Array.from([
  ...Array<number>(16).fill(0),
  1,
  1,
  1,
  1,
  2,
  2,
  3,
  3,
  4,
  6,
  7,
  8,
  9,
  10,
  11,
  12,
  13,
  14,
  15,
  16,
]);
const MATCH_BITS: Uint8Array = Uint8Array.from([
  ...Array<number>(32).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
]);
const LITERAL_BASE: Uint32Array = baseline(LITERAL_BITS, 0);
const MATCH_BASE: Uint32Array = baseline(MATCH_BITS, 3);

/** The smallest length of each code, as the codes follow on each other without gaps. */
function baseline(bits: Uint8Array, first: number): Uint32Array {
  let sum = first;
  return Uint32Array.from(bits, (b) => {
    const base = sum;
    sum += 1 << b;
    return base;
  });
}

const DEFAULT_LITERAL_LENGTHS: FseTable = buildTable(
  [
    4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1,
    -1, -1,
  ],
  6,
);
const DEFAULT_MATCH_LENGTHS: FseTable = buildTable(
  [1, 4, 3, 2, 2, 2, 2, 2, 2, ...Array<number>(37).fill(1), ...Array<number>(7).fill(-1)],
  6,
);
const DEFAULT_OFFSETS: FseTable = buildTable(
  [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
  5,
);

/** Reads how many sequences a block has and their tables; `cursor` moves to their bits. */
export function readSequencesHeader(
  bytes: Uint8Array,
  cursor: { at: number },
  end: number,
  state: SequencesState,
): SequencesSection | undefined {
  const next = (): number => (cursor.at < end ? bytes[cursor.at++]! : corrupt("zstd sequences end early"));
  const first = next();
  let count = first;
  if (first === 255) count = next() + (next() << 8) + 0x7f00;
  else if (first > 127) count = ((first - 128) << 8) + next();
  if (count === 0) {
    if (cursor.at !== end) corrupt("zstd block has bytes too many");
    return undefined;
  }
  const modes = next();
  if (modes & 3) corrupt("zstd sequences have unknown flags");
  const table = (
    mode: number,
    standard: FseTable,
    before: FseTable | undefined,
    log: number,
    symbol: number,
  ): FseTable => {
    if (mode === 0) return standard;
    if (mode === 2) return readTable(bytes, cursor, end, log, symbol);
    if (mode === 3) return before ?? corrupt("zstd sequences lack their table");
    const only = next();
    return only <= symbol ? singleTable(only) : corrupt("zstd sequences have an unknown code");
  };
  state.literalLengths = table(modes >> 6, DEFAULT_LITERAL_LENGTHS, state.literalLengths, 9, 35);
  state.offsets = table((modes >> 4) & 3, DEFAULT_OFFSETS, state.offsets, 8, 31);
  state.matchLengths = table((modes >> 2) & 3, DEFAULT_MATCH_LENGTHS, state.matchLengths, 9, 52);
  const { literalLengths, offsets, matchLengths } = state;
  return { count, literalLengths, offsets, matchLengths };
}

const bits = new BackwardBits();

/**
 * Writes what `section`'s sequences, coded in `bytes[from..to)`, say: literals and copies, from `out[at]` on,
 * never past `end`, never back before `start`. @returns the end of what was written.
 */
export function runSequences(
  section: SequencesSection,
  bytes: Uint8Array,
  from: number,
  to: number,
  literals: Uint8Array,
  state: SequencesState,
  out: Uint8Array,
  start: number,
  at: number,
  end: number,
): number {
  const { literalLengths: ll, offsets: of, matchLengths: ml } = section;
  bits.start(bytes, from, to);
  let l = bits.read(ll.log);
  let o = bits.read(of.log);
  let m = bits.read(ml.log);
  let [r1, r2, r3] = state.recent;
  let taken = 0;
  let place = at;
  for (let left = section.count; left > 0; left--) {
    const width = of.symbols[o]!;
    const raw =
      width > 24
        ? ((1 << 24) | bits.read(24)) * 2 ** (width - 24) + bits.read(width - 24)
        : (1 << width) + bits.read(width);
    const matchCode = ml.symbols[m]!;
    const length = MATCH_BASE[matchCode]! + bits.read(MATCH_BITS[matchCode]!);
    const literalCode = ll.symbols[l]!;
    const run = LITERAL_BASE[literalCode]! + bits.read(LITERAL_BITS[literalCode]!);
    let offset: number;
    if (raw > 3) {
      offset = raw - 3;
      r3 = r2;
      r2 = r1;
    } else {
      const pick = raw + (run === 0 ? 1 : 0);
      offset = pick === 1 ? r1 : pick === 2 ? r2 : pick === 3 ? r3 : r1 - 1;
      if (pick > 2) r3 = r2;
      if (pick > 1) r2 = r1;
    }
    r1 = offset;
    if (left > 1) {
      l = ll.base[l]! + bits.read(ll.bits[l]!);
      m = ml.base[m]! + bits.read(ml.bits[m]!);
      o = of.base[o]! + bits.read(of.bits[o]!);
    }
    if (run > literals.length - taken) corrupt("zstd sequences take more literals than there are");
    if (run + length > end - place) corrupt("zstd block is longer than declared");
    copyLiterals(literals, taken, out, place, run);
    taken += run;
    place += run;
    if (offset < 1 || offset > place - start) corrupt("zstd match begins before the content");
    copyMatch(out, place, offset, length);
    place += length;
  }
  if (bits.left !== 0) corrupt("zstd sequences have a wrong length");
  state.recent = [r1, r2, r3];
  const rest = literals.length - taken;
  if (rest > end - place) corrupt("zstd block is longer than declared");
  copyLiterals(literals, taken, out, place, rest);
  return place + rest;
}

function copyLiterals(from: Uint8Array, at: number, out: Uint8Array, to: number, length: number): void {
  if (length > 48) out.set(from.subarray(at, at + length), to);
  else for (let i = 0; i < length; i++) out[to + i] = from[at + i]!;
}

function copyMatch(out: Uint8Array, to: number, offset: number, length: number): void {
  if (length > 48 && offset >= length) out.copyWithin(to, to - offset, to - offset + length);
  else if (length > 48 && offset === 1) out.fill(out[to - 1]!, to, to + length);
  else for (let i = 0; i < length; i++) out[to + i] = out[to - offset + i]!;
}
