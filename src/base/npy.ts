/** NumPy's .npy files, versions 1 to 3: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import { swapBytes } from "./byte-order.js";
import { arrayType, bytesPerVoxel, type DataType } from "./dtype.js";
import { DecodingError } from "./errors.js";
import { arrayDataType, toFortran } from "./gather.js";
import { dataTypeOfKind, NUMPY_KINDS } from "./numpy-types.js";
import { cStride, fortranStride, product, type StridedArray } from "./strided.js";

const MAGIC = "\x93NUMPY";
/** NumPy reads headers of up to 10,000 characters unless told to trust the file. */
const MAX_HEADER = 10_000;

/**
 * An array of any number of axes out of the bytes of a .npy file, in the file's own order (Fortran or C, told
 * by the strides). Big-endian files are turned. Shares memory with `bytes` where alignment and byte order allow.
 * @throws DecodingError for anything malformed, a type other than the eleven of {@link DataType}, or a length
 * that is not exactly the header's.
 */
export function parseNpy(bytes: Uint8Array): StridedArray {
  const { dtype, shape, fortran, bigEndian, start } = parseNpyHeader(bytes);
  const itemBytes = bytesPerVoxel(dtype);
  const count = product(shape);
  if (bytes.length - start !== count * itemBytes)
    throw malformed(
      "The length of a .npy file does not fit its header",
      `${count * itemBytes} bytes of data`,
      `${bytes.length - start}`,
    );
  const aligned = (bytes.byteOffset + start) % itemBytes === 0;
  const stored = bytes.subarray(start);
  // Not slice: of a Buffer that would be a view.
  const content = bigEndian || !aligned ? new Uint8Array(stored) : stored;
  if (bigEndian) swapBytes(content, itemBytes);
  const data = new (arrayType(dtype))(content.buffer, content.byteOffset, count);
  return { data, shape, stride: fortran ? fortranStride(shape) : cStride(shape), dtype };
}

/** What stands before the data of a .npy file. */
export interface NpyHeader {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** Fortran order (first axis fastest), else C order. */
  readonly fortran: boolean;
  /** Whether multi-byte values are stored big-endian. */
  readonly bigEndian: boolean;
  /** Where the data begin, in bytes. */
  readonly start: number;
}

/** Bytes that hold the header of every .npy file that is accepted. */
export const NPY_HEADER_BYTES: number = 12 + MAX_HEADER;

/**
 * Reads the header of a .npy file, for those who read the data piece by piece. `bytes`: its first
 * {@link NPY_HEADER_BYTES} bytes, or all of it where it is shorter. @throws DecodingError as {@link parseNpy}.
 */
export function parseNpyHeader(bytes: Uint8Array): NpyHeader {
  const { text, start } = readHeader(bytes);
  const { descr, fortran, shape } = parseHeader(text);
  const dtype = dataTypeOfKind(descr.slice(1));
  if (dtype === undefined || !/^[<>|]$/.test(descr[0]!))
    throw malformed("Unsupported data type in a .npy file", Object.values(NUMPY_KINDS).join(", "), descr);
  const itemBytes = bytesPerVoxel(dtype);
  if (!Number.isSafeInteger(product(shape) * itemBytes))
    throw malformed("A .npy file is too large", "fewer than 2^53 bytes", `shape ${shape.join(", ")}`);
  return { dtype, shape, fortran, bigEndian: descr[0] === ">" && itemBytes > 1, start };
}

/** The bytes of a .npy file (version 1, little endian, Fortran order) with the array's values. */
export function formatNpy(array: StridedArray): Uint8Array {
  const data = toFortran(array);
  const header = formatNpyHeader(arrayDataType(array), array.shape);
  const out = new Uint8Array(header.length + data.byteLength);
  out.set(header);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length);
  return out;
}

/** What stands before dense Fortran-ordered little-endian data in a .npy file (version 1). */
export function formatNpyHeader(dtype: DataType, shape: readonly number[]): Uint8Array {
  const order = bytesPerVoxel(dtype) === 1 ? "|" : "<";
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dict = `{'descr': '${order}${NUMPY_KINDS[dtype]}', 'fortran_order': True, 'shape': (${sizes}), }`;
  const header = `${dict.padEnd(Math.ceil((dict.length + 11) / 64) * 64 - 11)}\n`;
  const out = new Uint8Array(10 + header.length);
  const put = (text: string, at: number): void => {
    for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
  };
  put(`${MAGIC}\x01\x00`, 0);
  new DataView(out.buffer).setUint16(8, header.length, true);
  put(header, 10);
  return out;
}

function readHeader(bytes: Uint8Array): { text: string; start: number } {
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC) throw malformed("Not a .npy file", "the magic \\x93NUMPY", JSON.stringify(magic));
  const major = bytes[6] ?? 0;
  if (major < 1 || major > 3) throw malformed("Unknown version of a .npy file", "1, 2 or 3", String(major));
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start)
    throw malformed("A .npy file ends in its header", `${start} bytes`, `${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const most = Math.min(MAX_HEADER, bytes.length - start);
  if (length > most) throw malformed("A .npy header is too long", `at most ${most} bytes`, `${length}`);
  const text = new TextDecoder(major === 3 ? "utf-8" : "latin1").decode(bytes.slice(start, start + length));
  return { text, start: start + length };
}

function parseHeader(text: string): { descr: string; fortran: boolean; shape: number[] } {
  let rest = text;
  const take = (pattern: RegExp): string => {
    const match = pattern.exec(rest);
    if (match === null) throw malformed("Malformed .npy header", String(pattern), JSON.stringify(text));
    rest = rest.replace(match[0], "");
    return match[1]!;
  };
  const descr = take(/'descr'\s*:\s*'([^']{2,20})'/);
  const fortran = take(/'fortran_order'\s*:\s*(True|False)/) === "True";
  const shape = take(/'shape'\s*:\s*\(((?:\s*\d{1,16}\s*,)*(?:\s*\d{1,16})?\s*)\)/);
  if (!/^\s*\{[\s,]*\}\s*$/.test(rest))
    throw malformed("Malformed .npy header", "three fields", JSON.stringify(text));
  const sizes = shape
    .split(",")
    .filter((n) => n.trim() !== "")
    .map(Number);
  return { descr, fortran, shape: sizes };
}

function malformed(what: string, expected: string, got: string): DecodingError {
  return new DecodingError(what, { expected, got });
}
