import { alignOutput, openOutput, out, resumeOutput, suspendOutput } from "./bits";
import { writeStored } from "./block";
import { TABLES_SIZE } from "./layout";
import { writeBlocks } from "./parse";
import { prepareSymbols } from "./symbols";

/** Bytes that the `tables` region of `deflate` needs. */
export function tablesSize(): usize {
  return TABLES_SIZE;
}

/** The most bytes that `deflate` makes of `length`; 8 more may be written over. */
export function bound(length: usize): usize {
  return length + 6 * (length >> 11) + 64;
}

/**
 * Writes one part of a raw deflate stream (RFC 1951): `first` begins it, `last` ends it, and the others go on where the call
 * before with these `tables` ended. Up to 32,768 bytes before `src` that belong to the stream are the part's `history`. Levels
 * 0 (stored) to 9. Reads up to 16 bytes behind the source, to no effect. @returns the bytes written, whole ones; the last bits
 * of a part come with the next.
 */
export function deflate(
  src: usize, length: usize, history: usize, dst: usize, tables: usize, level: u32, first: bool, last: bool,
): usize {
  if (first) {
    openOutput(dst);
    prepareSymbols(tables);
  } else resumeOutput(dst, tables);
  if (level == 0) writeStored(src, src + length, last);
  else writeBlocks(tables, src, length, min(history, 32768), last, min(level, 9));
  if (last) alignOutput();
  else suspendOutput(tables);
  return out - dst;
}
