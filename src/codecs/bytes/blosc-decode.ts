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

/** The blocks of a frame, each of which can be decoded by itself. */
export interface BloscBlocks {
  readonly count: number;
  /** Bytes of the content, and of each block but the last. */
  readonly size: number;
  readonly blockSize: number;
  /**
   * Decodes a block into `to`, or into a region that holds until the next block is decoded. `enough`: how many of its bytes are
   * wanted; those behind them may be anything. @returns where it lies; of a frame that is not packed, in the frame itself unless
   * `to` is given. @throws DecodingError.
   */
  readonly decode: (block: number, to?: Region, enough?: number) => Region;
}

/** Reads the header of a frame, no more. @throws DecodingError. */
export function openBlosc(ws: Workspace, source: Region): BloscBlocks {
  const frame = readFrame(ws, source);
  const { size, blockSize, blocks: count } = frame;
  if (frame.flags & PLAIN_COPY) {
    if (frame.stored !== HEADER + size)
      throw corruptBytes("blosc", `${size} bytes as they are`, `${frame.stored - HEADER}`);
    const all = { ptr: source.ptr + HEADER, length: size };
    const decode = (_: number, to?: Region): Region => {
      if (to === undefined) return all;
      ws.bytes().copyWithin(to.ptr, all.ptr, all.ptr + size);
      return to;
    };
    return { count: size === 0 ? 0 : 1, size, blockSize: size, decode };
  }
  const starts = HEADER + 4 * count;
  if (starts > frame.stored) throw corruptBytes("blosc", `${count} block starts`, "fewer bytes");
  const exports = ws.kernel(kernel);
  const shuffle = shuffleOf(frame);
  const decode = (block: number, to?: Region, enough?: number): Region => {
    const length = Math.min(blockSize, size - block * blockSize);
    const at = new DataView(ws.memory.buffer).getUint32(source.ptr + HEADER + 4 * block, true);
    if (at < starts || at > frame.stored) throw corruptBytes("blosc", "a block inside of the frame", `${at}`);
    const rest = { ptr: source.ptr + at, length: frame.stored - at };
    const place = to ?? { ptr: ws.scratch("blosc.out", blockSize).ptr, length };
    if (shuffle === undefined) decodeStreams(ws, exports, frame, block, rest, place, enough);
    else {
      const shuffled = { ptr: ws.scratch("blosc.block", blockSize).ptr, length };
      decodeStreams(ws, exports, frame, block, rest, shuffled, enough);
      shuffle(exports, shuffled.ptr, place.ptr, length);
    }
    return place;
  };
  return { count, size, blockSize, decode };
}

/** Decodes a frame into the step's scratch region. @throws DecodingError. */
export function decodeBlosc(ws: Workspace, source: Region, { limit, scratch }: DecodeStep): Region {
  const { count, size, blockSize, decode } = openBlosc(ws, source);
  if (size > limit) throw tooLong("blosc", limit);
  const out = ws.scratch(scratch, size);
  for (let block = 0; block < count; block++) {
    const from = block * blockSize;
    decode(block, { ptr: out.ptr + from, length: Math.min(blockSize, size - from) });
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
  enough: number | undefined,
): void {
  const streams = streamsOf(frame, block);
  const size = place.length / streams;
  if (!Number.isInteger(size)) throw corruptBytes("blosc", "streams of equal length", `${place.length}`);
  // Of streams that are the bytes of elements, or the content itself, a part is that of all.
  const { flags, typeSize } = frame;
  const isShuffled = typeSize > 1 && (flags & BYTE_SHUFFLE) !== 0;
  const isPart = isShuffled ? streams === typeSize : streams === 1 && (flags & BIT_SHUFFLE) === 0;
  const part = enough === undefined || !isPart ? undefined : Math.ceil(enough / streams);
  let at = source.ptr;
  const end = source.ptr + source.length;
  for (let i = 0; i < streams; i++) {
    if (end - at < 4) throw corruptBytes("blosc", "the length of a stream", `${end - at} bytes`);
    const length = new DataView(ws.memory.buffer).getUint32(at, true);
    at += 4;
    if (length > end - at) throw corruptBytes("blosc", `a stream of ${length} bytes`, `${end - at}`);
    const to = { ptr: place.ptr + i * size, length: size };
    if (length === size) ws.bytes().copyWithin(to.ptr, at, at + length);
    else decodeStream(ws, exports, frame.inner as InnerCodec, { ptr: at, length }, to, part);
    at += length;
  }
}

function decodeStream(
  ws: Workspace,
  exports: BloscExports,
  inner: InnerCodec,
  source: Region,
  to: Region,
  enough: number | undefined,
): void {
  let written: number;
  if (inner === "lz4") {
    // A part of a whole stream is no sign of damage.
    const part = enough !== undefined && enough > 0 && enough < to.length ? enough : 0;
    written = exports.lz4Decode(source.ptr, source.length, to.ptr, to.length, part);
    if (part > 0 && written >= part) return;
  } else if (inner === "blosclz") {
    written = exports.blosclzDecode(source.ptr, source.length, to.ptr, to.length);
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
