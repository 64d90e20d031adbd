/** numcodecs' filters: numbers to numbers. Source: numcodecs documentation of each. */
import { swapBytes } from "../../base/byte-order.js";
import { arrayType, bytesPerVoxel, type TypedArray } from "../../base/dtype.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { blosc as kernel } from "../../kernels/blosc.js";
import {
  type ByteCodec,
  type ByteCodecConfig,
  corruptBytes,
  type DecodeStep,
  integerOf,
  notWritten,
  numpyType,
  tooLong,
  viewOf,
} from "./byte-codec.js";

/** Elements of a region as numbers, copied out, in this machine's byte order. */
function elements(ws: Workspace, source: Region, type: unknown, name: string): TypedArray {
  const { dtype, bigEndian } = numpyType(type);
  const size = bytesPerVoxel(dtype);
  if (source.length % size !== 0) throw corruptBytes(name, `a multiple of ${size} bytes`, `${source.length}`);
  const bytes = viewOf(ws, source).slice();
  if (bigEndian) swapBytes(bytes, size);
  return new (arrayType(dtype))(bytes.buffer, 0, bytes.length / size);
}

function store(
  ws: Workspace,
  values: TypedArray,
  type: unknown,
  { limit, scratch, config }: DecodeStep,
): Region {
  if (values.byteLength > limit) throw tooLong(config.name, limit);
  const out = ws.scratch(scratch, values.byteLength);
  const bytes = viewOf(ws, out);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const { dtype, bigEndian } = numpyType(type);
  if (bigEndian) swapBytes(bytes, bytesPerVoxel(dtype));
  return out;
}

/** Values from a typed array of one type in one of another, wrapping as C casts do. */
function converted(length: number, type: unknown, value: (i: number) => number | bigint): TypedArray {
  const { dtype } = numpyType(type);
  const out = new (arrayType(dtype))(length);
  const big = dtype === "uint64" || dtype === "int64";
  for (let i = 0; i < length; i++) {
    const v = value(i);
    out[i] = big ? (typeof v === "bigint" ? v : BigInt(Math.trunc(v))) : Number(v);
  }
  return out;
}

/** Differences of neighbours; `astype` is how they are stored. */
export const delta: ByteCodec = {
  decode(ws, source, step) {
    const { dtype, astype = dtype } = step.config;
    const differences = elements(ws, source, astype, "delta");
    const target = new (arrayType(numpyType(dtype).dtype))(1);
    let sum: number | bigint = 0;
    const values = converted(differences.length, dtype, (i) => {
      const d = differences[i] as number | bigint;
      sum =
        i === 0 ? d : typeof d === "bigint" || typeof sum === "bigint" ? BigInt(sum) + BigInt(d) : sum + d;
      target[0] = typeof target[0] === "bigint" ? BigInt(sum) : Number(sum); // Rounds and wraps.
      sum = target[0] as number | bigint;
      return sum;
    });
    return store(ws, values, dtype, step);
  },
  encode(_, bytes, { dtype, astype = dtype }) {
    if (astype !== dtype || numpyType(dtype).bigEndian) throw notWritten("delta with two types");
    const type = arrayType(numpyType(dtype).dtype);
    const values = new type(bytes.slice().buffer, 0, bytes.length / type.BYTES_PER_ELEMENT);
    for (let i = values.length - 1; i > 0; i--) {
      const [a, b] = [values[i]!, values[i - 1]!];
      values[i] = typeof a === "bigint" || typeof b === "bigint" ? BigInt(a) - BigInt(b) : a - b;
    }
    return new Uint8Array(values.buffer);
  },
};

/** `value / scale + offset` of what is stored as `astype`. */
export const fixedScaleOffset: ByteCodec = {
  decode(ws, source, step) {
    const { dtype, astype = dtype } = step.config;
    const scale = numberOf(step.config, "scale");
    const offset = numberOf(step.config, "offset");
    const stored = elements(ws, source, astype, "fixedscaleoffset");
    const values = converted(stored.length, dtype, (i) => Number(stored[i]) / scale + offset);
    return store(ws, values, dtype, step);
  },
};

/** Floats rounded to a number of digits; nothing is to be undone but the type. */
export const quantize: ByteCodec = {
  decode(ws, source, step) {
    const { dtype, astype = dtype } = step.config;
    const stored = elements(ws, source, astype, "quantize");
    return store(
      ws,
      converted(stored.length, dtype, (i) => stored[i]!),
      dtype,
      step,
    );
  },
};

/** Booleans, eight in a byte behind one that counts the padding. */
export const packBits: ByteCodec = {
  decode(ws, source, { limit, scratch }) {
    const packed = viewOf(ws, source).slice();
    const padding = packed[0] ?? 8;
    if (padding > 7 || (packed.length === 1 && padding > 0))
      throw corruptBytes("packbits", "0 to 7 bits of padding", `${padding}`);
    const length = (packed.length - 1) * 8 - padding;
    if (length > limit) throw tooLong("packbits", limit);
    const out = ws.scratch(scratch, length);
    const bits = viewOf(ws, out);
    for (let i = 0; i < length; i++) bits[i] = (packed[1 + (i >> 3)]! >> (7 - (i & 7))) & 1;
    return out;
  },
};

/** Byte shuffle by itself. */
export const shuffle: ByteCodec = {
  decode(ws, source, { config, limit, scratch }) {
    const size = integerOf(config, "elementsize", 4, 1, 255);
    if (source.length > limit) throw tooLong("shuffle", limit);
    const out = ws.scratch(scratch, source.length);
    ws.kernel(kernel).unshuffle(source.ptr, out.ptr, source.length, size);
    return out;
  },
  encode(ws, bytes, config) {
    const size = integerOf(config, "elementsize", 4, 1, 255);
    const from = ws.scratch("bytes.plain", bytes.length);
    viewOf(ws, from).set(bytes);
    const to = ws.scratch("bytes.shuffled", bytes.length);
    ws.kernel(kernel).shuffle(from.ptr, to.ptr, bytes.length, size);
    return viewOf(ws, to).slice();
  },
};

function numberOf(config: ByteCodecConfig, option: string): number {
  const value = config[option];
  if (typeof value === "number" && Number.isFinite(value) && (option !== "scale" || value !== 0))
    return value;
  throw corruptBytes(config.name, `a number as ${option}`, JSON.stringify(value) ?? "nothing");
}
