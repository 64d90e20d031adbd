import { crc32 } from "../crc32.js";
import { corrupt } from "../output.js";
import { crc64 } from "./crc64.js";
import { checkedSum, readU32, readVarint } from "./fields.js";
import { sha256 } from "./sha256.js";

const LZMA2 = 0x21;
const DELTA = 0x03;

export interface BlockHeader {
  readonly packed: number | undefined;
  readonly content: number | undefined;
  readonly dictionary: number;
  /** Distances of the delta filters, in the order in which to undo them. */
  readonly deltas: readonly number[];
}

export function blockHeader(bytes: Uint8Array, size: number): BlockHeader {
  if (bytes.length < size) corrupt("xz data ends early");
  const end = size - 4;
  checkedSum(bytes, 0, end);
  const flags = bytes[1]!;
  if (flags & 0x3c) corrupt("xz block has unknown flags");
  const head = bytes.subarray(0, end);
  const cursor = { at: 2 };
  const packed = flags & 0x40 ? readVarint(head, cursor) : undefined;
  const content = flags & 0x80 ? readVarint(head, cursor) : undefined;
  const deltas: number[] = [];
  let dictionary = -1;
  for (let left = flags & 3; left >= 0; left--) {
    const id = readVarint(head, cursor);
    const length = readVarint(head, cursor);
    const property = head[cursor.at] ?? corrupt("xz data ends early");
    cursor.at += length;
    if (length !== 1) corrupt("xz filter is not supported");
    if (id === LZMA2 && left === 0) dictionary = dictionarySize(property);
    else if (id === DELTA && left > 0) deltas.unshift(property + 1);
    else corrupt(`xz filter ${id} is not supported`);
  }
  if (cursor.at > end) corrupt("xz data ends early");
  if (head.subarray(cursor.at).some((b) => b !== 0)) corrupt("xz padding is not zero");
  return { packed, content, dictionary, deltas };
}

function dictionarySize(bits: number): number {
  if (bits > 40) corrupt("xz dictionary size is out of range");
  return bits === 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
}

export function undoDelta(bytes: Uint8Array, from: number, to: number, distance: number): void {
  for (let i = from + distance; i < to; i++) bytes[i] = bytes[i]! + bytes[i - distance]!;
}

const NONE = 0;
const CRC32 = 1;
const CRC64 = 4;
const SHA256 = 10;

/** Whether this is a check that the format defines. */
export function isCheck(kind: number): boolean {
  return kind === NONE || kind === CRC32 || kind === CRC64 || kind === SHA256;
}

export function checkSize(kind: number): number {
  return kind === NONE ? 0 : kind === CRC32 ? 4 : kind === CRC64 ? 8 : 32;
}

export function checkHolds(
  kind: number,
  stored: Uint8Array,
  content: Uint8Array,
  from: number,
  to: number,
): boolean {
  if (kind === NONE) return true;
  if (kind === CRC32) return readU32(stored, 0) === crc32(content, from, to);
  if (kind === CRC64) {
    const [low, high] = crc64(content, from, to);
    return readU32(stored, 0) === low && readU32(stored, 4) === high;
  }
  const hash = sha256(content.subarray(from, to));
  return hash.every((b, i) => b === stored[i]);
}
