import { decodeBlock } from "./block";
import { dynamicCode, fixedCode } from "./header";
import { prepare } from "./huffman";
import { BAD_BLOCK_TYPE, BAD_STORED_LENGTH, OK, OUTPUT_FULL, RESULT, TABLES_SIZE, TRUNCATED } from "./layout";
import { align, input, inputEnd, need, open, output, outputEnd, save, take } from "./state";

/** Bytes that the `tables` region of `inflate` needs. */
export function tablesSize(): usize {
  return TABLES_SIZE;
}

/**
 * Decodes one raw deflate stream (RFC 1951). Reads only [src, src + srcLength), writes only [dst, dst + dstCapacity)
 * and `tables`. @returns 0, or what is wrong; at `tables` then lie the bytes consumed and produced as two u32.
 */
export function inflate(src: usize, srcLength: usize, dst: usize, dstCapacity: usize, tables: usize): i32 {
  open(src, srcLength, dst, dstCapacity);
  prepare(tables);
  const status = decodeStream(tables);
  if (status == OK) align();
  store<u32>(tables, input - src, RESULT);
  store<u32>(tables, output - dst, RESULT + 4);
  return status;
}

function decodeStream(tables: usize): i32 {
  let fixedReady = false;
  while (true) {
    if (!need(3)) return TRUNCATED;
    const last = take(1);
    const type = take(2);
    let status: i32;
    if (type == 0) status = storedBlock();
    else if (type == 3) status = BAD_BLOCK_TYPE;
    else {
      status = OK;
      if (type == 2) status = dynamicCode(tables);
      else if (!fixedReady) status = fixedCode(tables);
      fixedReady = type == 1;
      if (status == OK) status = decodeBlock(tables);
    }
    if (status != OK || last) return status;
  }
}

function storedBlock(): i32 {
  align();
  if (inputEnd - input < 4) return TRUNCATED;
  const length: u32 = load<u16>(input);
  if (length != (<u32>load<u16>(input + 2) ^ 0xffff)) return BAD_STORED_LENGTH;
  const from = input + 4;
  if (inputEnd - from < <usize>length) return TRUNCATED;
  if (outputEnd - output < <usize>length) return OUTPUT_FULL;
  memory.copy(output, from, length);
  save(from + length, output + length, 0, 0);
  return OK;
}
