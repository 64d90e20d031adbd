/** Writing Blosc 1 frames with lz4, zlib or zstd inside, as c-blosc splits and shuffles them. */
import { EncodingError } from "../../base/errors.js";
import type { Workspace } from "../../base/workspace.js";
import { blosc as kernel } from "../../kernels/blosc.js";
import {
  BIT_SHUFFLE,
  BYTE_SHUFFLE,
  HEADER,
  INNER,
  LEAST_STREAM,
  MOST_SPLITS,
  NO_SPLIT,
  PLAIN_COPY,
} from "./blosc-frame.js";
import { type ByteCodecConfig, integerOf, intoRegion, regionOf, viewOf } from "./byte-codec.js";
import { packStream } from "./pack.js";

/** Bytes of a block: fits the second cache, as c-blosc's middle levels have it. */
const BLOCK = 256 << 10;

/** What the header of a frame tells, and how its blocks are packed. */
interface Plan {
  readonly inner: "lz4" | "zlib" | "zstd";
  readonly level: number;
  readonly shuffle: 0 | 1 | 2;
  readonly split: boolean;
  readonly header: Header;
}

interface Header {
  readonly flags: number;
  readonly typeSize: number;
  readonly size: number;
  readonly blockSize: number;
}

function planOf(size: number, config: ByteCodecConfig): Plan {
  const typeSize = integerOf(config, "typesize", 1, 1, 255);
  const level = integerOf(config, "clevel", 5, 0, 9);
  const inner = innerOf(config.cname);
  const shuffle = shuffleOf(config.shuffle, typeSize);
  const asked = integerOf(config, "blocksize", 0, 0, 2 ** 31 - 1);
  const blockSize = Math.min(size, Math.max(typeSize, roundTo(asked || BLOCK, typeSize)));
  const split =
    inner === "lz4" &&
    typeSize <= MOST_SPLITS &&
    blockSize / typeSize >= LEAST_STREAM &&
    blockSize % typeSize === 0;
  const flags = (shuffle === 1 ? BYTE_SHUFFLE : shuffle === 2 ? BIT_SHUFFLE : 0) | (split ? 0 : NO_SPLIT);
  const header = { flags: flags | (INNER.indexOf(inner) << 5), typeSize, size, blockSize };
  return { inner, level, shuffle, split, header };
}

/** `cname` lz4 (also for lz4hc and blosclz), zlib or zstd; `shuffle` 0 none, 1 bytes, 2 bits; `typesize`, `clevel`. */
export async function encodeBlosc(
  ws: Workspace,
  bytes: Uint8Array,
  config: ByteCodecConfig,
): Promise<Uint8Array> {
  const plan = planOf(bytes.length, config);
  const { inner, level, shuffle, header } = plan;
  if (level === 0 || bytes.length === 0) return plainBlosc(bytes, header);
  if (inner === "lz4") return encodeLz4(ws, bytes, plan);
  const { blockSize, typeSize } = header;
  const blocks = Math.ceil(bytes.length / blockSize);
  const parts: Uint8Array[] = [];
  const starts: number[] = [];
  let at = HEADER + 4 * blocks;
  for (let block = 0; block < blocks; block++) {
    starts.push(at);
    const piece = bytes.subarray(block * blockSize, (block + 1) * blockSize);
    const plain = shuffledBlock(ws, piece, shuffle, typeSize);
    const packed = await packStream(inner, plain, level);
    const stream = packed.length >= plain.length ? plain : packed;
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, stream.length, true);
    parts.push(length, stream);
    at += 4 + stream.length;
    if (at >= HEADER + bytes.length) return plainBlosc(bytes, header); // Packing gains nothing.
  }
  return frame(header, starts, parts, at);
}

/** The same without waiting; undefined for what lz4 is not inside of. Bytes in the workspace's memory are not copied. */
export function encodeBloscNow(
  ws: Workspace,
  bytes: Uint8Array,
  config: ByteCodecConfig,
): Uint8Array | undefined {
  const plan = planOf(bytes.length, config);
  if (plan.level === 0 || bytes.length === 0) return plainBlosc(bytes, plan.header);
  return plan.inner === "lz4" ? encodeLz4(ws, bytes, plan) : undefined;
}

function encodeLz4(ws: Workspace, bytes: Uint8Array, { shuffle, split, header }: Plan): Uint8Array {
  const { blockSize, typeSize } = header;
  const { ptr, length } = regionOf(ws, bytes, "blosc.plain");
  const exports = ws.kernel(kernel);
  const out = ws.scratch("blosc.frame", HEADER + length).ptr;
  const block = ws.scratch("blosc.block", blockSize).ptr;
  const table = ws.scratch("lz4.table", exports.lz4TableSize()).ptr;
  const made = exports.lz4Blocks(ptr, length, out, blockSize, typeSize, shuffle, Number(split), block, table);
  if (made === 0) return plainBlosc(viewOf(ws, { ptr, length }), header);
  const result = viewOf(ws, { ptr: out, length: made }).slice();
  writeHeader(result, header);
  return result;
}

/** A frame that holds its content as it is. */
export function plainBlosc(
  bytes: Uint8Array,
  { typeSize, flags = 0, blockSize = bytes.length }: Pick<Header, "typeSize"> & Partial<Header>,
): Uint8Array {
  const header = { flags: flags | PLAIN_COPY, typeSize, size: bytes.length, blockSize };
  return frame(header, [], [bytes], HEADER + bytes.length);
}

function frame(
  header: Header,
  starts: readonly number[],
  parts: readonly Uint8Array[],
  length: number,
): Uint8Array {
  const out = new Uint8Array(length);
  writeHeader(out, header);
  const view = new DataView(out.buffer);
  for (const [i, start] of starts.entries()) view.setUint32(HEADER + 4 * i, start, true);
  let at = HEADER + 4 * starts.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Of a frame that fills all of `out`. */
function writeHeader(out: Uint8Array, { flags, typeSize, size, blockSize }: Header): void {
  const view = new DataView(out.buffer, out.byteOffset, HEADER);
  out.set([2, 1, flags, typeSize]);
  view.setUint32(4, size, true);
  view.setUint32(8, blockSize, true);
  view.setUint32(12, out.length, true);
}

/** A copy outside of the workspace: packing a stream may wait, and others use the workspace meanwhile. */
function shuffledBlock(ws: Workspace, piece: Uint8Array, shuffle: number, typeSize: number): Uint8Array {
  const elements = Math.floor(piece.length / typeSize);
  if (shuffle === 0 || (shuffle === 2 && elements % 8 !== 0)) return piece;
  const from = intoRegion(ws, piece, "blosc.plain");
  const to = ws.scratch("blosc.block", piece.length);
  const exports = ws.kernel(kernel);
  if (shuffle === 1) exports.shuffle(from.ptr, to.ptr, piece.length, typeSize);
  else {
    const done = elements * typeSize;
    exports.bitShuffle(from.ptr, to.ptr, elements, typeSize);
    if (done < piece.length) exports.shuffle(from.ptr + done, to.ptr + done, piece.length - done, 1);
  }
  return viewOf(ws, to).slice();
}

function roundTo(size: number, unit: number): number {
  return size - (size % unit);
}

function innerOf(cname: unknown): "lz4" | "zlib" | "zstd" {
  if (cname === undefined || cname === "lz4" || cname === "lz4hc" || cname === "blosclz") return "lz4";
  if (cname === "zlib" || cname === "zstd") return cname;
  throw new EncodingError("Blosc has no such codec here", {
    expected: "lz4, lz4hc, blosclz (the last two are written as lz4), zlib, zstd",
    got: JSON.stringify(cname) ?? "nothing",
  });
}

function shuffleOf(value: unknown, typeSize: number): 0 | 1 | 2 {
  const names: Readonly<Record<string, 0 | 1 | 2>> = { noshuffle: 0, shuffle: 1, bitshuffle: 2 };
  const found =
    typeof value === "string"
      ? names[value]
      : value === undefined
        ? 1
        : value === -1
          ? typeSize === 1
            ? 2
            : 1
          : value;
  if (found === 1 && typeSize === 1) return 0;
  if (found === 0 || found === 1 || found === 2) return found;
  throw new EncodingError("Blosc has no such shuffle", {
    expected: "noshuffle, shuffle, bitshuffle",
    got: JSON.stringify(value) ?? "nothing",
  });
}
