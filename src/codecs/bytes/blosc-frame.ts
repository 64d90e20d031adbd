/** The header of a Blosc 1 frame. Source: c-blosc, README_CHUNK_FORMAT.rst. */
import type { Region, Workspace } from "../../base/workspace.js";
import { corruptBytes } from "./byte-codec.js";

export const HEADER = 16;
/** Blocks are split into one stream for each byte of an element up to this size of elements. */
export const MOST_SPLITS = 16;
/** Streams of a split block have this many bytes at least. */
export const LEAST_STREAM = 128;
/** Bits of the flags. */
export const BYTE_SHUFFLE = 1;
export const PLAIN_COPY = 2;
export const BIT_SHUFFLE = 4;
export const NO_SPLIT = 16;

export type InnerCodec = "blosclz" | "lz4" | "zlib" | "zstd";
/** By their number in bits 5 to 7 of the flags; 2 is snappy, which no writer of today has. */
export const INNER: readonly (InnerCodec | undefined)[] = ["blosclz", "lz4", undefined, "zlib", "zstd"];

export interface Frame {
  readonly flags: number;
  readonly inner: InnerCodec | undefined;
  readonly typeSize: number;
  /** Bytes of the content, of a block, of the whole frame. */
  readonly size: number;
  readonly blockSize: number;
  readonly stored: number;
  readonly blocks: number;
}

/** @throws DecodingError for a header that contradicts itself or the bytes there are. */
export function readFrame(ws: Workspace, source: Region): Frame {
  if (source.length < HEADER) throw corruptBytes("blosc", `a header of ${HEADER} bytes`, `${source.length}`);
  const view = new DataView(ws.memory.buffer, source.ptr, HEADER);
  const version = view.getUint8(0);
  const flags = view.getUint8(2);
  const typeSize = view.getUint8(3);
  const [size, blockSize, stored] = [4, 8, 12].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
  ];
  if (version === 0 || version > 2) throw corruptBytes("blosc", "version 1 or 2", `${version}`);
  if (stored > source.length || stored < HEADER)
    throw corruptBytes("blosc", `a frame of ${source.length} bytes`, `one that says ${stored}`);
  if (stored < source.length)
    throw corruptBytes("blosc", "nothing behind the frame", `${source.length - stored} bytes`);
  if (typeSize === 0 || (size > 0 && (blockSize === 0 || blockSize > size)))
    throw corruptBytes("blosc", "sizes of elements and blocks", `${typeSize}, ${blockSize} of ${size}`);
  const inner = INNER[flags >> 5];
  if (inner === undefined && (flags & PLAIN_COPY) === 0)
    throw corruptBytes("blosc", "blosclz, lz4, zlib or zstd", `codec ${flags >> 5}`);
  const blocks = size === 0 ? 0 : Math.ceil(size / blockSize);
  return { flags, inner, typeSize, size, blockSize, stored, blocks };
}

/** Streams of a block: one for each byte of an element, or a single one. */
export function streamsOf({ flags, typeSize, blockSize, size }: Frame, block: number): number {
  const whole = (block + 1) * blockSize <= size;
  const split = (flags & NO_SPLIT) === 0 && typeSize <= MOST_SPLITS && blockSize / typeSize >= LEAST_STREAM;
  return split && whole ? typeSize : 1;
}
