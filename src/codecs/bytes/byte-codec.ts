/**
 * Bytes to bytes: what the chunks of Zarr and N5 are packed with, one codec behind the other. Each decodes from one
 * region of a workspace into a scratch region of its own, never more than `limit` bytes.
 */
import type { DataType } from "../../base/dtype.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { dataTypeOfKind, NUMPY_KINDS } from "../../base/numpy-types.js";
import type { Region, Workspace } from "../../base/workspace.js";

/** A codec of a chain, as plain values. */
export interface ByteCodecConfig {
  /** Zarr 2's `id`, Zarr 3's `name`, N5's `type`, where they mean the same. */
  readonly name: string;
  readonly [option: string]: unknown;
}

export interface DecodeStep {
  readonly config: ByteCodecConfig;
  /** Most bytes that may come out. */
  readonly limit: number;
  /** Name of the scratch region for them. */
  readonly scratch: string;
}

export interface ByteCodec {
  /** @throws DecodingError, DecompressionError. */
  decode(ws: Workspace, source: Region, step: DecodeStep): Region;
  /** The bytes as stored; undefined: this codec is only read. */
  readonly encode?:
    | ((ws: Workspace, bytes: Uint8Array, config: ByteCodecConfig) => Uint8Array | Promise<Uint8Array>)
    | undefined;
  /**
   * The same without waiting, wherever the bytes lie: those in the workspace's memory (padded as its regions are) are not copied.
   * The result is a copy; undefined where it cannot be done.
   */
  readonly encodeNow?:
    | ((ws: Workspace, bytes: Uint8Array, config: ByteCodecConfig) => Uint8Array | undefined)
    | undefined;
  /** Bytes of the stored form that `length` bytes may need at most; default: their number and an eighth. */
  readonly worst?: ((length: number) => number) | undefined;
}

export function corruptBytes(name: string, expected: string, got: string): DecodingError {
  return new DecodingError(`Corrupt ${name} data`, { expected, got });
}

export function tooLong(name: string, limit: number): DecodingError {
  return new DecodingError(`The ${name} data holds more than the chunk may`, {
    expected: `at most ${limit} bytes`,
    got: "more",
    fix: "The file is damaged or hostile, or the metadata do not describe it.",
  });
}

export function notWritten(name: string): EncodingError {
  return new EncodingError(`${name} can be read but not written`, {
    expected: "none, blosc, zstd, gzip, zlib, lz4, crc32c",
  });
}

/** Bytes from outside of the workspace into a scratch region. */
export function intoRegion(ws: Workspace, bytes: Uint8Array, scratch: string): Region {
  const { ptr } = ws.scratch(scratch, bytes.length);
  ws.bytes().set(bytes, ptr);
  return { ptr, length: bytes.length };
}

/** The same, but bytes that lie in the workspace's memory stay where they are. */
export function regionOf(ws: Workspace, bytes: Uint8Array, scratch: string): Region {
  const inside = bytes.buffer === ws.memory.buffer;
  return inside ? { ptr: bytes.byteOffset, length: bytes.length } : intoRegion(ws, bytes, scratch);
}

export function viewOf(ws: Workspace, { ptr, length }: Region): Uint8Array {
  return ws.bytes().subarray(ptr, ptr + length);
}

/** A whole number option. @throws DecodingError. */
export function integerOf(
  config: ByteCodecConfig,
  option: string,
  fallback: number,
  least: number,
  most: number,
): number {
  const value = config[option] ?? fallback;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new DecodingError(`The ${config.name} codec has a wrong ${option}`, {
    expected: `a whole number from ${least} to ${most}`,
    got: JSON.stringify(value) ?? "nothing",
  });
}

/** A NumPy type such as `<u2`. @throws DecodingError for types that this library has not. */
export function numpyType(text: unknown): { readonly dtype: DataType; readonly bigEndian: boolean } {
  const match = typeof text === "string" ? /^([<>|=]?)([buif][1248])$/.exec(text) : null;
  const dtype = match === null ? undefined : dataTypeOfKind(match[2] as string);
  if (dtype !== undefined) return { dtype, bigEndian: match?.[1] === ">" };
  throw new DecodingError("This data type cannot be read", {
    expected: Object.values(NUMPY_KINDS).join(", "),
    got: JSON.stringify(text) ?? "nothing",
  });
}
