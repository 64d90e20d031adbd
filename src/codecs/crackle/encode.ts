import { bytesPerVoxel } from "../../base/dtype.js";
import { EncodingError } from "../../base/errors.js";
import { product } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { crackle } from "../../kernels/crackle.js";
import type { ChunkSpec } from "../codec.js";
import type { LabelSpan } from "../labels.js";
import { choosePins } from "./choose-pins.js";
import { writeCodes } from "./codes.js";
import { writeFile } from "./file.js";
import { jobResult, setJob } from "./job.js";
import { flatSection, keyLabels, pinSection } from "./name-section.js";
import { mostOf, putVolume, sliceRecords, sumOf } from "./slices.js";
import { checkSpec } from "./spec.js";

/** What CloudVolume leaves as it is. */
export interface CrackleOptions {
  /** Lines along z in place of a label for each component, where they can be used. Default: false. */
  readonly pins?: boolean | undefined;
  /** Moves that a Markov model looks back at: 0 (no model) to 10; 5 to 7 are usual. Default: 0. */
  readonly markovOrder?: number | undefined;
  /** What the file says of the order that readers lay voxels out in. Default: Fortran (true). */
  readonly fortranOrder?: boolean | undefined;
}

const MOST_ORDER = 10;

/**
 * Encodes dense labels. Without options the file is byte for byte that of crackle-codec 0.55 for a Fortran array, so
 * flat and without a model. @throws EncodingError.
 */
export function encode(
  ws: Workspace,
  source: Region,
  spec: ChunkSpec,
  options: CrackleOptions = {},
): Uint8Array {
  checkSpec(spec, EncodingError);
  const { markovOrder = 0, fortranOrder = true, pins = false } = options;
  const { shape, dtype } = spec;
  const voxelBytes = bytesPerVoxel(dtype);
  const voxels = product(shape);
  if (!(Number.isInteger(markovOrder) && markovOrder >= 0 && markovOrder <= MOST_ORDER))
    throw new EncodingError("Invalid order of a Markov model", {
      expected: `a whole number from 0 to ${MOST_ORDER}`,
      got: `${markovOrder}`,
    });
  if (source.length < voxels * voxelBytes)
    throw new EncodingError("Too few voxels for a chunk", {
      expected: `${shape.join(" x ")} voxels of ${dtype}: ${voxels * voxelBytes} bytes`,
      got: `${source.length}`,
    });
  const file = { voxelBytes, shape, fortranOrder };
  if (voxels === 0) return writeFile(ws, file);

  const { markEdges, findLabels } = ws.kernel(crackle);
  const job = putVolume(ws, source, shape, voxelBytes);
  markEdges(job);
  // The original counts voxels that equal the one before them in memory, across rows and slices.
  const equal = voxels - 1 - jobResult(ws, job);
  const permissible = equal < Math.floor(voxels / 2);
  const runs = sliceRecords(ws, job, shape[2]).map((slice) => slice.runs);
  const colors = ws.scratch("crackle.colors", sumOf(runs) * voxelBytes).ptr;
  setJob(ws, job, { runs: ws.scratch("crackle.runs", 4 * mostOf(runs)).ptr, colors });
  findLabels(job);
  const names: LabelSpan = { ptr: colors, count: jobResult(ws, job), bytes: voxelBytes };
  const slices = sliceRecords(ws, job, shape[2]);
  const keyed = keyLabels(ws, names);
  const section =
    // The original misreads large labels of a chunk of one label with pins.
    pins && shape[2] > 1 && !permissible && keyed.unique.length > 1
      ? pinSection(ws, keyed, slices, shape, choosePins(ws, job, keyed, slices, shape))
      : flatSection(ws, keyed, slices, shape);
  const codes = writeCodes(ws, job, shape, slices, permissible, markovOrder);
  return writeFile(ws, { ...file, section, ...codes, permissible, slices });
}
