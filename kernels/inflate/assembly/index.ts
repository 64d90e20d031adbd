import { decodeBlock } from "./block";
import { dynamicCode, fixedCode } from "./header";
import { prepare } from "./huffman";
import {
  BAD_BLOCK_TYPE, BAD_STORED_LENGTH, BETWEEN, CODED, OK, OUTPUT_FULL, RESULT, STORED, TABLES_SIZE, TRUNCATED,
} from "./layout";
import {
  align, block, enter, input, inputEnd, last, need, open, output, outputEnd, restore, save, storedLeft, suspend, take,
} from "./state";

/** Bytes that the `tables` region of `inflate` needs. */
export function tablesSize(): usize {
  return TABLES_SIZE;
}

/**
 * Decodes one raw deflate stream (RFC 1951). Reads only [src, src + srcLength), writes only [dst, dst + dstCapacity)
 * and `tables`. @returns 0, or what is wrong; at `tables` then lie the bytes consumed and produced as two u32.
 */
export function inflate(src: usize, srcLength: usize, dst: usize, dstCapacity: usize, tables: usize): i32 {
  open(src, srcLength, dst, dstCapacity, 0);
  prepare(tables);
  return run(src, dst, tables);
}

/**
 * Goes on where the last call with these `tables` found its output full. The input is what that call did not consume;
 * the output may lie elsewhere, behind the last `history` bytes (32,768 or all of them).
 */
export function resume(
  src: usize, srcLength: usize, dst: usize, dstCapacity: usize, history: usize, tables: usize,
): i32 {
  open(src, srcLength, dst, dstCapacity, history);
  restore(tables);
  return run(src, dst, tables);
}

function run(src: usize, dst: usize, tables: usize): i32 {
  const status = decodeStream(tables);
  if (status == OK) align();
  if (status == OUTPUT_FULL) suspend(tables);
  store<u32>(tables, input - src, RESULT);
  store<u32>(tables, output - dst, RESULT + 4);
  return status;
}

function decodeStream(tables: usize): i32 {
  let fixedReady = false;
  while (true) {
    if (block == BETWEEN) {
      if (last) return OK;
      const status = openBlock(tables, fixedReady);
      if (status < 0) fixedReady = status == FIXED;
      else return status;
    }
    const status = block == STORED ? copyStored() : decodeBlock(tables);
    if (status != OK) return status;
    enter(BETWEEN, last, 0);
  }
}

/** What `openBlock` returns unless it fails. */
const OPENED: i32 = -1;
const FIXED: i32 = -2;

function openBlock(tables: usize, fixedReady: bool): i32 {
  if (!need(3)) return TRUNCATED;
  const isLast = take(1);
  const type = take(2);
  if (type == 3) return BAD_BLOCK_TYPE;
  if (type == 0) return openStored(isLast);
  const status = type == 2 ? dynamicCode(tables) : fixedReady ? OK : fixedCode(tables);
  if (status != OK) return status;
  enter(CODED, isLast, 0);
  return type == 1 ? FIXED : OPENED;
}

function openStored(isLast: u32): i32 {
  align();
  if (inputEnd - input < 4) return TRUNCATED;
  const length: u32 = load<u16>(input);
  if (length != (<u32>load<u16>(input + 2) ^ 0xffff)) return BAD_STORED_LENGTH;
  save(input + 4, output, 0, 0);
  enter(STORED, isLast, length);
  return OPENED;
}

/** A stored block's bytes, as many as fit. */
function copyStored(): i32 {
  if (inputEnd - input < <usize>storedLeft) return TRUNCATED;
  const length = min(<usize>storedLeft, outputEnd - output);
  memory.copy(output, input, length);
  save(input + length, output + length, 0, 0);
  enter(STORED, last, storedLeft - <u32>length);
  return storedLeft == 0 ? OK : OUTPUT_FULL;
}
