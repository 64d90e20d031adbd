/**
 * zstd (RFC 8878) on the calling thread: several and skippable frames, content checksums verified. Everything
 * is measured from the headers first, so that data which end early never come as partial success. Matches are
 * copied inside the output itself: a declared window costs no memory. Dictionaries are refused.
 */
import { corrupt, Output, overLimit } from "../output.js";
import { type Frame, readBlockHeader, readFrames, readUint } from "./frame.js";
import { type LiteralsState, readLiterals } from "./literals.js";
import { readSequencesHeader, runSequences, type SequencesState } from "./sequences.js";
import { xxh64Low } from "./xxh64.js";

export function decodeZstd(bytes: Uint8Array, limit: number): Uint8Array {
  const frames = readFrames(bytes);
  let declared = 0;
  for (const { content } of frames) declared += content ?? 0;
  if (declared > limit) throw overLimit(limit);
  const known = frames.every((f) => f.content !== undefined);
  const out = new Output(limit, known ? declared : bytes.length * 4);
  for (const frame of frames) decodeFrame(bytes, frame, out);
  return out.finish();
}

function decodeFrame(bytes: Uint8Array, frame: Frame, out: Output): void {
  const start = out.length;
  const state: LiteralsState & SequencesState = {
    huffman: undefined,
    literalLengths: undefined,
    offsets: undefined,
    matchLengths: undefined,
    recent: [1, 4, 8],
  };
  if (frame.content !== undefined) out.reserve(frame.content);
  const most = frame.content === undefined ? out.limit : start + frame.content;
  let at = frame.blocks;
  for (;;) {
    const block = readBlockHeader(bytes, at, frame.blockLimit);
    if (block.kind === "packed") decodeBlock(bytes, block.at, block.end, frame, state, start, out, most);
    else {
      const to = out.reserve(block.size);
      if (block.kind === "raw") to.set(bytes.subarray(block.at, block.end), out.length);
      else to.fill(bytes[block.at]!, out.length, out.length + block.size);
      out.length += block.size;
    }
    at = block.end;
    if (block.last) break;
  }
  const size = out.length - start;
  if (frame.content !== undefined && size !== frame.content) corrupt("zstd frame has a wrong size");
  if (frame.checksum && readUint(bytes, at, 4) !== xxh64Low(out.bytes.subarray(start, out.length)))
    corrupt("zstd frame has a wrong checksum");
}

function decodeBlock(
  bytes: Uint8Array,
  from: number,
  end: number,
  frame: Frame,
  state: LiteralsState & SequencesState,
  start: number,
  out: Output,
  most: number,
): void {
  const cursor = { at: from };
  if (from === end) corrupt("zstd block is empty");
  const literals = readLiterals(bytes, cursor, end, state);
  const section = readSequencesHeader(bytes, cursor, end, state);
  if (section === undefined) {
    out.reserve(literals.length).set(literals, out.length);
    out.length += literals.length;
    return;
  }
  // A block may hold less than its limit: at the very end of the allowance, only what fits counts.
  const room = Math.min(frame.blockLimit, most - out.length);
  const to = out.reserve(room);
  try {
    out.length = runSequences(
      section,
      bytes,
      cursor.at,
      end,
      literals,
      state,
      to,
      start,
      out.length,
      out.length + room,
    );
  } catch (error) {
    if (room < frame.blockLimit && frame.content === undefined) throw overLimit(out.limit);
    throw error;
  }
}
