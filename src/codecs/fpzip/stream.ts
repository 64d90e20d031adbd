import { bytesPerVoxel } from "../../base/dtype.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { checkPlacement } from "../../base/place.js";
import type { Placement } from "../../base/placement.js";
import { product } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { fpzip as fpzipKernel } from "../../kernels/fpzip.js";
import type { ChunkSpec } from "../codec.js";
import type { CodecFunctions } from "../lazy.js";
import { checkFloats } from "./check.js";
import { ARITHMETIC, checkHeader, precisionOf, STATUS, VERSION } from "./header.js";
import {
  boxFields,
  denseStrides,
  JOB,
  jobWords,
  newJob,
  permuted,
  streamScratch,
  type Variant,
} from "./layout.js";

const OUTPUT_FULL = 4;
/** Length of what the fpzip package makes of an array without elements: a header, and zeros. */
const EMPTY_BYTES = 96;
const HEADER_BYTES = 24;

export const fpzip: CodecFunctions = functions({ name: "fpzip", axes: [0, 1, 2, 3], shifted: false });
export const kempressed: CodecFunctions = functions({
  name: "kempressed",
  axes: [0, 1, 3, 2],
  shifted: true,
});

function functions(variant: Variant): CodecFunctions {
  return {
    decode: (ws, source, spec, target) => decode(ws, source, spec, target, variant),
    encode: (ws, source, spec) => encode(ws, source, spec, variant),
  };
}

/** Decodes up to the last row of the box; what follows is not read. */
function decode(ws: Workspace, source: Region, spec: ChunkSpec, target: Placement, variant: Variant): void {
  checkFloats(variant.name, spec, DecodingError);
  const bytes = bytesPerVoxel(spec.dtype);
  checkPlacement(ws, target, spec.shape, bytes);
  const kernel = ws.kernel(fpzipKernel);
  const job = newJob(ws, source);
  checkStatus(kernel.readHeader(job), variant);
  checkHeader(jobWords(ws, job), source.length, spec, variant);
  if (product(target.size) * spec.shape[3] === 0) return;
  const scratch = streamScratch(ws, permuted(spec.shape, variant), bytes);
  jobWords(ws, job).set([scratch, ...boxFields(target, spec.shape[3], variant)], JOB.scratch);
  checkStatus(bytes === 4 ? kernel.decode32(job) : kernel.decode64(job), variant);
}

function checkStatus(status: number, { name }: Variant): void {
  if (status !== 0)
    throw new DecodingError(`A ${name} chunk is damaged`, { got: STATUS[status] ?? `${status}` });
}

function encode(ws: Workspace, source: Region, spec: ChunkSpec, variant: Variant): Uint8Array {
  checkFloats(variant.name, spec, EncodingError);
  const bytes = bytesPerVoxel(spec.dtype);
  const expected = product(spec.shape) * bytes;
  if (source.length < expected)
    throw new EncodingError("Too few voxels for a chunk", {
      expected: `${spec.shape.join(" x ")} voxels of ${spec.dtype}: ${expected} bytes`,
      got: `${source.length}`,
    });
  const precision = variant.shifted ? 0 : precisionOf(spec);
  const shape = permuted(spec.shape, variant);
  const steps = permuted(denseStrides(spec), variant).slice(1);
  const type = Number(spec.dtype === "float64");
  const kernel = ws.kernel(fpzipKernel);
  // Streams longer than the voxels are rare, and never much longer.
  for (const capacity of [1.1 * expected + 4096, 8 * expected + 4096]) {
    const output = ws.scratch("fpzip.output", Math.ceil(capacity));
    const scratch = streamScratch(ws, shape, bytes);
    const job = newJob(ws, source);
    const words = jobWords(ws, job);
    words.set([...shape, precision, type, VERSION, ARITHMETIC], JOB.shape);
    words.set([scratch, output.ptr, ...steps], JOB.scratch);
    words.set([Number(variant.shifted), output.length], JOB.shifted);
    if ((bytes === 4 ? kernel.encode32(job) : kernel.encode64(job)) === OUTPUT_FULL) continue;
    const written = jobWords(ws, job)[JOB.written]!;
    if (expected > 0) return ws.bytes().slice(output.ptr, output.ptr + written);
    const empty = new Uint8Array(EMPTY_BYTES);
    empty.set(ws.bytes().subarray(output.ptr, output.ptr + HEADER_BYTES));
    return empty;
  }
  throw new EncodingError(`Voxels do not fit ${variant.name}`, { got: STATUS[OUTPUT_FULL]! });
}
