import { corrupt } from "../output.js";
import { BLOCK_LIMIT } from "./frame.js";
import { type HuffmanTable, readHuffman, readSymbols } from "./huffman.js";

/** What one block leaves to the next ones of its frame. */
export interface LiteralsState {
  huffman: HuffmanTable | undefined;
}

/** Room for the literals of one block. */
let scratch: Uint8Array | undefined;

/**
 * Reads the literals at the start of a block's data (RFC 8878, 3.1.1.3.1) and moves `cursor` behind them.
 * @returns a view that is valid until the next call.
 */
export function readLiterals(
  bytes: Uint8Array,
  cursor: { at: number },
  end: number,
  state: LiteralsState,
): Uint8Array {
  const at = cursor.at;
  const head = bytes[at]!;
  const kind = head & 3;
  const format = (head >> 2) & 3;
  if (kind < 2) {
    const headSize = format === 1 ? 2 : format === 3 ? 3 : 1;
    if (at + headSize > end) corrupt("zstd literals end early");
    const size = format & 1 ? little(bytes, at, headSize) >> 4 : head >> 3;
    const from = at + headSize;
    cursor.at = from + (kind === 0 ? size : 1);
    if (cursor.at > end) corrupt("zstd literals end early");
    if (kind === 0) return bytes.subarray(from, from + size);
    return room(size).fill(bytes[from]!);
  }
  const headSize = format < 2 ? 3 : format === 2 ? 4 : 5;
  if (at + headSize > end) corrupt("zstd literals end early");
  const width = format < 2 ? 10 : format === 2 ? 14 : 18;
  const fields = little(bytes, at, headSize);
  const size = Math.floor(fields / 16) % 2 ** width;
  const packed = Math.floor(fields / 2 ** (4 + width)) % 2 ** width;
  const from = at + headSize;
  const to = from + packed;
  if (to > end) corrupt("zstd literals end early");
  cursor.at = from;
  if (kind === 2) state.huffman = readHuffman(bytes, cursor, to);
  const table = state.huffman ?? corrupt("zstd literals lack their code");
  const out = room(size);
  if (format === 0) readSymbols(table, bytes, cursor.at, to, out, 0, size);
  else readFourStreams(table, bytes, cursor.at, to, out);
  cursor.at = to;
  return out;
}

function readFourStreams(
  table: HuffmanTable,
  bytes: Uint8Array,
  at: number,
  end: number,
  out: Uint8Array,
): void {
  if (at + 6 > end) corrupt("zstd literals end early");
  const part = (out.length + 3) >> 2;
  let from = at + 6;
  for (let n = 0; n < 4; n++) {
    const to = n < 3 ? from + little(bytes, at + n * 2, 2) : end;
    if (to > end || part * n > out.length) corrupt("zstd literals end early");
    readSymbols(
      table,
      bytes,
      from,
      to,
      out,
      part * n,
      n < 3 ? Math.min(part * (n + 1), out.length) : out.length,
    );
    from = to;
  }
}

function room(size: number): Uint8Array {
  if (size > BLOCK_LIMIT) corrupt("zstd literals are too many");
  scratch ??= new Uint8Array(BLOCK_LIMIT);
  return scratch.subarray(0, size);
}

function little(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
  return value;
}
