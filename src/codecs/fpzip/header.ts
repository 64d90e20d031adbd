import { DecodingError, EncodingError } from "../../base/errors.js";
import { product } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import { JOB, permuted, type Variant } from "./layout.js";

/** The only version there is, and the only arithmetic that the package reads and writes: the machine's own. */
export const VERSION = 0x0110;
export const ARITHMETIC = 1;

export const STATUS: Readonly<Record<number, string>> = {
  1: "the end of the data within a header or voxels",
  2: "another start than that of an fpzip stream",
  3: "a code that no voxels have",
  4: "no room for the result",
};

/**
 * Compares what `readHeader` has put into a job with the chunk.
 * @throws DecodingError; also if so many voxels cannot be in so few bytes.
 */
export function checkHeader(job: Uint32Array, length: number, spec: ChunkSpec, variant: Variant): void {
  const [precision = 0, type = 0, version, arithmetic] = job.subarray(JOB.precision);
  const { name } = variant;
  if (version !== VERSION || arithmetic !== ARITHMETIC)
    throw new DecodingError(`Unknown version of a ${name} chunk`, {
      expected: `${VERSION}, arithmetic ${ARITHMETIC}`,
      got: `${version}, arithmetic ${arithmetic}`,
    });
  const dtype = type === 0 ? "float32" : "float64";
  if (dtype !== spec.dtype)
    throw new DecodingError(`A ${name} chunk has another data type`, { expected: spec.dtype, got: dtype });
  if (!isPrecision(precision, type))
    throw new DecodingError(`Invalid precision of a ${name} chunk`, {
      expected: describePrecision(type),
      got: `${precision}`,
    });
  const expected = permuted(spec.shape, variant);
  const shape = [...job.subarray(JOB.shape, JOB.shape + 4)];
  if (shape.join() !== expected.join())
    throw new DecodingError(`A ${name} chunk has another shape`, {
      expected: expected.join(" x "),
      got: shape.join(" x "),
    });
  const least = leastBytes(product(shape), precision === 0 ? 32 << type : precision);
  if (length < least)
    throw new DecodingError(`A ${name} chunk is cut short`, {
      expected: `at least ${least} bytes for ${shape.join(" x ")} voxels`,
      got: `${length}`,
    });
}

/** Bytes that the most probable symbol of the narrowest possible model takes for every sample, less some for the ends. */
function leastBytes(samples: number, bits: number): number {
  const symbols = bits > 8 ? 2 * bits + 1 : 2 ** (bits + 1) - 1;
  return Math.max(0, Math.floor((samples * -Math.log2(1 - (symbols - 1) / 65536)) / 8) - 8);
}

/** `fpzip_precision` of the scale. @throws EncodingError. */
export function precisionOf({ dtype, params }: ChunkSpec): number {
  const precision = params?.fpzip_precision ?? 0;
  const type = Number(dtype === "float64");
  if (typeof precision === "number" && isPrecision(precision, type)) return precision;
  throw new EncodingError("Invalid fpzip_precision", {
    expected: describePrecision(type),
    got: JSON.stringify(precision),
  });
}

function isPrecision(bits: number, type: number): boolean {
  if (bits === 0) return true;
  if (!Number.isInteger(bits)) return false;
  return type === 0 ? bits >= 2 && bits <= 32 : bits >= 4 && bits <= 64 && bits % 2 === 0;
}

function describePrecision(type: number): string {
  return type === 0 ? "0 or 2 to 32 bits" : "0 or 4 to 64 bits, an even number";
}
