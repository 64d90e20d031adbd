/**
 * xz (https://tukaani.org/xz/xz-file-format.txt, version 1.2): several streams and padding between them, every
 * header, index and content check verified. Filters: LZMA2 and delta; those for machine code are refused.
 */

import { crc32 } from "../crc32.js";
import { corrupt, Output } from "../output.js";
import { blockHeader, checkHolds, checkSize, isCheck, undoDelta } from "./block.js";
import { checkedSum, readU32, readVarint } from "./fields.js";
import { decodeLzma2 } from "./lzma2.js";

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];

interface BlockSizes {
  readonly unpadded: number;
  readonly content: number;
}

/** Decompresses whole xz data, using the output's memory and some 30 kB, whatever dictionary is declared. */
export function decodeXz(bytes: Uint8Array, limit: number): Uint8Array {
  const out = new Output(limit, bytes.length * 4);
  let at = 0;
  do {
    at = readStream(bytes, at, out);
    while (at < bytes.length && readU32(bytes, at) === 0) at += 4;
  } while (at < bytes.length);
  return out.finish();
}

function readStream(bytes: Uint8Array, start: number, out: Output): number {
  if (MAGIC.some((m, i) => bytes[start + i] !== m))
    corrupt(start === 0 ? "Not xz data" : "Something else follows the xz data");
  const check = bytes[start + 7] ?? -1;
  checkedSum(bytes, start + 6, start + 8);
  if (bytes[start + 6] !== 0 || !isCheck(check)) corrupt("xz data has a check of an unknown kind");
  const blocks: BlockSizes[] = [];
  let at = start + 12;
  while (bytes[at] !== 0) {
    const size = ((bytes[at] ?? corrupt("xz data ends early")) + 1) * 4;
    const header = blockHeader(bytes.subarray(at, at + size), size);
    const dataAt = at + size;
    const from = out.length;
    const dataEnd = decodeLzma2(bytes, dataAt, header.dictionary, out);
    for (const distance of header.deltas) undoDelta(out.bytes, from, out.length, distance);
    const content = out.length - from;
    if (header.packed !== undefined && header.packed !== dataEnd - dataAt)
      corrupt("xz block has a wrong packed size");
    if (header.content !== undefined && header.content !== content) corrupt("xz block has a wrong size");
    const checkAt = padded(bytes, dataEnd, at);
    const end = checkAt + checkSize(check);
    if (end > bytes.length) corrupt("xz data ends early");
    if (!checkHolds(check, bytes.subarray(checkAt, end), out.bytes, from, out.length))
      corrupt("xz block has a wrong checksum");
    blocks.push({ unpadded: size + (dataEnd - dataAt) + checkSize(check), content });
    at = end;
  }
  return readIndexAndFooter(bytes, at, blocks, check);
}

/** The end of zero padding to a multiple of four, counted from `base`. */
function padded(bytes: Uint8Array, at: number, base: number): number {
  for (; (at - base) % 4 !== 0; at++) if (bytes[at] !== 0) corrupt("xz padding is not zero");
  return at;
}

function readIndexAndFooter(
  bytes: Uint8Array,
  start: number,
  blocks: readonly BlockSizes[],
  check: number,
): number {
  const cursor = { at: start + 1 };
  if (readVarint(bytes, cursor) !== blocks.length) corrupt("xz index counts other blocks");
  for (const block of blocks) {
    const unpadded = readVarint(bytes, cursor);
    if (unpadded !== block.unpadded || readVarint(bytes, cursor) !== block.content)
      corrupt("xz index tells other sizes");
  }
  const end = padded(bytes, cursor.at, start);
  checkedSum(bytes, start, end);
  const footer = end + 4;
  if (footer + 12 > bytes.length) corrupt("xz data ends early");
  if (readU32(bytes, footer) !== crc32(bytes, footer + 4, footer + 10))
    corrupt("xz footer has a wrong checksum");
  const indexSize = (readU32(bytes, footer + 4) + 1) * 4;
  if (indexSize !== footer - start || bytes[footer + 8] !== 0 || bytes[footer + 9] !== check)
    corrupt("xz footer and header differ");
  if (bytes[footer + 10] !== 0x59 || bytes[footer + 11] !== 0x5a)
    corrupt("xz footer does not end as it must");
  return footer + 12;
}
