/** Blosc 1: blocks of streams, shuffled. */
import type { Region, Workspace } from "../../base/workspace.js";
import { decompressSync } from "../../compression/index.js";
import { type BloscExports, blosc as kernel } from "../../kernels/blosc.js";
import { inflateZlib } from "../zlib-stream.js";
import {
  BIT_SHUFFLE,
  BYTE_SHUFFLE,
  type Frame,
  HEADER,
  type InnerCodec,
  PLAIN_COPY,
  readFrame,
  streamsOf,
} from "./blosc-frame.js";
import { corruptBytes, type DecodeStep, tooLong, viewOf } from "./byte-codec.js";

/** Decodes a frame into the step's scratch region. @throws DecodingError. */
export function decodeBlosc(ws: Workspace, source: Region, { limit, scratch }: DecodeStep): Region {
  const frame = readFrame(ws, source);
  if (frame.size > limit) throw tooLong("blosc", limit);
  const out = ws.scratch(scratch, frame.size);
  if (frame.size === 0) return out;
  if (frame.flags & PLAIN_COPY) {
    if (frame.stored !== HEADER + frame.size)
      throw corruptBytes("blosc", `${frame.size} bytes as they are`, `${frame.stored - HEADER}`);
    ws.bytes().copyWithin(out.ptr, source.ptr + HEADER, source.ptr + frame.stored);
    return out;
  }
  const starts = HEADER + 4 * frame.blocks;
  if (starts > frame.stored) throw corruptBytes("blosc", `${frame.blocks} block starts`, "fewer bytes");
  const shuffled = ws.scratch("blosc.block", frame.blockSize);
  const exports = ws.kernel(kernel);
  const shuffle = shuffleOf(frame);
  for (let block = 0; block < frame.blocks; block++) {
    const at = new DataView(ws.memory.buffer).getUint32(source.ptr + HEADER + 4 * block, true);
    if (at < starts || at > frame.stored) throw corruptBytes("blosc", "a block inside of the frame", `${at}`);
    const from = block * frame.blockSize;
    const length = Math.min(frame.blockSize, frame.size - from);
    const place = { ptr: out.ptr + from, length };
    const rest = { ptr: source.ptr + at, length: frame.stored - at };
    if (shuffle === undefined) decodeStreams(ws, exports, frame, block, rest, place);
    else {
      const whole = { ptr: shuffled.ptr, length };
      decodeStreams(ws, exports, frame, block, rest, whole);
      shuffle(exports, whole.ptr, place.ptr, length);
    }
  }
  return out;
}

type Unshuffle = (exports: BloscExports, from: number, to: number, length: number) => void;

function shuffleOf({ flags, typeSize }: Frame): Unshuffle | undefined {
  if (typeSize > 1 && flags & BYTE_SHUFFLE)
    return (exports, from, to, length) => exports.unshuffle(from, to, length, typeSize);
  if ((flags & BIT_SHUFFLE) === 0) return undefined;
  return (exports, from, to, length) => {
    const elements = Math.floor(length / typeSize);
    const whole = elements % 8 === 0 ? elements : 0; // Else the block was left as it is.
    if (whole > 0) exports.bitUnshuffle(from, to, whole, typeSize);
    // What is left of the last element is copied; `unshuffle` of single bytes does no more than that.
    const done = whole * typeSize;
    if (done < length) exports.unshuffle(from + done, to + done, length - done, 1);
  };
}

function decodeStreams(
  ws: Workspace,
  exports: BloscExports,
  frame: Frame,
  block: number,
  source: Region,
  place: Region,
): void {
  const streams = streamsOf(frame, block);
  const size = place.length / streams;
  if (!Number.isInteger(size)) throw corruptBytes("blosc", "streams of equal length", `${place.length}`);
  let at = source.ptr;
  const end = source.ptr + source.length;
  for (let i = 0; i < streams; i++) {
    if (end - at < 4) throw corruptBytes("blosc", "the length of a stream", `${end - at} bytes`);
    const length = new DataView(ws.memory.buffer).getUint32(at, true);
    at += 4;
    if (length > end - at) throw corruptBytes("blosc", `a stream of ${length} bytes`, `${end - at}`);
    const to = { ptr: place.ptr + i * size, length: size };
    if (length === size) ws.bytes().copyWithin(to.ptr, at, at + length);
    else decodeStream(ws, exports, frame.inner as InnerCodec, { ptr: at, length }, to);
    at += length;
  }
}

function decodeStream(
  ws: Workspace,
  exports: BloscExports,
  inner: InnerCodec,
  source: Region,
  to: Region,
): void {
  let written: number;
  if (inner === "lz4" || inner === "blosclz") {
    const decode = inner === "lz4" ? exports.lz4Decode : exports.blosclzDecode;
    written = decode(source.ptr, source.length, to.ptr, to.length);
  } else if (inner === "zlib") {
    const from = inflateZlib(ws, source, { limit: to.length, scratch: "blosc.stream", what: "blosc zlib" });
    written = from.length;
    ws.bytes().copyWithin(to.ptr, from.ptr, from.ptr + from.length);
  } else {
    const bytes = decompressSync("zstd", viewOf(ws, source), { limit: to.length, where: "blosc" });
    written = bytes.length;
    ws.bytes().set(bytes, to.ptr);
  }
  if (written !== to.length)
    throw corruptBytes(
      `blosc ${inner}`,
      `${to.length} bytes`,
      written < 0 ? "a broken stream" : `${written}`,
    );
}
