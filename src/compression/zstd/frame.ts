/** Frames of zstd data (RFC 8878, 3.1), found and measured from their headers, before anything is decoded. */
import { corrupt } from "../output.js";

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** The largest content of a block. */
export const BLOCK_LIMIT: number = 128 * 1024;

export interface Frame {
  readonly start: number;
  readonly end: number;
  /** Where the first block's header is. */
  readonly blocks: number;
  /** Declared size of the content. */
  readonly content: number | undefined;
  readonly checksum: boolean;
  /** Largest content of a block in this frame. */
  readonly blockLimit: number;
}

/** All frames with content. @throws DecompressionError if the data ends early or anything else follows. */
export function readFrames(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  let at = 0;
  while (at < bytes.length) {
    const magic = readUint(bytes, at, 4);
    if (magic === FRAME) {
      const frame = readFrame(bytes, at);
      frames.push(frame);
      at = frame.end;
    } else if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      at += 8 + readUint(bytes, at + 4, 4);
      if (at > bytes.length) corrupt("zstd data ends early");
    } else {
      corrupt(at === 0 ? "Not zstd data" : "Something else follows the zstd data");
    }
  }
  if (frames.length === 0) corrupt("zstd data hold no content");
  return frames;
}

/** A little-endian number of up to 8 bytes. */
export function readUint(bytes: Uint8Array, at: number, size: number): number {
  if (at + size > bytes.length) corrupt("zstd data ends early");
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
  return value;
}

function readFrame(bytes: Uint8Array, start: number): Frame {
  const flags = readUint(bytes, start + 4, 1);
  if (flags & 0x08) corrupt("zstd frame has unknown flags");
  const single = (flags & 0x20) !== 0;
  const dictionarySize = [0, 1, 2, 4][flags & 3]!;
  const sizeSize = [single ? 1 : 0, 2, 4, 8][flags >> 6]!;
  let at = start + 5;
  const windowByte = single ? 0 : readUint(bytes, at++, 1);
  if (readUint(bytes, at, dictionarySize) !== 0) corrupt("zstd frame needs a dictionary");
  at += dictionarySize;
  const content = sizeSize === 0 ? undefined : readUint(bytes, at, sizeSize) + (sizeSize === 2 ? 256 : 0);
  at += sizeSize;
  const window = single ? (content ?? 0) : 2 ** (10 + (windowByte >> 3)) * (1 + (windowByte & 7) / 8);
  const blockLimit = Math.min(BLOCK_LIMIT, window);
  const checksum = (flags & 4) !== 0;
  const end = readBlocks(bytes, at, blockLimit) + (checksum ? 4 : 0);
  if (end > bytes.length) corrupt("zstd data ends early");
  return { start, end, blocks: at, content, checksum, blockLimit };
}

export type BlockKind = "raw" | "run" | "packed";

export interface Block {
  readonly kind: BlockKind;
  /** Bytes of content if raw or a run, else bytes of data. */
  readonly size: number;
  /** Where the block's data are. */
  readonly at: number;
  readonly end: number;
  readonly last: boolean;
}

/** The block whose header is at `at`. */
export function readBlockHeader(bytes: Uint8Array, at: number, limit: number): Block {
  const header = readUint(bytes, at, 3);
  const kind =
    (["raw", "run", "packed"] as const)[(header >> 1) & 3] ?? corrupt("zstd block is of an unknown kind");
  const size = header >> 3;
  if (size > limit) corrupt("zstd block is too large");
  const end = at + 3 + (kind === "run" ? 1 : size);
  if (end > bytes.length) corrupt("zstd data ends early");
  return { kind, size, at: at + 3, end, last: (header & 1) !== 0 };
}

function readBlocks(bytes: Uint8Array, start: number, limit: number): number {
  let at = start;
  for (;;) {
    const block = readBlockHeader(bytes, at, limit);
    at = block.end;
    if (block.last) return at;
  }
}
