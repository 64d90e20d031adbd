/** The zfpc container (https://github.com/seung-lab/zfpc): a header, an index, and zfp streams. */
import type { DataType } from "../../base/dtype.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { product, type Vec4 } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import type { ZfpMode } from "./mode.js";
import { ZFP_TYPES } from "./zfp-header.js";

export type Flags = readonly [boolean, boolean, boolean, boolean];

const HEADER_BYTES = 23;
const MAGIC = [0x7a, 0x66, 0x70, 0x63] as const;

/** A chunk's streams: each holds the values along the correlated axes, at one place along the others. */
export interface Streams {
  readonly correlated: Flags;
  /** Where the streams begin, behind the index. */
  readonly start: number;
  /** Streams along x, y, z, channel: 1 along correlated axes. In the file x is fastest. */
  readonly grid: Vec4;
}

/** @throws DecodingError unless the header is that of such a chunk and its index inside of the data. */
export function readContainer(bytes: Uint8Array, spec: ChunkSpec): Streams {
  if (bytes.length < HEADER_BYTES) throw damaged(`at least ${HEADER_BYTES} bytes`, `${bytes.length}`);
  if (MAGIC.some((byte, i) => bytes[i] !== byte) || bytes[4] !== 0)
    throw damaged('"zfpc" and version 0', bytes.subarray(0, 5).join(" "));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const dtype: DataType | undefined = ZFP_TYPES[(bytes[5]! & 7) - 1];
  const shape = [6, 10, 14, 18].map((at) => view.getUint32(at, true));
  // Axes at the end may be absent: 0.
  const axes = shape.findLastIndex((n) => n > 0) + 1;
  const full = shape.map((n, i) => (i < axes ? n : 1));
  if (dtype !== spec.dtype || full.join() !== spec.shape.join())
    throw new DecodingError("A zfpc chunk has another data type or shape", {
      expected: `${spec.dtype} ${spec.shape.join(" x ")}`,
      got: `${dtype ?? "none"} ${shape.join(" x ")}`,
    });
  const correlated = [0, 1, 2, 3].map((i) => ((bytes[22]! >> i) & 1) === 1 && i < axes) as unknown as Flags;
  if (!correlated.includes(true)) throw damaged("correlated axes", "none");
  const streams = streamsOf(spec, correlated);
  if (streams.start > bytes.length)
    throw damaged(`an index of ${streams.start - HEADER_BYTES} bytes`, `${bytes.length}`);
  const start = Number(view.getBigUint64(HEADER_BYTES, true));
  if (start !== streams.start) throw damaged(`streams from byte ${streams.start} on`, `${start}`);
  return streams;
}

function streamsOf({ shape }: ChunkSpec, correlated: Flags): Streams {
  const grid = shape.map((n, i) => (correlated[i] ? 1 : n)) as unknown as Vec4;
  return { correlated, grid, start: HEADER_BYTES + 8 * (1 + product(grid)) };
}

/** Where the stream of a number is: its length in the index. @throws DecodingError if that leads out of the data. */
export function streamLength(view: DataView, index: number, at: number): number {
  const length = Number(view.getBigUint64(HEADER_BYTES + 8 * (1 + index), true));
  if (!(length <= view.byteLength - at))
    throw damaged(`at most ${view.byteLength - at} bytes in stream ${index}`, `${length}`);
  return length;
}

/** `zfpc_correlated_dims` of a scale. @throws EncodingError. */
export function correlatedOf(spec: ChunkSpec): Streams {
  const given = spec.params?.zfpc_correlated_dims ?? [true, true, true, true];
  const flags = Array.isArray(given) ? given.map((flag) => flag === true || flag === 1) : [];
  if (flags.length !== 4 || !flags.includes(true))
    throw new EncodingError("Invalid zfpc_correlated_dims", {
      expected: "four times true or false, not all false",
      got: JSON.stringify(given),
    });
  return streamsOf(spec, flags as unknown as Flags);
}

/** The header and the index of streams that follow each other. */
export function writeContainer(
  { shape, dtype }: ChunkSpec,
  { correlated, start }: Streams,
  mode: ZfpMode,
  lengths: readonly number[],
): Uint8Array {
  const bytes = new Uint8Array(start);
  const view = new DataView(bytes.buffer);
  const kind =
    mode.tolerance !== undefined ? 4 : mode.precision !== undefined ? 3 : mode.rate !== undefined ? 2 : 5;
  // An array with one axis longer than 1 is in C order as well, which the package notes.
  const cOrder = shape.filter((n) => n > 1).length <= 1;
  bytes.set(MAGIC);
  bytes[5] = (ZFP_TYPES.indexOf(dtype) + 1) | (kind << 3) | (Number(cOrder) << 7);
  for (const [i, n] of shape.entries()) view.setUint32(6 + 4 * i, n, true);
  bytes[22] = correlated.reduce((sum, flag, i) => sum | (Number(flag) << i), 0);
  for (const [i, n] of [start, ...lengths].entries())
    view.setBigUint64(HEADER_BYTES + 8 * i, BigInt(n), true);
  return bytes;
}

function damaged(expected: string, got: string): DecodingError {
  return new DecodingError("A zfpc chunk is damaged", { expected, got });
}
